"""Settings that keep a tunnel from working with Azure, which the model has no field for."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.model.algorithms import IkeVersion
from vendors.cisco.sections import Block, Notes
from vendors.cisco_ios.names import TWO_KEYS
from vendors.cisco_ios.reading.running import Running


def quirks(running: Running, block: Block, version: IkeVersion, notes: Notes) -> Iterator[str]:
    """Each in IOS's words, with what comes of it: of a profile or map entry, then of its IKE."""
    passive = block.last("responder-only")
    if passive is not None:
        notes.at("quirks.responder-only", passive)
        yield "responder-only: the router never begins, and waits for Azure to dial"
    if notes.objects.get("psk form") == TWO_KEYS:
        yield "pre-shared-key remote other than local: Azure has one key for both ends"
    if version is IkeVersion.V1:
        yield from _aggressive(running, notes)


def _aggressive(running: Running, notes: Notes) -> Iterator[str]:
    """An isakmp profile whose mode is set; others begin in main mode."""
    profile = running.block("isakmp profile", notes.objects.get("isakmp profile", ""))
    mode = profile.last("initiate") if profile is not None else None
    if mode is not None:
        notes.at("quirks.initiate", mode)
        yield "initiate mode aggressive: Azure negotiates in main mode only"
