"""Tunnels that were rehearsed together, as part of a rehearsal's document and lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from appliance.report.finding import finding_document, finding_lines
from appliance.twin.joint import Joint
from appliance.twin.speaking import HOLD_SECONDS
from appliance.twin.together import CHECK_SECONDS, CUT, Loss, Stream

_TAKEN = "the site's own network follows (VRRP, routing), which is taken for granted here"
_SILENT = "goes silent (its line is cut)"
_SHUT = {
    False: "is shut down (as for Azure's maintenance)",
    True: "is shut down (as to be updated)",
}


def document(joint: Joint | None) -> dict[str, object] | None:
    """As it stands in `appliance/rehearsal/1`; None where a gateway has one instance."""
    if joint is None:
        return None
    return {
        "survives": joint.survives,
        "why_not": joint.why or None,
        "devices": joint.devices,
        "findings": [finding_document(found) for found in joint.findings],
        "losses": [_loss(joint, one) for one in _losses(joint)],
        "timers": {
            "liveness_check_seconds": {"here": CHECK_SECONDS, "device": joint.checks},
            "azure_gives_up_seconds": joint.gives_up,
            "bgp_hold_seconds": {"here": HOLD_SECONDS, "there": joint.hold},
        },
    }


def _losses(joint: Joint) -> Sequence[Loss]:
    return () if joint.losses is None else joint.losses.losses


def _loss(joint: Joint, one: Loss) -> dict[str, object]:
    return {
        "tunnel": joint.tunnels[one.lane],
        "lost": joint.ends[one.lane],
        "how": one.how,
        "noticed_ms": one.noticed_ms,
        "silence_ms": _silence(one.during),
        "returned_ms": one.returned_ms,
        "carried_by_others": {"device_to_azure": one.others[0], "azure_to_device": one.others[1]},
        "pairs": [
            {
                "local": probe.local,
                "remote": probe.remote,
                "device_to_azure_silence_ms": stream.out,
                "azure_to_device_silence_ms": stream.back,
            }
            for probe, stream in zip(joint.probes, one.during, strict=True)
        ],
    }


def _silence(streams: Sequence[Stream]) -> int | None:
    """The longest; None where one of them lasts."""
    every = [gap for stream in streams for gap in (stream.out, stream.back)]
    known = [gap for gap in every if gap is not None]
    return max(known, default=0) if len(known) == len(every) else None


def lines(joint: Joint | None) -> Iterator[str]:
    """For people; nothing where a gateway has one instance."""
    if joint is None:
        return
    told = {True: "the traffic outlives the loss of either", False: "a loss is NOT survived"}
    verdict = "untried" if joint.survives is None else told[joint.survives]
    yield f"all tunnels together: {verdict}{f' ({joint.why})' if joint.why else ''}"
    for found in joint.findings:
        yield from finding_lines(found)
    for one in _losses(joint):
        how = _SILENT if one.how == CUT else _SHUT[joint.devices]
        yield f"  {joint.ends[one.lane]} {how}: {_course(one)}"
    if joint.losses is not None:
        yield f"  timers: {_timers(joint)}"
    if joint.devices:
        yield f"  not proven: {_TAKEN}"


def _course(one: Loss) -> str:
    silence = _silence(one.during)
    gap = "silence that lasts" if silence is None else f"{_seconds(silence)} without traffic"
    noticed = "" if one.noticed_ms is None else f", noticed after {_seconds(one.noticed_ms)}"
    back = "does not come back" if one.returned_ms is None else f"back {_seconds(one.returned_ms)}"
    later = "" if one.returned_ms is None else " after its return"
    return f"{gap}{noticed}; {back}{later}"


def _timers(joint: Joint) -> str:
    device = "by its own rules" if joint.checks is None else f"every {joint.checks} s"
    hold = "" if joint.hold is None else f"; BGP's hold time is {HOLD_SECONDS} s, not {joint.hold}"
    return (
        f"liveness is checked every {CHECK_SECONDS} s here and given up 2 s later; the device "
        f"checks {device}, Azure gives a silent site up after {joint.gives_up} s{hold}"
    )


def _seconds(milliseconds: int) -> str:
    return f"{milliseconds / 1_000:.1f} s"
