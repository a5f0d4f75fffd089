"""What it means for a file that YAML's parser stumbles over it."""

from __future__ import annotations

import yaml

from appliance.inventory.fault import Fault

_SYNTAX = {
    "could not find expected ':'": "a ':' is missing here, or the text needs quotes",
    "mapping values are not allowed": "a ':' too many: quote the text it belongs to, or check the "
    "indentation",
    "did not find expected key": "the indentation does not fit the lines above",
    "did not find expected '-'": "the indentation does not fit the list above",
    "did not find expected ',' or": "a bracket or brace is opened and not closed, or a comma is "
    "missing",
    "found character": "text cannot begin with this character; put it in quotes",
    "found unexpected end of stream": "a quote is opened and never closed",
    "found unknown escape": "unknown escape in double quotes; use single quotes for a backslash",
    "block sequence entries": "a list cannot begin here; put '- ' on a line of its own",
}


def syntax_fault(error: yaml.YAMLError, text: str) -> Fault:
    """What the parser found, in our words: its own may quote the file, and so a key."""
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return Fault(1, 1, "this is not YAML text")
    problem = str(getattr(error, "problem", ""))
    words = next((ours for theirs, ours in _SYNTAX.items() if problem.startswith(theirs)), None)
    lines = text.split("\n")
    if words is not None and "opened" in words:
        mark = getattr(error, "context_mark", None) or mark
    line = lines[mark.line] if mark.line < len(lines) else ""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        words = "a tab in the indentation; write blanks"
    fallback = "this cannot be read as YAML; look at the indentation, quotes and brackets"
    return Fault(mark.line + 1, mark.column + 1, words or fallback)
