"""Commands set apart by `!`, as a person likes to read them."""

from __future__ import annotations

from collections.abc import Iterable

from appliance.model.change import Step


def apart(steps: Iterable[Step]) -> tuple[Step, ...]:
    """The steps with a `!` before each section; one-line statements of a kind stand together."""
    found: list[Step] = []
    for step in steps:
        if not step.text.startswith(" ") and found and _ends(found[-1], step):
            found.append(Step(text="!"))
        found.append(step)
    return tuple(found)


def _ends(last: Step, step: Step) -> bool:
    return last.text.startswith(" ") or last.why != step.why
