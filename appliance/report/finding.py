"""What rehearsals find, as documents and as lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from appliance.twin.finding import Finding

DIALLED = {"device": "when the device dials", "azure": "when Azure dials"}
_MARKS = {True: "!!", False: " !"}


def finding_document(found: Finding) -> dict[str, object]:
    """One finding as it stands in every document."""
    return {
        "kind": found.kind.value,
        "fields": list(found.fields),
        "breaking": found.breaking,
        "reason": found.reason,
        "dialled": list(found.dialled),
        "device": list(found.device),
        "azure": list(found.azure),
    }


def finding_lines(found: Finding) -> Iterator[str]:
    """One finding for people."""
    when = " and ".join(DIALLED[end] for end in found.dialled)
    fields = ", ".join(found.fields) or "no setting to blame"
    yield f"  {_MARKS[found.breaking]} {fields}: {found.reason}{f' ({when})' if when else ''}"
    if found.device or found.azure:
        yield f"       device {_few(found.device)}; Azure {_few(found.azure)}"


def _few(words: Sequence[str]) -> str:
    """Azure's default list is long: it is told in the document."""
    shown = 3
    more = f" and {len(words) - shown} more" if len(words) > shown else ""
    return (", ".join(words[:shown]) or "nothing") + more
