"""An ExpressRoute edge read a second time: words of `set` in a tree of their own, followed by hand.

It reads what a device prints, knows no groups and no editing, and shares nothing with the first
reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from appliance.model.edge_facts import listed
from vendors.juniper_junos.reading.second_look import Rows

SECTIONS = ("interfaces", "protocols", "policy-options", "routing-options", "routing-instances")
MICROSOFT = ("12076", "0.12076")
_OWN_AS = ("routing-options", "autonomous-system")
_HOLD = 90
"""Seconds that Junos waits where nobody says how long ("BGP User Guide", hold-time)."""

Trie = dict[str, "Trie"]
Path = tuple[str, ...]


class Words:
    """The statements of a text; `told` is False where this reading does not follow it."""

    def __init__(self, text: str) -> None:
        rows = Rows(text, SECTIONS)
        self.told = rows.told
        self.off = rows.off
        self.root: Trie = {}
        for words in rows.said:
            node = self.root
            for word in words:
                node = node.setdefault(word, {})

    def below(self, base: Path, *words: str) -> list[str]:
        """What follows these words, as far as it is in force below `base`."""
        node, path = self._at(base), base
        for word in words:
            path = (*path, word)
            node = node.get(word, {}) if path not in self.off else {}
        return [word for word in node if (*path, word) not in self.off]

    def has(self, base: Path, *words: str) -> bool:
        """Whether all these words are said and in force below `base`."""
        node, path = self._at(base), base
        for word in words:
            path = (*path, word)
            if word not in node or path in self.off:
                return False
            node = node[word]
        return True

    def _at(self, base: Path) -> Trie:
        node = self.root
        for word in base:
            node = node.get(word, {})
        return node

    def one(self, base: Path, *words: str) -> str:
        """The value of a statement, "" where there is none."""
        found = self.below(base, *words)
        return found[-1] if found else ""

    def dead(self, path: Path) -> bool:
        """Whether this or anything above it is deactivated."""
        return any(path[:size] in self.off for size in range(1, len(path) + 1))


class Speaker:
    """A BGP neighbour, and the levels whose statements it takes."""

    def __init__(self, words: Words, base: Path, group: Path, peer: str) -> None:
        self.words = words
        self.base = base
        bgp = (*base, "protocols", "bgp")
        self.levels = tuple(dict.fromkeys(((*group, "neighbor", peer), group, bgp)))

    def values(self, *words: str) -> list[str]:
        """What the nearest level says."""
        for level in self.levels:
            found = self.words.below(level, *words)
            if found:
                return found
        return []

    def value(self, *words: str) -> str:
        """The one value of it."""
        found = self.values(*words)
        return found[-1] if found else ""

    @property
    def off(self) -> bool:
        """Whether it is shut down or deactivated, or a level above it is."""
        said = (word for level in self.levels for word in self.words.below(level))
        return self.words.dead(self.levels[0]) or bool({"shutdown", "disable"} & set(said))

    @property
    def instance(self) -> str:
        """Its routing instance, "" for the main one."""
        return self.base[1] if self.base else ""


class Edges:
    """Everything of an edge in one configuration."""

    def __init__(self, text: str) -> None:
        self.words = Words(text)
        self.speakers = {peer: one for peer, one in self._found() if one is not None}

    @property
    def told(self) -> bool:
        """Whether this reading follows the text."""
        return self.words.told

    def _found(self) -> Iterator[tuple[str, Speaker | None]]:
        names = self.words.below((), "routing-instances")
        for base in ((), *(("routing-instances", name) for name in names)):
            bgp = (*base, "protocols", "bgp")
            groups = [(*bgp, "group", name) for name in _all(self.words, (*bgp, "group"))]
            for group in (bgp, *groups):
                for peer in _all(self.words, (*group, "neighbor")):
                    speaker = Speaker(self.words, base, group, peer)
                    is_ours = speaker.value("peer-as") in MICROSOFT and "." in peer
                    yield peer, speaker if is_ours else None

    def links(self) -> dict[str, dict[str, str]]:
        """What is said of each session with Microsoft, by its address."""
        return {peer: self._link(peer, one) for peer, one in self.speakers.items()}

    def _link(self, peer: str, one: Speaker) -> dict[str, str]:
        hold = int(one.value("hold-time") or _HOLD)
        timers = _bfd(one)
        return {
            "key": "set" if one.value("authentication-key") else "",
            "bfd": "on" if timers else "off",
            "bfd timers": timers,
            "session": "off" if one.off else "on",
            "weight": "",
            "timers": f"{hold // 3} {hold}",
            **self._line(IPv4Address(peer), one.instance),
        }

    def _line(self, peer: IPv4Address, instance: str) -> dict[str, str]:
        for port in _all(self.words, ("interfaces",)):
            for number in _all(self.words, ("interfaces", port, "unit")):
                unit, name = ("interfaces", port, "unit", number), f"{port}.{number}"
                held = map(IPv4Interface, self.words.below(unit, "family", "inet", "address"))
                ours = next((one for one in held if peer in one.network), None)
                if ours is not None and self._instance(name) == instance:
                    return {"interface": name, "address": str(ours), **self._on_line(unit)}
        return {}

    def _instance(self, name: str) -> str:
        for instance in self.words.below((), "routing-instances"):
            if name in self.words.below(("routing-instances", instance), "interface"):
                return instance
        return ""

    def _on_line(self, unit: Path) -> dict[str, str]:
        tags = dict(_tags(self.words, unit))
        off = self.words.dead(unit) or any(
            "disable" in self.words.below(path) for path in (unit, unit[:2])
        )
        inner, outer = tags.get("inner", ""), tags.get("outer", "")
        return {
            "vlan": inner or outer or self.words.one(unit, "vlan-id"),
            "svlan": outer if inner else "",
            "line": "off" if off else "on",
        }

    def whole(self) -> dict[str, str]:
        """Our AS, and the static routes that stand beside the circuits."""
        hosts, standby, tunnels = [], [], self._tunnels()
        for prefix, hop, distance in self._statics():
            via = _into(tunnels, hop)
            if via:
                standby.append(f"{prefix}>{via}@{distance}")
            elif prefix.endswith("/32") and _is_address(hop):
                hosts.append(f"{prefix[:-3]}>{hop}")
        found = {"asn": self._asn(), "hosts": listed(hosts)}
        tables = "next-table" in str(self.words.root.get("routing-options", {}))
        return found if tables else {**found, "standby": listed(standby)}

    def _asn(self) -> str:
        for one in self.speakers.values():
            bases = (self.words.below(base, *_OWN_AS) for base in (one.base, ()))
            for word in (word for said in (one.values("local-as"), *bases) for word in said[::-1]):
                high, dot, low = word.partition(".")
                if high.isdecimal() and (low.isdecimal() or not dot):  # else an option: `loops 2`
                    return str((int(high) << 16) + int(low)) if dot else high
        return ""

    def _statics(self) -> Iterator[tuple[str, str, str]]:
        defaults = self.words.one(("routing-options", "static", "defaults"), "preference")
        for place in (("static", "route"), ("rib", "inet.0", "static", "route")):
            for prefix in self.words.below(("routing-options",), *place):
                route = ("routing-options", *place, prefix)
                usual = self.words.one(route, "preference") or defaults or "5"
                for hop in self.words.below(route, "next-hop"):
                    yield prefix, hop, usual
                for hop in self.words.below(route, "qualified-next-hop"):
                    own = self.words.one(route, "qualified-next-hop", hop, "preference")
                    yield prefix, hop, own or usual

    def _tunnels(self) -> dict[str, list[IPv4Network]]:
        """The tunnel interfaces of the main instance, with their networks."""
        units = (f"st0.{number}" for number in _all(self.words, ("interfaces", "st0", "unit")))
        return {name: self._networks(name) for name in units if not self._instance(name)}

    def _networks(self, name: str) -> list[IPv4Network]:
        unit = ("interfaces", "st0", "unit", name.partition(".")[2])
        held = self.words.below(unit, "family", "inet", "address")
        return [IPv4Interface(one).network for one in held]


def _into(tunnels: dict[str, list[IPv4Network]], hop: str) -> str:
    """The tunnel interface that a next hop names, or whose network it is in."""
    if not _is_address(hop):
        return hop if hop in tunnels else ""
    where = IPv4Address(hop)
    inside = (name for name, held in tunnels.items() if any(where in one for one in held))
    return next(inside, "")


def _all(words: Words, path: Path) -> list[str]:
    """Names below a path, deactivated ones as well."""
    node = words.root
    for word in path:
        node = node.get(word, {})
    return [name for name in node if not name.startswith("apply-")]


def _is_address(word: str) -> bool:
    return re.fullmatch(r"\d+\.\d+\.\d+\.\d+", word) is not None


def _tags(words: Words, unit: Path) -> Iterator[tuple[str, str]]:
    """`vlan-tags outer 0x8100.30 inner 100`, in one statement or in two."""
    node = words.root
    for word in unit:
        node = node.get(word, {})
    rest = [node.get("vlan-tags", {})]
    while rest:
        for kind, values in rest.pop().items():
            for value, more in values.items():
                yield kind, value.rpartition(".")[2]
                rest.append(more)


def _bfd(one: Speaker) -> str:
    for level in one.levels:
        if one.words.below(level, "bfd-liveness-detection"):
            section = (*level, "bfd-liveness-detection")
            both = one.words.one(section, "minimum-interval")
            sent = one.words.one(section, "transmit-interval", "minimum-interval") or both
            heard = one.words.one(section, "minimum-receive-interval") or both
            lost = one.words.one(section, "multiplier") or "3"
            return f"{sent} {heard} {lost}" if sent and heard else ""
    return ""
