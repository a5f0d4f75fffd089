"""One text that holds several files of a Linux host, each under its `# file: PATH` heading."""

from __future__ import annotations

import re
from collections.abc import Iterator

from appliance.record import dataclass

HEADING = "# file: "
_HEADING = re.compile(r"(?:# file: (?P<ours>\S.*?)|==> (?P<tails>/.*?) <==)\s*")
"""Ours, and what `tail -n +1 FILE FILE` and `head` put above each file."""

_SETTINGS = "settings"
_LEGACY = "ipsec.conf"
_UNIT = "unit"
_OTHER = "other"
_KINDS = (
    (re.compile(r"\.(?:netdev|network)$"), _UNIT),
    (re.compile(r"^nft list |\.nft$|(?:^|/)nftables[^/]*\.conf$"), _OTHER),
    (re.compile(r"(?:^|/)swanctl/.*\.(?:conf|secrets)$"), _SETTINGS),
    (re.compile(r"(?:^|/)ipsec[^/]*(?:/.*)?\.(?:conf|secrets)$"), _LEGACY),
    (re.compile(r"\.secrets$"), _LEGACY),
    (re.compile(r"(?:^|/)(?:swanctl|strongswan)[^/]*(?:/.*)?\.conf$"), _SETTINGS),
    (
        re.compile(r"(?:^|/)(?:frr|bird\d?|quagga|sysctl(?:\.d)?|netplan|interfaces)(?:[./]|$)"),
        _OTHER,
    ),
    (
        re.compile(
            r"(?:^|/)(?:ip6?tables|ufw|firewalld|shorewall|NetworkManager|keepalived|cron[^/]*)/"
            r"|\.(?:xml|json|ya?ml|nmconnection|rules|service|timer|v[46]|sh)$"
        ),
        _OTHER,
    ),
)
_SIGNS = (
    (re.compile(r"^\[(?:NetDev|Match|Network|Link|Xfrm)\]", re.M), _UNIT),
    (
        re.compile(r"^(?:connections|secrets|pools|authorities|charon\S*)\b[^=\n]*$", re.M),
        _SETTINGS,
    ),
    (re.compile(r"^(?:conn|ca)[ \t]+\S+|^config[ \t]+setup", re.M), _LEGACY),
    (re.compile(r"^[^#\n]*:\s*(?:PSK|RSA|ECDSA|EAP|XAUTH|P12)\b", re.M | re.I), _LEGACY),
)

_PROMPT = re.compile(
    r"(?:[\w.-]+@[\w.-]+:\S*|[\w.-]+:[~/][^\s#$]*|\[[\w.-]+@[\w.-]+ [^\]]*\])[#$]"
    r"(?: +(?P<typed>.*)|$)"
)
"""A shell's, in a log of a terminal; no line of a file begins like that."""

_SHOWN = re.compile(
    r"(?:sudo +)?(?:(?:bat)?cat|bat|more|less|head|tail|e?grep|sed|awk) (?:.* )?(?P<path>[^\s'\"]+)"
)
"""A command that prints a file, which its last word names."""
_ELSE = "$"
"""The heading of what some other command prints, which is no file."""
_SAID = "$ "
"""Before the path of a file whose name does not tell what it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file: its path ("" where the text has no headings), text, and the line before it."""

    path: str
    text: str
    above: int
    kind: str

    @property
    def settings(self) -> bool:
        """Whether it is in the form of strongswan.conf(5)."""
        return self.kind == _SETTINGS

    @property
    def legacy(self) -> bool:
        """Whether it is an ipsec.conf or an ipsec.secrets."""
        return self.kind == _LEGACY

    @property
    def unit(self) -> bool:
        """Whether it is one of systemd-networkd's."""
        return self.kind == _UNIT


def split(text: str) -> tuple[File, ...]:
    """The files of a text, in its order; a text without headings is one file without a path."""
    return tuple(
        File(path=path.removeprefix(_SAID), text=body, above=above, kind=_kind(path, body))
        for path, body, above in _parts(text)
        if (path or body.strip()) and path != _ELSE and (path[:2] != _SAID or _signed(body))
    )


def _signed(text: str) -> bool:
    """Whether a text shows by itself that it may be one of ours: a part of one has sections."""
    return "{" in text or any(pattern.search(text) for pattern, _ in _SIGNS)


def heading(path: str) -> str:
    """The line that a file's text stands under."""
    return f"{HEADING}{path}"


def _parts(text: str) -> Iterator[tuple[str, str, int]]:
    path, above, body = "", 0, list[str]()
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        if begun := _begun(line):
            yield path, "\n".join(body), above
            path, above, body = begun, number, []
        else:
            body.append("" if _PROMPT.match(line) else line)
    yield path, "\n".join(body), above


def _begun(line: str) -> str:
    """The path of the file that begins below this line; "" when none does."""
    if head := _HEADING.fullmatch(line):
        return head["ours"] or head["tails"]
    typed = ((prompt := _PROMPT.match(line)) and prompt["typed"]) or ""
    if not typed.strip():
        return ""
    shown = _SHOWN.fullmatch(typed.strip())
    path = shown["path"] if shown else _ELSE
    known = path == _ELSE or any(one.search(path) for one, _ in _KINDS)
    return path if known else f"{_SAID}{path}"


def _kind(path: str, text: str) -> str:
    for pattern, kind in _KINDS if path else ():
        if pattern.search(path):
            return kind
    return next((kind for pattern, kind in _SIGNS if pattern.search(text)), _SETTINGS)
