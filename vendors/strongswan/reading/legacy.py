"""ipsec.conf(5) and ipsec.secrets(5), as many Linux hosts still use them: read only."""

from __future__ import annotations

import re

from appliance.model.tunnel import Dpd, Source
from appliance.record import dataclass, field
from vendors.strongswan import names, quirks
from vendors.strongswan.files import File
from vendors.strongswan.reading.conn import Child, Conn, SharedKey, Sources
from vendors.strongswan.reading.keys import decoded
from vendors.strongswan.reading.keywords import CONN
from vendors.strongswan.settings import masked, seconds, unquoted

_SECRET = re.compile(
    r"^(?P<ids>[^#\n:]*(?:(?<=\S):[^\s#:][^#\n]*?)?)[ \t]*:[ \t]*PSK[ \t]+"
    r"(?P<key>\"[^\"\n]*\"|'[^'\n]*'|\S+)",
    re.IGNORECASE,
)
_TIMES = ("ikelifetime", "lifetime", "keylife", "dpddelay", "dpdtimeout")
_NO_SECRETS = "it stands in ipsec.secrets, which is not in the text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One section: its settings by key, in order, each with its line."""

    name: str
    source: Source
    path: str
    settings: dict[str, tuple[str, Source]] = field(default_factory=dict)
    also: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Legacy:
    """All files of this form in a text."""

    conns: tuple[Conn, ...]
    keys: tuple[SharedKey, ...]
    odd: tuple[Source, ...]
    sections: int
    hidden: str


def load(files: tuple[File, ...]) -> Legacy:
    """Connections, keys, and lines that nobody knows."""
    reader = _Reader()
    for file in files:
        if file.legacy:
            reader.read(file)
    blocks = reader.blocks
    conns = [
        _conn(_whole(block, blocks), block, blocks)
        for name, block in blocks.items()
        if name != "%default"
    ]
    parts = {name for block in blocks.values() for name in block.also}
    return Legacy(
        conns=tuple(conn for conn in conns if conn.enabled or _whose(conn, parts)),
        keys=tuple(reader.keys),
        odd=tuple(reader.odd),
        sections=reader.sections,
        hidden="" if reader.keys else _NO_SECRETS,
    )


def _whose(conn: Conn, parts: set[str]) -> bool:
    """Whether a conn that is not loaded is a tunnel: no part of others, and with a peer.

    Files of Openswan's time switch off `block`, `private` and the like.
    """
    return conn.name not in parts and conn.remote != ("%any",)


class _Reader:
    def __init__(self) -> None:
        self.blocks: dict[str, Block] = {}
        self.keys: list[SharedKey] = []
        self.odd: list[Source] = []
        self.sections = 0
        self._block: Block | None = None
        self._outside = True

    def read(self, file: File) -> None:
        """The lines of one file."""
        self._block, self._outside = None, True
        for number, line in enumerate(file.text.split("\n"), start=1):
            self._line(line, file, Source(line=file.above + number, text=_shown(line)))

    def _line(self, line: str, file: File, source: Source) -> None:
        words = _uncommented(line).split(None, 1)
        if not words:
            return
        secret = _SECRET.match(line)
        if secret is not None:
            self._secret(secret, source)
        elif line[0] not in " \t" and words[0] in ("conn", "config", "ca") and len(words) > 1:
            self._begin(words[0], words[1].strip().strip('"'), file, source)
        elif line[0] not in " \t" and words[0] in ("include", "version"):
            return
        elif "=" in line and (self._block is not None or self._outside):
            self._setting(_uncommented(line), source)
        elif self._block is not None and not re.search(
            r":\s*(?:RSA|ECDSA|P12|EAP|XAUTH|PIN)\b", line
        ):
            self.odd.append(source)

    def _begin(self, kind: str, name: str, file: File, source: Source) -> None:
        self.sections += 1
        self._outside = False
        self._block = None
        if kind == "conn":
            made = Block(name=name, source=source, path=file.path)
            self._block = self.blocks.setdefault(name, made)

    def _setting(self, line: str, source: Source) -> None:
        if self._block is None:
            return
        key, _, value = (part.strip() for part in line.partition("="))
        value = unquoted(value) if value.startswith('"') else value
        if key == "also":
            self._block.also.append(value)
        elif key in _TIMES and seconds(value) is None:
            self.odd.append(source)  # charon says "bad value" and leaves it out
        elif key.replace("right", "left", 1) in CONN:
            self._block.settings[key] = (value, source)
        elif not key.startswith("x-"):
            self.odd.append(source)

    def _secret(self, match: re.Match[str], source: Source) -> None:
        self.sections += 1
        key = match["key"]
        quoted = key[:1] in "\"'"
        owners = (word for word in match["ids"].split() if word)
        # In quotes everything is the key itself: there are no escapes (ipsec.secrets).
        self.keys.append(
            SharedKey(ids=tuple(owners), key=decoded(key[1:-1] if quoted else key), source=source)
        )


def _uncommented(line: str) -> str:
    """A line without the comment that a # begins, unless it stands in quotes."""
    return re.sub(r'^((?:[^"#]|"[^"]*")*)#.*$', r"\1", line)


def _shown(line: str) -> str:
    match = _SECRET.match(line)
    return masked(line) if match is None else line[: match.start("key")] + "<pre-shared-key>"


Whole = dict[str, tuple[str, Source]]


