"""Fills in the templates of what lab devices show; the only place that loads jinja2."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def _environment() -> Environment:
    from jinja2 import (  # noqa: PLC0415 -- a device is usable without ever showing a screen
        Environment,
        PackageLoader,
        StrictUndefined,
    )

    return Environment(
        loader=PackageLoader("templates", "lab"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 -- plain text for a terminal, no markup
    )


def screen(name: str, /, **facts: object) -> str:
    """The text of `templates/lab/<name>.j2` with these facts; a missing fact is an error."""
    return _environment().get_template(f"{name}.j2").render(facts)
