"""Templates that others link to: those of a template spec, and files of their own.

As in "Using linked and nested templates when deploying Azure resources": a link names its template
by a path (`relativePath`) or by a URI, which usually is put together of what only the deployment
knows and the name of a file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from appliance.azure.expressions import evaluate
from appliance.azure.origin import Unknown
from appliance.azure.scope import Scope
from appliance.azure.tree import Node

_NAME = re.compile(r"([\w.-]+\.json)\b", re.I)
_TAIL = re.compile(r"(?:\{[^{}]*\}|\?.*)+$")
"""What stands behind a file's name in a URI: a token that gives access to it."""


@dataclass(slots=True)
class Links:
    """Templates by their paths; `used` are those that another one linked to."""

    templates: list[tuple[tuple[str, ...], Node]] = field(default_factory=list)
    used: list[Node] = field(default_factory=list)

    def add(self, path: str, template: Node) -> None:
        """Take in a template."""
        self.templates.append((_parts(path), template))

    def find(self, link: object, scope: Scope, file: str) -> Node | None:
        """The template that a `templateLink` in a file means; None when none or several may be.

        Of those with the same name that nearest to the file is meant.
        """
        members = {name.casefold(): value for name, value in _object(link).items()}
        said = evaluate(members.get("relativepath") or members.get("uri"), scope)
        wanted = _parts(_TAIL.sub("", said.text if isinstance(said, Unknown) else str(said)))
        here = _parts(file)[::-1]
        ranked = [
            ((same, _alike(path[::-1], here)), node)
            for path, node in self.templates
            if (same := _alike(path, wanted))
        ]
        best = max((rank for rank, _ in ranked), default=(0, 0))
        found = [node for rank, node in ranked if rank == best]
        if len(found) != 1:
            return None
        self.used.append(found[0])
        return found[0]


def named_in(templates: Iterable[Node]) -> frozenset[str]:
    """Names of files, folded, that stand in the links of templates."""
    found = (link for template in templates for link in _links(template.value))
    return frozenset(
        name.casefold() for link in found for name in _NAME.findall(json.dumps(link, default=str))
    )


def _links(value: object) -> Iterator[object]:
    level = [value]
    while level:
        objects = [each for each in level if isinstance(each, dict)]
        yield from (inner for each in objects for key, inner in each.items() if _is_link(key))
        lists = [each for each in level if isinstance(each, list)]
        level = [inner for each in objects for inner in each.values()]
        level += [inner for each in lists for inner in each]


def _is_link(key: str) -> bool:
    return key.casefold() == "templatelink"


def _parts(path: str) -> tuple[str, ...]:
    """The names in a path from its end on, folded."""
    names = path.replace("\\", "/").casefold().split("/")
    return tuple(name for name in reversed(names) if name not in ("", ".", ".."))


def _alike(path: tuple[str, ...], wanted: tuple[str, ...]) -> int:
    """How many names two paths begin with alike."""
    pairs = list(zip(path, wanted, strict=False))
    return next((at for at, (one, other) in enumerate(pairs) if one != other), len(pairs))


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}
