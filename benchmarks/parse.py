"""Reading a configuration: ours against ciscoconfparse, alternately, and whether it stays linear."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from vendors.cisco.tree import read
from vendors.cisco_ios.grammar import GRAMMAR
from vendors.cisco_ios.parse import parse

ROUNDS = 5


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


def _seconds(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


def _second(text: str) -> object:
    from vendors.cisco.second_reader import headings

    return headings(text, str)


def main() -> list[tuple[str, ...]]:
    """Rows: lines, ms of the tree, of the whole parse, of ciscoconfparse, and the ratios."""
    rows: list[tuple[str, ...]] = [
        ("lines", "tree ms", "parse ms", "ciscoconfparse ms", "tree ratio", "parse ratio")
    ]
    for lines in (400, 5_000, 50_000):
        text = configuration(lines)
        works = [lambda: read(text, GRAMMAR), lambda: parse(text)]
        if lines <= 5_000:
            works.append(lambda: _second(text))
        taken: list[list[float]] = [[] for _ in works]
        for _ in range(ROUNDS):
            for at, work in enumerate(works):
                taken[at].append(_seconds(work) * 1000)
        best = [statistics.median(one) for one in taken]
        other = best[2] if len(best) > 2 else float("nan")
        rows.append(
            (
                str(text.count("\n")),
                *(f"{value:.1f}" for value in (best[0], best[1], other)),
                *(f"{other / value:.0f}x" for value in best[:2]),
            )
        )
    return rows


if __name__ == "__main__":
    for row in main():
        print("  ".join(f"{cell:>18}" for cell in row))