def _whole(block: Block, blocks: dict[str, Block], seen: tuple[str, ...] = ()) -> Whole:
    """A section with what `also` adds and, last, the defaults of all."""
    found: Whole = dict(block.settings)
    for name in block.also:
        if name in blocks and name not in seen:
            inherited = _whole(blocks[name], blocks, (*seen, block.name, "%default"))
            found = {**inherited, **found}
    if "%default" in blocks and "%default" not in seen:
        found = {**_whole(blocks["%default"], blocks, ("%default",)), **found}
    return found


def _conn(whole: Whole, block: Block, blocks: dict[str, Block]) -> Conn:
    missing = tuple(f"conn {name}" for name in block.also if name not in blocks)

    def get(key: str, default: str = "") -> str:
        return whole[key][0] if key in whole else default

    version = {"ikev1": 1, "ikev2": 2}.get(get("keyexchange", "ike").lower(), 0)
    auth = {get(f"{side}auth") or get("authby", "pubkey") for side in ("left", "right")}
    ike = _list(get("ike"))
    return Conn(
        name=block.name,
        path=block.path,
        source=block.source,
        version=version,
        local=_hosts(get("left")),
        remote=_hosts(get("right", "%any")),
        local_id=_identity(get("leftid")),
        remote_id=_identity(get("rightid")),
        psk=any("psk" in one or "secret" in one for one in auth),
        ike=_offered(ike),
        ike_lifetime_seconds=seconds(get("ikelifetime"), names.LEGACY_IKE_SECONDS) or 0,
        dpd=_dpd(get("dpdaction", "none"), get("dpddelay"), get("dpdtimeout"), version),
        children=(_child(whole, block),),
        enabled=get("auto", "ignore") != "ignore",
        quirks=tuple(quirks.found(_said(whole), child=False)),
        missing=missing,
        sources=_sources(whole, _CONNECTION_KEYS),
    )


def _child(whole: Whole, block: Block) -> Child:
    def get(key: str, default: str = "") -> str:
        return whole[key][0] if key in whole else default

    mark = (get("mark_out") or get("mark_in") or get("mark")).partition("/")[0]
    volume = get("lifebytes")
    return Child(
        name=block.name,
        source=block.source,
        local=_networks(get("leftsubnet"), get("leftprotoport")),
        remote=_networks(get("rightsubnet"), get("rightprotoport")),
        esp=_offered(_list(get("esp"))),
        ah=_list(get("ah").removesuffix("!")),
        mode=get("type", "tunnel").lower(),
        lifetime_seconds=seconds(get("lifetime") or get("keylife"), names.LEGACY_ESP_SECONDS)
        or None,
        lifetime_kilobytes=int(volume) // 1024 or None if volume.isdigit() else None,
        mark="" if mark.strip("0x") == "" else mark,
        policies=get("installpolicy", "yes").lower() not in quirks.NO,
        quirks=(
            *quirks.found(_said(whole), child=True),
            *quirks.extended(_offered(_list(get("esp")))),
        ),
        sources=_sources(whole, _CHILD_KEYS),
    )


_CONNECTION_KEYS = (
    ("ike.version", "keyexchange"),
    ("local.address", "left"),
    ("local.identity", "leftid"),
    ("remote.addresses", "right"),
    ("remote.identity", "rightid"),
    ("ike.proposals", "ike"),
    ("ike.proposals.lifetime_seconds", "ikelifetime"),
    ("ike.dpd", "dpddelay"),
    ("ike.dpd", "dpdaction"),
    ("enabled", "auto"),
)
_CHILD_KEYS = (
    ("esp.proposals", "ah"),
    ("esp.proposals", "esp"),
    ("esp.pfs_group", "esp"),
    ("esp.lifetime_seconds", "keylife"),
    ("esp.lifetime_seconds", "lifetime"),
    ("esp.lifetime_kilobytes", "lifebytes"),
    ("esp.proposals.transport", "type"),
    ("esp.selectors.remote", "rightprotoport"),
    ("esp.selectors.remote", "rightsubnet"),
    ("esp.selectors", "rightsubnet"),
    ("esp.selectors", "leftprotoport"),
    ("esp.selectors", "leftsubnet"),
)


def _said(whole: Whole) -> dict[str, str]:
    return {key: value for key, (value, _) in whole.items()}


def _sources(whole: Whole, keys: tuple[tuple[str, str], ...]) -> Sources:
    return {path: whole[key][1] for path, key in keys if key in whole}


def _list(value: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in value.split(",") if word.strip())


def _offered(words: tuple[str, ...]) -> tuple[str, ...]:
    """Without a `!` at its end the default is offered as well, last (ipsec.conf, ike)."""
    if not words:
        return words
    *others, last = words
    return (*others, last[:-1]) if last.endswith("!") else (*words, "default")


def _hosts(value: str) -> tuple[str, ...]:
    """Addresses and names; `%name` is a name that may change its address."""
    known = ("%any", "%defaultroute", "%group")
    return tuple(word if word.startswith(known) else word.lstrip("%") for word in _list(value))


def _identity(value: str) -> str | None:
    value = value.strip()
    return None if value in ("", "%any") else value


def _networks(value: str, protocol: str) -> tuple[str, ...]:
    limit = f"[{protocol}]" if protocol and "[" not in value else ""
    return tuple(f"{word}{limit}" for word in _list(value) or ("dynamic",))


def _dpd(action: str, delay: str, timeout: str, version: int) -> Dpd | None:
    if action.lower() in ("none", ""):
        return None
    limit = seconds(timeout, names.LEGACY_DPD_TIMEOUT_SECONDS) if version == 1 else None
    every = seconds(delay, names.LEGACY_DPD_SECONDS)
    return Dpd(delay_seconds=every, timeout_seconds=limit, on_demand=False) if every else None
