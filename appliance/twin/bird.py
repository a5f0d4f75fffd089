"""One BIRD in a network namespace, told by values and asked over its control socket."""

from __future__ import annotations

import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from appliance.errors import ApplianceError
from appliance.machine import SYSTEM_PATH, program
from appliance.twin.speaker import Entry, Neighbor, Policy, Route, Rule, Session, Speaker

BIRD = "bird"
PACKAGE = "bird2"
PATIENCE_SECONDS = 10.0
_OWN, _LATER = "own", "later"
_FARTHEST = 6_500
_RANKS = 10
"""BIRD looks at its preference first, the higher the better: distance and rank make one."""


class Bird:
    """Started at once; ends with the sandbox, or when it is stopped.

    Its configuration comes through a pipe, so that keys are in no file.
    """

    def __init__(self, namespace: str, speaker: Speaker) -> None:
        self._folder = Path("/run", f"bird-{namespace}")
        self._folder.mkdir(exist_ok=True)
        self._socket = self._folder / "ctl"
        self._socket.unlink(missing_ok=True)
        files = ("-c", "/dev/stdin", "-s", str(self._socket), "-P", str(self._folder / "pid"))
        with (self._folder / "out").open("wb") as out:
            self._process = subprocess.Popen(  # noqa: S603 -- our own words
                ["ip", "netns", "exec", namespace, program(BIRD) or BIRD, "-f", *files],  # noqa: S607 -- the PATH is ours
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=out,
                env={"PATH": SYSTEM_PATH},
            )
        if self._process.stdin is not None:
            with suppress(BrokenPipeError), self._process.stdin as to:
                to.write(spelled(speaker).encode("ascii"))

    def connect(self) -> None:
        """Wait until it answers: the socket alone says nothing. Raises `ApplianceError`."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end and self._process.poll() is None:
            with suppress(OSError):
                self.ask("show status")
                return
            time.sleep(0.01)
        words = (self._folder / "out").read_text(errors="replace").strip()
        raise ApplianceError(f"BIRD does not start: {words or 'it says nothing'}")

    def stop(self) -> None:
        """End it at once, without a word to its neighbours: as if its host had died."""
        self._process.kill()
        self._process.wait()

    def originate(self) -> None:
        """From now on also those networks that were kept for later."""
        self.ask(f"enable {_LATER}")

    def ask(self, command: str) -> list[str]:
        """The lines of the answer without their codes. Raises OSError when nobody answers."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(PATIENCE_SECONDS)
            line.connect(str(self._socket))
            with line.makefile("rw", encoding="ascii", errors="replace") as talk:
                talk.readline()  # it greets
                talk.write(f"{command}\n")
                talk.flush()
                return list(_answer(talk))

    def sessions(self) -> tuple[Session, ...]:
        """Each session as it stands."""
        fast = dict(_detected(self.ask("show bfd sessions")))
        return tuple(_sessions(self.ask("show protocols all"), fast))

    def routes(self) -> tuple[Route, ...]:
        """All routes, also those that are not the best of their network."""
        return tuple(_routes(self.ask("show route")))


def until(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether it came true in that time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.03)
    return True


def _answer(talk: Iterable[str]) -> Iterator[str]:
    """`NNNN-text` goes on, `NNNN text` ends; a line without a code belongs to the one before.

    Codes from 8000 are refusals (BIRD's "Remote control" and doc/reply_codes).
    """
    for line in talk:
        code, mark, text = line[:4], line[4:5], line[5:].rstrip("\n")
        if not code.isdigit():
            yield line[1:].rstrip("\n")
            continue
        if code >= "8000":
            raise ApplianceError(f"BIRD refuses: {text}")
        if code == "0000":
            return
        yield text
        if mark == " ":
            return


_PROTOCOL = re.compile(r"^p_(?P<name>\w+)\s+BGP\s")
_BFD = re.compile(r"^(?P<peer>[\d.]+)\s+\S+\s+(?P<state>\w+)\s")
_ROUTE = re.compile(r"^(?P<network>[\d.]+/\d+)?\s+\S+ \[(?P<protocol>\w+) [^]]*\](?P<best> \*)?")


