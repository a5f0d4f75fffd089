"""BGP that was spoken in a rehearsal, as part of its document and lines."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.twin.dialogue import Said, Talk


def document(talk: Talk | None) -> dict[str, object] | None:
    """What both ends saw; None where none was spoken."""
    if talk is None:
        return None
    return {"up": talk.up, "device": _end(talk.device), "azure": _end(talk.azure)}


def _end(said: Said) -> dict[str, object]:
    return {
        "states": list(said.states),
        "errors": [word for word in said.errors if word],
        "learnt": list(said.learnt),
    }


def lines(talk: Talk | None) -> Iterator[str]:
    """For people."""
    if talk is None:
        return
    if not talk.up:
        yield f"    BGP: down (device {_states(talk.device)}; Azure {_states(talk.azure)})"
        return
    device, azure = talk.device.learnt, talk.azure.learnt
    yield f"    BGP: up; the device learns {_few(device)}, Azure learns {_few(azure)}"


def _states(said: Said) -> str:
    pairs = zip(said.states, said.errors, strict=True)
    told = [f"{state}: {word}" if word else state for state, word in pairs]
    return ", ".join(told) or "has no session"


def _few(networks: tuple[str, ...]) -> str:
    shown = 4
    more = f" and {len(networks) - shown} more" if len(networks) > shown else ""
    return (", ".join(networks[:shown]) or "nothing") + more
