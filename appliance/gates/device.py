"""Whether the device is the one that was pushed to before, and has room for a change."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.gates.gate import Gate, Question

_FEWEST = 2  # different characters, of which one is a digit: "0", "N/A", "none" tell no two apart


def _changed(asked: Question) -> Iterator[str]:
    before = asked.before
    if before is None or asked.facts is None:
        return
    now = asked.facts.serial
    if _tells(before.serial) and _tells(now) and before.serial != now:
        yield (
            f"the device has serial number {now}, and the one of the last push ({before.when}) "
            f"had {before.serial}: it was replaced, or the address leads elsewhere"
        )
    if before.host_key and asked.host_key and before.host_key != asked.host_key:
        yield (
            f"another host key was pinned since the last push ({before.when}): the device made "
            "new keys, was replaced, or somebody stands in between"
        )


def _tells(serial: str | None) -> bool:
    """Whether a serial number is one: virtual devices have none, or fill the place."""
    known = {character for character in (serial or "").lower() if character.isalnum()}
    return len(known) >= _FEWEST and any(character.isdigit() for character in known)


def _cramped(asked: Question) -> Iterator[str]:
    if asked.cramped is not None:
        yield asked.cramped


GATES = (
    Gate(
        name="device-changed",
        words="serial number or host key are not those of the last push to this site; a serial "
        "number that the device does not have is not compared",
        find=_changed,
    ),
    Gate(
        name="no-room",
        words="the device has no room for a checkpoint, or to save the change",
        find=_cramped,
    ),
)
