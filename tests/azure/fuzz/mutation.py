"""Changes to a JSON document that leave it JSON: most changes of bytes only break it."""

from __future__ import annotations

import json
import random

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
_LEAVES: tuple[Json, ...] = (
    *(None, True, False, 0, -1, 1e308, 2**63, "", "None", "null", "true", [], {}),
    *("10.0.0.0/8", "::/0", "256.1.1.1", "@{Id=x}", "System.Object[]", "[concat('a', 1)]"),
    *("/subscriptions/x", "<hidden>", "\x1b[31m", "[parameters('x')]", "[[x]", "{", "Unknown"),
)


def mutated(data: bytes, limit: int, seed: int) -> bytes | None:
    """The document with one to four values changed; None when it is none, or grew too long."""
    chance = random.Random(seed)  # noqa: S311 -- a fuzzer's
    try:
        whole: Json = json.loads(data)
    except (ValueError, RecursionError):
        return None
    box: list[Json] = [whole]
    for _ in range(chance.randint(1, 4)):
        _change(box, chance)
    found = json.dumps(box[0]).encode()
    return found if len(found) <= limit else None


def _change(root: list[Json], chance: random.Random) -> None:
    """Put another value of the document, or a strange one, in the place of one; or take it out."""
    places = list(_places(root))
    holder, key = chance.choice(places)
    other, at = chance.choice(places)
    kind = chance.randrange(4)
    if kind == 0:
        _set(holder, key, chance.choice(_LEAVES))
    elif kind == 1:
        _set(holder, key, json.loads(json.dumps(_get(other, at))))
    elif kind == 2 and isinstance(holder, dict):
        name = str(key).upper() if chance.random() < 0.5 else str(at)
        holder[name] = holder.pop(str(key))
    elif holder is not root:
        del holder[key]  # type: ignore[arg-type]  # it is a key of this very holder


def _places(
    holder: list[Json] | dict[str, Json],
) -> list[tuple[list[Json] | dict[str, Json], int | str]]:
    found: list[tuple[list[Json] | dict[str, Json], int | str]] = []
    todo = [holder]
    while todo:
        here = todo.pop()
        for key, value in here.items() if isinstance(here, dict) else enumerate(here):
            found.append((here, key))
            if isinstance(value, dict | list):
                todo.append(value)
    return found


def _get(holder: list[Json] | dict[str, Json], key: int | str) -> Json:
    return holder[key]  # type: ignore[index]  # a key of this very holder


def _set(holder: list[Json] | dict[str, Json], key: int | str, value: Json) -> None:
    holder[key] = value  # type: ignore[index]  # as above
