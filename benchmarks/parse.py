"""Reading a configuration: ours against ciscoconfparse, alternately; and is it linear?"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from benchmarks.runner import interleaved, ms, table
from vendors.cisco.second_reader import headings
from vendors.cisco.tree import read
from vendors.cisco_ios.parse import parse
from vendors.cisco_ios.reading.grammar import GRAMMAR

ROUNDS = 5
COMPARED = 5_000
"""Beyond this the library takes seconds."""


def configuration(lines: int) -> str:
    """A router of about so many lines: mostly interfaces, lists and routes, some tunnels."""
    rows = ["version 17.9", "hostname bench", "crypto ikev2 proposal P", " encryption aes-cbc-256"]
    rows += [" integrity sha256", " group 14", "crypto ikev2 policy POL", " proposal P", "!"]
    site = 0
    while len(rows) < lines:
        rows += _site(site)
        site += 1
    return "\n".join([*rows, "end", ""])


def _site(site: int) -> list[str]:
    return [*_tunnel(site), *_beside(site)]


def _tunnel(site: int) -> list[str]:
    high, low = divmod(site, 250)
    peer = f"52.{high % 250}.{low}.1"
    return [
        f"crypto ikev2 keyring K{site}",
        " peer azure",
        f"  address {peer}",
        f"  pre-shared-key key{site}!",
        " !",
        "!",
        f"crypto ikev2 profile F{site}",
        f" match identity remote address {peer} 255.255.255.255",
        " authentication remote pre-share",
        " authentication local pre-share",
        f" keyring local K{site}",
        "!",
        f"crypto ipsec transform-set T{site} esp-aes 256 esp-sha256-hmac",
        " mode tunnel",
        f"crypto ipsec profile I{site}",
        f" set transform-set T{site}",
        f" set ikev2-profile F{site}",
        "!",
        f"interface Tunnel{site}",
        f" ip address 169.254.{high % 250}.{low} 255.255.255.255",
        " tunnel source GigabitEthernet1",
        " tunnel mode ipsec ipv4",
        f" tunnel destination {peer}",
        f" tunnel protection ipsec profile I{site}",
        "!",
    ]


def _beside(site: int) -> list[str]:
    high, low = divmod(site, 250)
    return [
        *(
            row
            for port in range(12)
            for row in (
                f"interface GigabitEthernet{site}/0/{port}",
                " description user port",
                f" switchport access vlan {port}",
                " spanning-tree portfast",
                "!",
            )
        ),
        f"ip access-list extended LIST{site}",
        *(f" permit tcp host 10.{high}.{low}.{host} any eq 443" for host in range(25)),
        *(f"ip route 10.{high}.{low}.{host} 255.255.255.255 Tunnel{site}" for host in range(5)),
        "!",
    ]


def _second(text: str) -> object:
    """What ciscoconfparse does, without its log."""
    return headings(text, str)


def run() -> str:
    """Milliseconds for a text of so many lines: the tree alone, the whole parse, the library."""
    rows = []
    for lines in (400, 5_000, 50_000):
        text = configuration(lines)
        contenders: dict[str, Callable[[], object]] = {
            "tree": partial(read, text, GRAMMAR),
            "parse": partial(parse, text),
        }
        if lines <= COMPARED:
            contenders["ciscoconfparse"] = partial(_second, text)
        taken = interleaved(contenders, ROUNDS)
        peer = taken.get("ciscoconfparse")
        rows += [
            [
                str(text.count("\n")),
                name,
                ms(timing.cpu),
                "" if peer is None else f"{peer.cpu / timing.cpu:.0f}x",
            ]
            for name, timing in taken.items()
        ]
    return table(["lines", "reader", "CPU ms", "against ciscoconfparse"], rows)


if __name__ == "__main__":
    print(run())
