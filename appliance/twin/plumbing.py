"""Namespaces, the wires between them and what filters on them; inside the sandbox."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from appliance.errors import ApplianceError


def namespace(name: str, *, answers_for_others: bool = False) -> None:
    """A box that passes packets on; `answers_for_others`: to ARP on each of its wires, too."""
    run("ip", "netns", "add", name)
    run("ip", "-n", name, "link", "set", "lo", "up")
    settings = ("ip_forward=1", "conf.all.rp_filter=0", "conf.default.rp_filter=0")
    proxy = ("conf.all.proxy_arp=1", "conf.default.proxy_arp=1") if answers_for_others else ()
    inside(name, "sysctl", "-qw", *(f"net.ipv4.{one}" for one in (*settings, *proxy)))


def wire(one: tuple[str, str], other: tuple[str, str]) -> None:
    """A wire from one box's interface to another's, each as (namespace, name); both are up."""
    ends = (("name", one[1], "netns", one[0]), ("name", other[1], "netns", other[0]))
    run("ip", "link", "add", *ends[0], "type", "veth", "peer", *ends[1])
    for name, interface in (one, other):
        run("ip", "-n", name, "link", "set", interface, "up")


def nft(name: str, lines: Sequence[str], *, table: str = "twin") -> None:
    """Rules of a box. One statement a line: nft takes no `}` after a statement on its line."""
    text = "\n".join((f"table inet {table} {{", *lines, "}", ""))
    run("ip", "netns", "exec", name, "nft", "-f", "-", text=text)


def inside(name: str, *words: str) -> str:
    """What a command says in that box."""
    return run("ip", "netns", "exec", name, *words)


def run(*words: str, text: str = "") -> str:
    """What a command says. Raises `ApplianceError` with its complaint."""
    done = subprocess.run(  # noqa: S603 -- our own words
        words, input=text, capture_output=True, text=True, check=False, timeout=20
    )
    if done.returncode:
        raise ApplianceError(f"`{' '.join(words)}`: {done.stderr.strip() or done.returncode}")
    return done.stdout
