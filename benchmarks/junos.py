"""Reading a Junos configuration in both forms: ours against ciscoconfparse; and is it linear?"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from benchmarks.runner import interleaved, ms, table
from vendors.juniper_junos.parse import parse
from vendors.juniper_junos.reading.grammar import HOMES, RULES
from vendors.juniper_junos.reading.reader import read

ROUNDS = 5
COMPARED = 5_000
"""Beyond this the library takes minutes: its time for braces grows with the square."""
_ROWS_A_COMMAND = 18 / 5
"""The same configuration has so many rows in braces for each of its `set` commands."""


def configuration(lines: float) -> tuple[str, str]:
    """An SRX of about so many lines, in braces and as `set` commands: some tunnels, many users."""
    made = _Both()
    made.leaf("version", "21.4R3-S1.5")
    made.leaf("system", "host-name", "bench")
    made.leaf("interfaces", "ge-0/0/0", "unit", "0", "family", "inet", "address", "192.0.2.1/24")
    site = 0
    while made.count < lines:
        _site(made, site)
        site += 1
    return made.braces(), made.commands()


class _Both:
    """Statements as a tree of words; `count` is the number of rows in braces."""

    def __init__(self) -> None:
        self.tree: dict[str, object] = {}
        self.rows: list[str] = []
        self.count = 0

    def leaf(self, *words: str) -> None:
        """One statement: the sections it is in, its word and its value."""
        self.rows.append(f"set {' '.join(words)}")
        node = self.tree
        for word in words[:-2]:
            if word not in node:
                self.count += 2
            inner = node.setdefault(word, {})
            node = inner if isinstance(inner, dict) else node
        node[f"{words[-2]} {words[-1]}"] = None
        self.count += 1

    def commands(self) -> str:
        """As `display set` prints them."""
        return "\n".join([*self.rows, ""])

    def braces(self) -> str:
        """As the device prints them."""
        return "\n".join([*_printed(self.tree, 0), ""])


def _printed(tree: dict[str, object], depth: int) -> list[str]:
    rows = []
    pad = "    " * depth
    for word, inner in tree.items():
        if isinstance(inner, dict):
            rows += [f"{pad}{word} {{", *_printed(inner, depth + 1), f"{pad}}}"]
        else:
            rows.append(f"{pad}{word};")
    return rows


def _site(made: _Both, site: int) -> None:
    high, low = divmod(site, 250)
    ike = ("security", "ike")
    made.leaf(*ike, "proposal", f"P{site}", "dh-group", "group14")
    made.leaf(*ike, "proposal", f"P{site}", "encryption-algorithm", "aes-256-cbc")
    made.leaf(*ike, "proposal", f"P{site}", "authentication-algorithm", "sha-256")
    made.leaf(*ike, "policy", f"K{site}", "proposals", f"P{site}")
    made.leaf(*ike, "policy", f"K{site}", "pre-shared-key", "ascii-text", f'"key{site}!"')
    made.leaf(*ike, "gateway", f"G{site}", "ike-policy", f"K{site}")
    made.leaf(*ike, "gateway", f"G{site}", "address", f"52.{high}.{low}.1")
    made.leaf(*ike, "gateway", f"G{site}", "external-interface", "ge-0/0/0.0")
    made.leaf(*ike, "gateway", f"G{site}", "version", "v2-only")
    vpn = ("security", "ipsec", "vpn", f"V{site}")
    made.leaf(*vpn, "bind-interface", f"st0.{site}")
    made.leaf(*vpn, "ike", "gateway", f"G{site}")
    made.leaf("interfaces", "st0", "unit", str(site), "family", "inet", "mtu", "1400")
    made.leaf("security", "zones", "security-zone", "azure", "interfaces", f"st0.{site}")
    route = ("routing-options", "static", "route")
    for host in range(5):
        made.leaf(*route, f"10.{high}.{low}.{host * 8}/29", "next-hop", f"st0.{site}")
    for port in range(12):
        unit = ("interfaces", f"ge-{site}/0/{port}", "unit", "0")
        made.leaf(*unit, "description", '"user; port {x}"')
        made.leaf(*unit, "family", "ethernet-switching", "vlan", "members", "users")
    for host in range(10):
        policy = ("security", "policies", "from-zone", "trust", "to-zone", "untrust", "policy")
        one = (*policy, f"S{site}-{host}")
        made.leaf(*one, "match", "source-address", f"net-{site}")
        made.leaf(*one, "match", "destination-address", "any")
        made.leaf(*one, "match", "application", "junos-https")
        made.leaf(*one, "then", "permit")


def _library(text: str) -> object:
    """What a user of ciscoconfparse would write."""
    import ciscoconfparse  # noqa: PLC0415 -- half a second
    from loguru import logger  # noqa: PLC0415 -- comes with it

    logger.remove()
    found = ciscoconfparse.CiscoConfParse(text.splitlines(), syntax="junos")
    return found.find_objects(r"^\s*vpn ")


def run() -> str:
    """Milliseconds for a text of so many lines: the tree alone, the whole parse, the library."""
    rows = []
    for lines in (400, 5_000, 50_000):
        braces, commands = configuration(lines)[0], configuration(lines * _ROWS_A_COMMAND)[1]
        contenders: dict[str, Callable[[], object]] = {
            "tree, braces": partial(read, braces, RULES, HOMES),
            "tree, set": partial(read, commands, RULES, HOMES),
            "parse, braces": partial(parse, braces),
            "parse, set": partial(parse, commands),
        }
        if lines <= COMPARED:
            contenders["ciscoconfparse, braces"] = partial(_library, braces)
        taken = interleaved(contenders, ROUNDS)
        peer = taken.get("ciscoconfparse, braces")
        for name, timing in taken.items():
            count = (commands if name.endswith("set") else braces).count("\n")
            times = "" if peer is None else f"{peer.cpu / timing.cpu:.0f}x"
            per_line = f"{timing.cpu / count * 1e6:.1f}"
            rows.append([str(count), name, ms(timing.cpu), per_line, times])
    heads = ["lines", "reader", "CPU ms", "us a line", "against ciscoconfparse"]
    return table(heads, rows)


if __name__ == "__main__":
    print(run())