def _sessions(lines: Sequence[str], fast: dict[str, bool]) -> Iterator[Session]:
    starts = [at for at, line in enumerate(lines) if line and not line.startswith(" ")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        named = _PROTOCOL.match(lines[start])
        if named is None:
            continue
        said = dict(_members(lines[start + 1 : end]))
        imported = re.match(r"(\d+) imported", said.get("Routes", ""))
        yield Session(
            name=named["name"],
            state=said.get("BGP state", "Down"),
            error=said.get("Last error", ""),
            imported=0 if imported is None else int(imported[1]),
            bfd=fast.get(said.get("Neighbor address", "").partition("%")[0]),
        )


def _members(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        name, colon, value = line.strip().partition(":")
        if colon:
            yield name, value.strip()


def _detected(lines: Iterable[str]) -> Iterator[tuple[str, bool]]:
    for line in lines:
        found = _BFD.match(line)
        if found is not None:
            yield found["peer"], found["state"] == "Up"


def _routes(lines: Iterable[str]) -> Iterator[Route]:
    """A network is told once, and each of its routes has a line for the way after its own."""
    network, waiting = "", None
    for line in lines:
        found = _ROUTE.match(line)
        if found is not None:
            network = found["network"] or network
            waiting = found["protocol"].removeprefix("p_"), found["best"] is not None
        elif waiting is not None and line.strip().startswith(("via ", "dev ")):
            way = line.split()
            via = way[3] if way[0] == "via" and way[2:3] == ["on"] else way[1]
            yield Route(network=network, protocol=waiting[0], via=via, best=waiting[1])
            waiting = None


def spelled(speaker: Speaker) -> str:
    """The whole configuration, keys and all."""
    return "\n".join(
        (
            f"router id {speaker.identity};",
            "log stderr { info, remote, warning, error, auth, fatal, bug };",
            "protocol device { scan time 1; }",
            # Without neighbours that ask for it BFD only listens.
            'protocol bfd { interface "*"; }',
            *_originated(_OWN, speaker.networks),
            *_originated(_LATER, speaker.later),
            f'function originated() {{ return proto = "{_OWN}" || proto = "{_LATER}"; }}',
            "protocol kernel { scan time 1; ipv4 { import none;",
            " export filter { if originated() then reject; accept; }; }; }",
            *_statics(speaker),
            *(line for one in speaker.neighbors for line in _session(one)),
            "",
        )
    )


def _originated(name: str, networks: Iterable[str]) -> Iterator[str]:
    """Networks for BGP alone: the kernel has its own way to them."""
    yield f"protocol static {name} {{ ipv4 {{ preference 65000; }};"
    if name == _LATER:
        yield " disabled;"
    yield from (f" route {network} blackhole;" for network in networks)
    yield "}"


def _statics(speaker: Speaker) -> Iterator[str]:
    """One protocol for each distance: it gives all its routes the same preference."""
    for distance in sorted({one.distance for one in speaker.statics}):
        yield f"protocol static far_{distance} {{ ipv4 {{ preference {_preference(distance)}; }};"
        for one in speaker.statics:
            if one.distance == distance:
                via = one.via if re.fullmatch(r"[\d.]+", one.via) else f'"{one.via}"'
                yield f" route {one.network} via {via};"
        yield "}"


def _preference(distance: int, rank: int = 0) -> int:
    return max(0, _FARTHEST - distance) * _RANKS + min(rank, _RANKS - 1)


def _session(one: Neighbor) -> Iterator[str]:
    """Timers that wait for nothing: the first attempt is at once, the next after a second."""
    yield from _filter(f"in_{one.name}", one.receives, one, inward=True)
    yield from _filter(f"out_{one.name}", one.sends, one, inward=False)
    yield f"protocol bgp p_{one.name} {{"
    yield f" local {one.local} as {one.local_asn}; neighbor {one.remote} as {one.remote_asn};"
    yield " direct;" if one.multihop is None else f" multihop {one.multihop};"
    if one.key is not None:
        yield f' password "{_quoted(one.key)}";'
    if one.detection is not None:
        yield (
            f" bfd {{ min rx interval {one.detection.receive_ms} ms; "
            f"min tx interval {one.detection.transmit_ms} ms; "
            f"multiplier {one.detection.multiplier}; }};"
        )
    yield f" hold time {one.hold_seconds}; keepalive time {one.keepalive_seconds};"
    yield " connect delay time 0; connect retry time 1; error wait time 1, 1;"
    yield " graceful restart off; long lived graceful restart off;"
    # Static ways to a next hop have no metric on routers, and the highest one here.
    yield " igp metric off;"
    yield f" ipv4 {{ import filter in_{one.name}; export filter out_{one.name}; next hop self; }};"
    yield "}"


def _quoted(key: str) -> str:
    """BIRD's strings know no escapes (its "Configuration" chapter). Raises `ApplianceError`."""
    if '"' in key or not key.isascii() or not key.isprintable():
        raise ApplianceError("BIRD cannot be told an MD5 key with quotes or control characters")
    return key


def _filter(name: str, policy: Policy | None, one: Neighbor, *, inward: bool) -> Iterator[str]:
    """A function for each rule with entries, then the filter that asks them in order."""
    rules = () if policy is None else policy.rules
    for number, rule in enumerate(rules):
        if rule.entries is not None:
            yield f"function {name}_{number}() {{"
            yield from (f" {_entry(entry)}" for entry in rule.entries)
            yield " return false;\n}"
    yield f"filter {name} {{"
    if inward:
        yield f" preference = {_preference(one.distance, one.rank)};"
    else:  # routes of the device itself, and static ones of other distances, are not BGP's
        yield " if !originated() && source != RTS_BGP then reject;"
    for number, rule in enumerate(rules):
        condition = "" if rule.entries is None else f"if {name}_{number}() then "
        yield f" {condition}{{ {_action(rule, one)} }}"
    yield " accept;\n}" if policy is None or policy.otherwise else " reject;\n}"


def _entry(entry: Entry) -> str:
    covered = f"net ~ [{entry.network}{{{entry.shortest},{entry.longest}}}]"
    return f"if {covered} then return {'true' if entry.permit else 'false'};"


def _action(rule: Rule, one: Neighbor) -> str:
    if not rule.permit:
        return "reject;"
    given = "" if rule.preference is None else f"bgp_local_pref = {rule.preference}; "
    ends = "" if rule.goes_on else "accept;"
    return f"{given}{f'bgp_path.prepend({one.local_asn}); ' * rule.prepend}{ends}"
