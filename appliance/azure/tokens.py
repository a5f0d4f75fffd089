"""Words that a pipeline or a shell replaces by a value before a file is used.

Those of "Replace tokens" (#{x}#), macros and expressions of Azure Pipelines and GitHub ($(x),
${{ x }}), of shells, Terraform and templating tools.
"""

from __future__ import annotations

import re

from appliance.azure.origin import Unknown

_LONGEST = 200
_WORD = r"#\{.+\}#?|\$?\{\{.+\}\}|[$@]\([\w. :/-]+\)|\$\{[\w. :/-]+\}|%[A-Za-z_]\w*%|__\w+__|@@.+@@"


def is_token(text: str) -> bool:
    """Whether a text is one such word."""
    return len(text) <= _LONGEST and re.fullmatch(_WORD, text.strip()) is not None


def unreplaced(value: object) -> object:
    """A value; unknown where it is such a word, which stands for it in names."""
    if not (isinstance(value, str) and is_token(value)):
        return value
    why = "a word stands there that a pipeline replaces by the value"  # not told: it may be a key
    return Unknown(value.strip(), why, "take the file that is deployed, or export what is")
