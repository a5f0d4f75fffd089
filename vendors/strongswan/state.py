"""Operational state of a host: saved output of one command, or a live host asked for all of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from ipaddress import IPv4Network

from appliance.errors import CommandRefused, ParseError, UsageError
from appliance.model.state import Operational, RouteState, SaStatus, TunnelState
from appliance.model.tunnel import Mode, Tunnel, Tunnels
from appliance.record import dataclass, replace
from appliance.session import Session
from vendors.strongswan.screens import listing, raw, statusall, system
from vendors.strongswan.screens.sa import IkeSa, operational

SAS = "swanctl --list-sas --raw"
LINKS = "ip -br link"
ROUTES = ("ip -4 route", "ip -4 route show table 220")
"""charon keeps the routes of its policies in a table of its own, 220."""

Routes = tuple[RouteState, ...]


@dataclass(frozen=True, slots=True)
class Screen:
    """One kind of output: a pattern of its command, its reader, and what any such output holds."""

    title: str
    command: str
    read: Callable[[str], Operational]
    mark: str


def _listed(text: str) -> Operational:
    """vici's messages or the listing for people: their beginnings tell which."""
    return operational(raw.read(text) if "list-sa" in text else listing.read(text))


def _statusall(text: str) -> Operational:
    return operational(statusall.read(text))


_NAMES = r"(?:/\S*/)?"
SCREENS = (
    Screen(
        "swanctl --list-sas [--raw]",
        rf"{_NAMES}swanctl\b.*\s(?:--list-sas\b|-\w*l)",
        _listed,
        r"list-sa|#\d+, [A-Z]+, IKEv",
    ),
    Screen(
        "ipsec statusall",
        rf"{_NAMES}(?:ipsec|strongswan)\s+status(?:all)?\b",
        _statusall,
        r"Security Associations",
    ),
    Screen(
        "ip route",
        rf"{_NAMES}ip\s+(?:-\S+\s+)*r(?:o|ou|out|oute)?\b",
        system.routes,
        r"(?m)^\s*\[\s*\]|\bdev \S|^default |^(?:blackhole|unreachable|prohibit)",
    ),
    Screen(
        "ip link",
        rf"{_NAMES}ip\s+(?:-\S+\s+)*(?:l(?:i|in|ink)?|a(?:d|dd|ddr|ddress)?)\b",
        system.links,
        r"<[A-Z_,-]*>|\"ifname\"|(?m:^\S+ +(?:UP|DOWN|UNKNOWN)\b)",
    ),
)
_PROMPT = re.compile(
    r"^(?:\S*@[\w.-]+[^#$\n]*|\[[^\]\n]*\]|~)?[#$] ?(?:sudo (?:-\S+ )*)?(?P<typed>\S.*)$"
)


def show(command: str, output: str) -> Operational:
    """What the saved output of one command tells; prompts and other commands do not matter.

    Raises `UsageError` for a command we do not read, `ParseError` for text that is not its output.
    """
    known = screen(command)
    answer = _answer(known, output.replace("\r\n", "\n"))
    found = known.read(answer)
    if found == Operational():
        _check_empty(known, command, answer)
    return found


def screen(command: str) -> Screen:
    """The kind of output of a command. Raises `UsageError` naming those we read."""
    typed = re.sub(r"^\s*(?:sudo\s+(?:-\S+\s+)*)?", "", command).strip()
    for known in SCREENS:
        if re.match(known.command, typed):
            return known
    titles = ", ".join(f"`{known.title}`" for known in SCREENS)
    raise UsageError(f"the output of `{command}` is not read", hint=f"read are: {titles}")


def _answer(known: Screen, output: str) -> str:
    """The answers to this command in a terminal log; all of it where nothing is typed."""
    kept: list[str] = []
    found, ours = False, True
    for line in output.split("\n"):
        typed = _PROMPT.match(line)
        if typed is None:
            kept += [line] if ours else []
            continue
        ours = re.match(known.command, typed["typed"]) is not None
        kept = [] if not found and ours else kept
        found = found or ours
    return "\n".join(kept)


