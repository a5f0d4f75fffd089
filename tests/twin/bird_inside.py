"""Runs in a sandbox of `appliance.twin.needs.way()`: two BIRDs and what they say of each other.

The first argument names the scene below; the answer is JSON on standard output.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

from appliance.model.edge import Bfd
from appliance.twin.bird import Bird, until
from appliance.twin.speaker import (
    Entry,
    Neighbor,
    Policy,
    Rule,
    Speaker,
    Static,
)

OURS, THEIRS = "172.30.0.1", "172.30.0.2"
DEVICE = Neighbor(
    name="er1",
    local=OURS,
    local_asn=65010,
    remote=THEIRS,
    remote_asn=12076,
    key="abcDEF 123",
    detection=Bfd(),
    receives=Policy(
        rules=(
            Rule(
                entries=(
                    Entry(network="10.20.9.0/24", shortest=24, longest=24, permit=False),
                    Entry(network="10.20.0.0/16", shortest=16, longest=24),
                ),
                preference=200,
            ),
        ),
    ),
    sends=Policy(
        rules=(Rule(entries=(Entry(network="10.10.0.0/16", shortest=16, longest=16),), prepend=2),)
    ),
)
MICROSOFT = replace(
    DEVICE,
    local=THEIRS,
    local_asn=12076,
    remote=OURS,
    remote_asn=65010,
    receives=None,
    sends=None,
)
HELD = Speaker(
    identity="10.0.0.1",
    neighbors=(DEVICE,),
    statics=(
        Static(network="10.20.0.0/16", via="lo", distance=250),
        Static(network="10.21.0.0/16", via="lo", distance=250),
    ),
    networks=("10.10.0.0/16", "10.11.0.0/16"),
)
TAUGHT = Speaker(
    identity="10.0.0.2",
    neighbors=(MICROSOFT,),
    networks=("10.20.0.0/16", "10.20.8.0/24", "10.20.9.0/24", "10.30.0.0/16"),
)


def main() -> None:
    """Play one scene."""
    run("mount -t tmpfs none /run")
    Path("/run/netns").mkdir()
    for name in ("one", "two"):
        run(f"ip netns add {name}")
        run(f"ip -n {name} link set lo up")
    run("ip link add name er1 netns one type veth peer name er1 netns two")
    for name, held in (("one", OURS), ("two", THEIRS)):
        run(f"ip -n {name} addr add {held}/30 dev er1")
        run(f"ip -n {name} link set er1 up")
    sys.stdout.write(json.dumps(SCENES[sys.argv[1]]()))


def run(words: str) -> str:
    """The output of a command."""
    done = subprocess.run(words.split(), capture_output=True, text=True, check=True)  # noqa: S603 -- ours
    return done.stdout


def pair(held: Speaker, taught: Speaker) -> tuple[Bird, Bird]:
    """Both, with an answer from each."""
    two = Bird("one", held), Bird("two", taught)
    for one in two:
        one.connect()
    return two


def up(one: Bird) -> bool:
    """Whether its session stands and has brought everything."""
    (session,) = one.sessions()
    return session.up and session.imported > 0


def both_tell() -> object:
    """Sessions, routes and what the kernel does with them."""
    one, two = pair(HELD, TAUGHT)
    established = until(lambda: up(one) and up(two), 5)
    until(lambda: all(bird.sessions()[0].bfd for bird in (one, two)), 3)
    learnt = two.ask("show route all 10.10.0.0/16")
    return {
        "established": established,
        "bfd": [bird.sessions()[0].bfd for bird in (one, two)],
        "routes": [asdict(route) for route in one.routes()],
        "preference": [line.split()[-1] for line in one.ask("show route all 10.20.8.0/24")][-1],
        "kernel": run("ip -n one route show 10.20.0.0/16").split()[:5],
        "taught": sorted(route.network for route in two.routes() if route.protocol == "er1"),
        "path": next(line for line in learnt if "as_path" in line).split()[1:],
        "secret": [
            str(path)
            for path in Path("/run").glob("bird-*/*")
            if path.is_file() and b"abcDEF" in path.read_bytes()
        ],
    }


def killed() -> object:
    """One of them dies: BFD tells the other within a second, and the static route takes over."""
    one, two = pair(HELD, TAUGHT)
    until(lambda: up(one) and up(two), 5)
    until(lambda: all(bird.sessions()[0].bfd for bird in (one, two)), 3)
    two.stop()
    fell = until(lambda: not one.sessions()[0].up, 2.5)
    session = one.sessions()[0]
    best = [route for route in one.routes() if route.best and route.network == "10.20.0.0/16"]
    return {
        "fell": fell,
        "session": asdict(session),
        "via": [route.via for route in best],
        "kernel": run("ip -n one route show 10.20.0.0/16").split()[:3],
    }


def wrong(**changes: object) -> Callable[[], object]:
    """Microsoft's end is another: the session stays down, in which words."""

    def play() -> object:
        other = replace(MICROSOFT, **changes)  # type: ignore[arg-type]  # fields by name
        one, two = pair(HELD, replace(TAUGHT, neighbors=(other,)))
        until(lambda: up(one) or any(bird.sessions()[0].error for bird in (one, two)), 2)
        return [asdict(bird.sessions()[0]) for bird in (one, two)]

    return play


SCENES: dict[str, Callable[[], object]] = {
    "both": both_tell,
    "killed": killed,
    "asn": wrong(remote_asn=65011),
    "key": wrong(key="another"),
    "none": wrong(key=None),
    "hops": wrong(remote="172.30.0.5"),
}

if __name__ == "__main__":
    main()
