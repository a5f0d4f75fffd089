"""`sysopt connection permit-vpn`: whether what comes out of tunnels passes interface lists unasked.

One statement for the whole box, on by default: lists of a tunnel interface are asked only where it
is off, and then so are those of all interfaces about the traffic of every VPN ("ASA VPN CLI
Configuration Guide", permitting IPsec traffic without checking ACLs). It is turned off for a site
only on a box that has no other VPN.
"""

from __future__ import annotations

from collections.abc import Iterator

from appliance.model.change import Step
from appliance.model.tunnel import Mode, Tunnel, Tunnels
from vendors.cisco.writing.section import Section, line, ours
from vendors.cisco_asa import names
from vendors.cisco_asa.writing.box import Box

STATEMENT = "sysopt connection permit-vpn"

MARK = "permit-vpn"
"""What a tunnel remembers of it in its objects; nothing while it is on."""
FOUND_OFF = "off"
TURNED_OFF = "turned off"

NOTE = (
    "on an ASA what comes out of a tunnel interface meets its access list only with `no sysopt "
    "connection permit-vpn`, one statement for the whole box: the plan enters it where it is not "
    "there and nothing else on the box is a VPN"
)


def is_off(box: Box) -> bool:
    """Whether the device has it off; what nobody has looked at has it on."""
    return not box.blank and box.has(f"no {STATEMENT}")


def check(box: Box, placed: Tunnels) -> None:
    """Raise `RefusedError` where it would be turned off for a site, and others use VPN there.

    Also where it is off, and a new tunnel would have no list that lets anything out of it.
    """
    for tunnel in placed if is_off(box) else ():
        if _shut(box, tunnel):
            raise box.refused(
                f"the device has `no {STATEMENT}`, so that nothing could begin from Azure in "
                f"{tunnel.name}, which has no access list",
                "give the site `traffic`: `permit: [{protocol: any}]` lets everything pass",
            )
    if all(tunnel.objects.get(MARK) != TURNED_OFF for tunnel in placed):
        return
    others = tuple(dict.fromkeys((*_beside(box), *_on_device(box, placed))))
    if others:
        raise box.refused(
            f"`traffic` needs `no {STATEMENT}`, which is one for the whole box, and so would ask "
            f"the access lists of interfaces about what others send too: {'; '.join(others)}",
            "see that the lists of those interfaces (`access-group`) permit what must pass, then "
            f"enter `no {STATEMENT}` by hand, and push again",
        )


def _shut(box: Box, tunnel: Tunnel) -> bool:
    """Whether it is a tunnel interface that is new, and no list will be asked there."""
    new = all(tunnel.name != known.name for known in box.observed.tunnels)
    unasked = tunnel.mode is Mode.ROUTE_BASED and "filter in" not in tunnel.objects
    everywhere = any(one.endswith(" global") for one in box.headings("access-group "))
    return new and unasked and not everywhere


def _beside(box: Box) -> Iterator[str]:
    """Other sites of the device, unless they have lists of their own for it as well."""
    for other in box.beside:
        if other.intent is None:
            yield f"site {other.site}, of which it is not known what it needs"
        for tunnel in other.tunnels:
            if tunnel.filter is None:
                yield f"site {other.site}, which has no `traffic`"
            elif tunnel.mode is not Mode.ROUTE_BASED:
                yield f"site {other.site}, which has a crypto map"


def _on_device(box: Box, placed: Tunnels) -> Iterator[str]:
    for tunnel in box.others:
        if not ours(tunnel.objects.get("filter in", "")):
            yield f"tunnel {tunnel.name}"
    known = {one.objects.get("tunnel-group") for one in (*box.observed.tunnels, *placed)}
    for heading in box.headings("tunnel-group "):
        if heading.split()[1] not in known and _serves(box, heading):
            yield heading
    if any(said.startswith("enable ") for said in box.lines("webvpn")):
        yield "webvpn"
    yield from (f"`{one}`" for one in box.headings("crypto ikev2 enable ") if _CLIENTS in one)
    own = {one.objects.get("nameif") for one in placed}
    for heading in box.headings("access-group "):
        words = heading.split()
        if words[2:4] == ["out", "interface"] and words[4] not in own:
            yield f"`{heading}`, which asks about what leaves there"


def _serves(box: Box, heading: str) -> bool:
    """Whether a tunnel-group lets somebody in; one that is built in needs a key for it."""
    built_in = heading.split()[1] in names.DEFAULT_GROUPS
    lines = (one for one in box.lines(heading) if not one.startswith("no "))
    return not built_in or any(word in one for one in lines for word in _KEYS)


_KEYS = ("pre-shared-key ", "trust-point ", "certificate ")

_CLIENTS = " client-services"
"""Behind `crypto ikev2 enable`: clients of remote access may come in."""


def turned_off(running: Tunnels, intended: Tunnels) -> dict[str, Section]:
    """The statement as a section where it is to be entered: when the lists are in force, and before
    anything leads into a tunnel that is new."""
    if TURNED_OFF not in _marks(intended) or _marks(running):
        return {}
    section = Section(
        key=STATEMENT,
        rank=57,
        heading=(),
        lines=(line(f"no {STATEMENT}", undo=STATEMENT),),
        why="asks the lists of tunnel interfaces about what comes out of them",
    )
    return {STATEMENT: section}


def turned_on(running: Tunnels, intended: Tunnels) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """The step that turns it on again, to be taken before all others, or after them.

    Before lists are taken off a tunnel that stays, but after a tunnel that goes, so that nothing of
    it passes unasked. Where no tunnel is left, only what was turned off with them.
    """
    before, after = _marks(running), _marks(intended)
    if not before or after or not (intended or TURNED_OFF in before):
        return (), ()
    step = Step(text=STATEMENT, why="lets what comes out of tunnels pass as it did before")
    known = {tunnel.name for tunnel in running}
    stays = any(tunnel.name in known for tunnel in intended)
    return ((step,), ()) if stays else ((), (step,))


def _marks(tunnels: Tunnels) -> set[str]:
    found = (tunnel.objects.get(MARK) for tunnel in tunnels)
    return {mark for mark in found if mark is not None}