def _check_empty(known: Screen, command: str, answer: str) -> None:
    """An empty answer is that there is nothing; other words are not."""
    noise = re.compile(r"^(?:plugin '[^']*': failed to load|no files found matching)\b")
    said = [line for line in answer.splitlines() if line.strip() and not noise.match(line)]
    if said and not re.search(known.mark, answer):
        raise ParseError(
            f"the text is not the output of `{known.title}`: it begins with {said[0][:60]!r}",
            where=command,
            hint="save the complete output of that command, or name the command that printed it",
        )


def live(session: Session) -> list[IkeSa] | None:
    """The SAs of a live host by their names; None when charon cannot be asked."""
    try:
        return raw.read(session.run(SAS))
    except CommandRefused:
        return None


def state(session: Session, tunnels: Tunnels) -> Operational:
    """SAs, counters, interfaces and routes of these tunnels, one state a peer.

    What charon does not list is down; what a command that fails would have told stays None. Raises
    what `Session.run` raises, but for `CommandRefused`.
    """
    sas = live(session)
    found = Operational() if sas is None else operational(sas)
    states = _with_absent(found.tunnels, tunnels)
    main, own = (_asked(session, command).routes for command in ROUTES)
    return Operational(
        tunnels=states if sas is None else tuple(map(_down, states)),
        interfaces=_asked(session, LINKS).interfaces,
        routes=_taken(session, tunnels, main, own),
    )


def _taken(session: Session, tunnels: Tunnels, main: Routes, own: Routes) -> Routes:
    """The routes, with what policies take told by the names of their tunnels.

    The kernel asks its policies of every packet that has a route, whichever interface that leaves
    by (ip-xfrm(8)); only what an XFRM or VTI interface is given is for that interface's alone.
    """
    taking = [one for one in tunnels if one.mode is Mode.POLICY_BASED and one.interface is None]
    if not taking:
        return (*main, *own)
    apart = {*system.NOWHERE, *_named(session)}
    found = [
        RouteState(prefix=selector.remote, via=tunnel.name)
        for tunnel in taking
        for selector in tunnel.selectors
        if (ways := _ways(own, selector.remote) or _ways(main, selector.remote))
        and not any(way.via in apart for way in ways)
    ]
    known = {one.prefix for one in found}
    left = (one for one in (*main, *own) if one.prefix not in known)
    return (*left, *dict.fromkeys(found))


def _named(session: Session) -> set[str]:
    """Interfaces of tunnels, by the kinds that the kernel has for them."""
    kinds = (f"{LINKS} show type {kind}" for kind in ("xfrm", "vti"))
    return {one.name for kind in kinds for one in _asked(session, kind).interfaces}


def _ways(routes: Routes, prefix: IPv4Network) -> tuple[RouteState, ...]:
    """The longest routes that cover a prefix; charon's table is asked before the main one."""
    fits = [one for one in routes if prefix.subnet_of(one.prefix)]
    best = max((one.prefix.prefixlen for one in fits), default=0)
    return tuple(one for one in fits if one.prefix.prefixlen == best)


def _asked(session: Session, command: str) -> Operational:
    try:
        return show(command, session.run(command))
    except (CommandRefused, ParseError):
        return Operational()


def _with_absent(states: Iterable[TunnelState], tunnels: Tunnels) -> tuple[TunnelState, ...]:
    """With a state for each peer of ours that charon does not list."""
    known = tuple(states)
    absent = (
        TunnelState(remote=remote, local=tunnel.local.address)
        for tunnel in tunnels
        for remote in tunnel.remote.addresses
        if not any(one.remote == remote and _leaves_from(tunnel, one) for one in known)
    )
    return (*known, *dict.fromkeys(absent))


def _leaves_from(tunnel: Tunnel, one: TunnelState) -> bool:
    ours = tunnel.local.address
    return ours is None or one.local is None or ours == one.local


def _down(one: TunnelState) -> TunnelState:
    """charon was asked for all there is: what it did not tell of does not exist."""
    ike = SaStatus.DOWN if one.ike is None else one.ike
    child = SaStatus.DOWN if one.child is None else one.child
    return replace(one, ike=ike, child=child)
