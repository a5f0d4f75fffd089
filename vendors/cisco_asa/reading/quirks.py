"""Settings that keep a tunnel from working with Azure, which the model has no field for."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.model.algorithms import IkeVersion
from vendors.cisco.sections import Block, Notes
from vendors.cisco_asa import names
from vendors.cisco_asa.reading.running import Running


def quirks(running: Running, block: Block, version: IkeVersion, notes: Notes) -> tuple[str, ...]:
    """Each in the ASA's words, with what comes of it: of an entry or profile, then of the box.

    A list of the tunnel's own interface is there to be asked (`notes` know it by then).
    """
    return (*_of_tunnel(block, version, notes), *_of_box(running, version, notes))


_DIALS = {
    "answer-only": "the ASA never begins, and waits for Azure to dial",
    "originate-only": "the ASA refuses what Azure dials",
}


def _of_tunnel(block: Block, version: IkeVersion, notes: Notes) -> Iterator[str]:
    mode = block.last("phase1-mode")
    if mode is not None and version is IkeVersion.V1 and mode.args[0].lower().startswith("a"):
        notes.at("quirks.phase1-mode", mode)
        yield "phase1-mode aggressive: Azure negotiates in main mode only"
    off = block.last("nat-t-disable")
    if off is not None:
        notes.at("quirks.nat-t-disable", off)
        yield "nat-t-disable: behind a NAT the tunnel cannot come up"
    direction = block.last("connection-type")
    word = direction.args[0].lower() if direction is not None else ""
    if word in _DIALS:
        notes.at("quirks.connection-type", direction)
        yield f"connection-type {word}: {_DIALS[word]}"
    if (form := notes.objects.get("psk form")) is not None:
        yield f"ikev2 authentication by {form}: Azure has one pre-shared key for both"
    passive = block.last("responder-only")
    if passive is not None:
        notes.at("quirks.responder-only", passive)
        yield f"responder-only: {_DIALS['answer-only']}"


def _of_box(running: Running, version: IkeVersion, notes: Notes) -> Iterator[str]:
    if version is IkeVersion.V1 and running.off("nat-traversal"):
        notes.at("quirks.nat-traversal", running.lines["no nat-traversal"][-1])
        yield "nat-traversal is off for all of IKEv1: behind a NAT the tunnel cannot come up"
    if running.off("permit-vpn") and "filter in" not in notes.objects:
        notes.at("quirks.sysopt", running.lines["no permit-vpn"][-1])
        yield names.PERMIT_VPN_OFF
