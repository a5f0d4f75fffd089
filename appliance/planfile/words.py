"""What texts of a plan file may hold, and how times stand in it."""

from __future__ import annotations

from datetime import UTC, datetime

from appliance.secrets.redact import REDACTOR

_FORM = "%Y-%m-%dT%H:%M:%SZ"


def clean(text: str) -> str:
    """The text as it stands in a file: no key, and nothing that moves a terminal's cursor."""
    masked = REDACTOR.mask(text)
    return masked if masked.isprintable() else "".join(map(_shown, masked))


def _shown(character: str) -> str:
    return character if printable(character) else "\N{REPLACEMENT CHARACTER}"


def printable(text: str) -> bool:
    """Whether a text of a file can be shown: tabs apart no control characters, no half pairs."""
    return text.isprintable() or text.replace("\t", "").isprintable()


def written(seconds: int) -> str:
    """Seconds since 1970 as "2027-01-31T12:00:00Z"."""
    return datetime.fromtimestamp(seconds, UTC).strftime(_FORM)


def seconds(text: str) -> int:
    """The way back. Raises ValueError for anything else."""
    return int(datetime.strptime(text, _FORM).replace(tzinfo=UTC).timestamp())
