"""A second reading of our own files, by other means, before anything is decided on the first.

Only our files are ever edited, and they are in one plain form: a value a line, no includes, nothing
inherited. So they are read again line by line with `shlex`, and what a push turns on must be the
same. A file of ours that is in no such form any more is a disagreement as well.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import IPv4Network

from appliance.driver import Disagreement
from appliance.errors import ParseError
from appliance.model.pairing import LABEL
from appliance.model.secret import Secret
from appliance.model.tunnel import Tunnel
from vendors.strongswan.parse import parse

_OURS = re.compile(
    r"^# file: (?P<path>/\S*/conf\.d/appliance-(?P<label>\S+)\.conf)$\n"
    r"(?P<body>(?:(?!# file: ).*\n?)*)",
    re.MULTILINE,
)
_GROUPS = {
    "modp768": 1,
    "modp1024": 2,
    "modp1536": 5,
    "modp2048": 14,
    "modp3072": 15,
    "modp4096": 16,
    "modp6144": 17,
    "modp8192": 18,
    "ecp256": 19,
    "ecp384": 20,
    "ecp521": 21,
    "modp1024s160": 22,
    "modp2048s224": 23,
    "modp2048s256": 24,
    "curve25519": 31,
    "x25519": 31,
    "curve448": 32,
    "x448": 32,
}
"""IANA numbers, written down a second time on purpose."""

_CIPHER = re.compile(r"^(?:3?des|null|aes(?:128|192|256)?(?:gcm|gmac)?(?:16|128)?)$")

Values = dict[tuple[str, ...], tuple[str, int]]
"""Path of a value -> the value, and its line."""


def cross_check(text: str) -> tuple[Disagreement, ...]:
    """Where the two readings of our own files differ; empty when they agree."""
    if "/conf.d/appliance-" not in text:
        return ()
    try:
        tunnels = parse(text).tunnels
    except ParseError as error:
        return (Disagreement(tunnel="", field="text", first=error.message, second="read"),)
    text = text.replace("\r\n", "\n")
    found: list[Disagreement] = []
    for match in _OURS.finditer(text):
        above = text.count("\n", 0, match.start("body"))
        found += _file(match["label"], match["body"], above, tunnels)
    return tuple(found)


def _file(label: str, body: str, above: int, tunnels: tuple[Tunnel, ...]) -> Iterator[Disagreement]:
    try:
        values = _values(body, above)
    except ValueError as error:
        yield Disagreement(tunnel=label, field="form", first="read", second=str(error))
        return
    names = list(dict.fromkeys(path[1] for path in values if path[0] == "connections"))
    ours = [tunnel for tunnel in tunnels if tunnel.objects.get(LABEL) == label]
    if sorted(names) != sorted(tunnel.objects["connection"] for tunnel in ours):
        read = ", ".join(tunnel.name for tunnel in ours)
        yield Disagreement(tunnel=label, field="connections", first=read, second=", ".join(names))
        return
    for tunnel in ours:
        second = dict(_second(values, tunnel.objects["connection"]))
        for field, first in _first(tunnel):
            said, lines = second.get(field, ("", ()))
            if said != first:
                yield Disagreement(
                    tunnel=tunnel.name, field=field, first=first, second=said, lines=lines
                )
        if _key(values) != (tunnel.psk.reveal() if isinstance(tunnel.psk, Secret) else None):
            yield Disagreement(tunnel=tunnel.name, field="psk", first="one key", second="another")


def _values(body: str, above: int) -> Values:
    """Every value of a file in our form. Raises `ValueError` for a line in another."""
    found: Values = {}
    path: list[str] = []
    for number, line in enumerate(body.split("\n"), start=above + 1):
        words = shlex.split(line, comments=True)
        if words[1:] == ["{"]:
            path.append(words[0])
        elif words == ["}"] and path:
            path.pop()
        elif len(words) > 2 and words[1] == "=":  # noqa: PLR2004 -- key, equals sign, value
            found[(*path, words[0])] = (" ".join(words[2:]), number)
        elif words:
            raise ValueError(f"line {number} is in no form of ours")
    if path:
        raise ValueError(f"{path[-1]} is not closed")
    return found


Said = tuple[str, tuple[str, tuple[int, ...]]]


def _second(values: Values, name: str) -> Iterator[Said]:
    at = ("connections", name)
    inner = {path[2:]: value for path, value in values.items() if path[:2] == at}
    for field, key in (
        ("ike.version", "version"),
        ("remote.addresses", "remote_addrs"),
        ("local.address", "local_addrs"),
    ):
        value, line = inner.get((key,), ("", 0))
        yield field, (value, (line,) if line else ())
    yield (
        "ike.proposals",
        _words([value for path, value in inner.items() if path == ("proposals",)]),
    )
    children = {path: value for path, value in inner.items() if path[:1] == ("children",)}
    esp = [value for path, value in children.items() if path[2:] == ("esp_proposals",)]
    yield "esp.proposals", _words(esp[:1])
    yield "selectors", _pairs(children)


def _words(found: list[tuple[str, int]]) -> tuple[str, tuple[int, ...]]:
    """Ciphers and groups of a list of proposals, the groups by number."""
    said = []
    for word in (word for value, _ in found for word in re.split(r"[,-]\s*", value)):
        if word in _GROUPS:
            said.append(str(_GROUPS[word]))
        elif _CIPHER.match(word):
            said.append(re.sub(r"(gcm|gmac)(?:16|128)?$", r"\1", word))
    return " ".join(said), tuple(line for _, line in found)


def _pairs(children: Values) -> tuple[str, tuple[int, ...]]:
    local = {path[1]: value for path, value in children.items() if path[2:] == ("local_ts",)}
    remote = {path[1]: value for path, value in children.items() if path[2:] == ("remote_ts",)}
    said = sorted(f"{local[name][0]} {remote[name][0]}" for name in local.keys() & remote.keys())
    return ", ".join(said), tuple(line for _, line in local.values())


def _key(values: Values) -> str | None:
    import base64  # noqa: PLC0415 -- where there are files of ours only

    keys = [value for path, (value, _) in values.items() if path[::2] == ("secrets", "secret")]
    if not keys:
        return None
    if keys[-1].startswith("0s"):
        with suppress(ValueError):  # what is no Base64 of text is the key itself
            return base64.b64decode(keys[-1][2:]).decode()
    return keys[-1]


def _first(tunnel: Tunnel) -> Iterator[tuple[str, str]]:
    yield "ike.version", str(int(tunnel.ike.version))
    yield "remote.addresses", ",".join(map(str, tunnel.remote.addresses))
    yield "local.address", str(tunnel.local.address or "")
    ike = [
        [*one.encryption, *(str(int(group)) for group in one.groups)]
        for one in tunnel.ike.proposals
    ]
    yield "ike.proposals", " ".join(word for one in ike for word in one)
    group = [] if tunnel.esp.pfs_group is None else [str(int(tunnel.esp.pfs_group))]
    esp = [[*one.encryption, *group] for one in tunnel.esp.proposals]
    yield "esp.proposals", " ".join(word for one in esp for word in one)
    anywhere = IPv4Network("0.0.0.0/0")
    nets = [(pair.local, pair.remote) for pair in tunnel.selectors] or [(anywhere, anywhere)]
    yield "selectors", ", ".join(sorted(f"{local} {remote}" for local, remote in nets))
