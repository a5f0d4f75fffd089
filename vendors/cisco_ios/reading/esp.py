"""The child SA side: transform sets, PFS and lifetimes of an ipsec profile or crypto map entry."""

from __future__ import annotations

from appliance.model.algorithms import DhGroup, Encryption, Integrity
from appliance.model.tunnel import Esp, EspProposal
from vendors.cisco.sections import Block, Notes, bare, number
from vendors.cisco.tree import Line
from vendors.cisco_ios import names
from vendors.cisco_ios.reading.running import Running

# "Security Command Reference", crypto ipsec security-association lifetime.
SECONDS = 3600
KILOBYTES = 4608000
_DAY = 86400
NEWEST = 17
"""The major version that a text without a `version` line is taken for."""

# The built-in set, as `show crypto ipsec transform-set default` tells it.
DEFAULT_SET = EspProposal(
    name="default",
    encryption=(Encryption.AES128,),
    integrity=(Integrity.SHA1,),
    transport=True,
)

_CIPHERS = {word: cipher for cipher, word in names.TRANSFORM_ENCRYPTION.items()} | (
    names.TRANSFORM_ENCRYPTION_ALIASES
)
_HASHES = {word: hash_ for hash_, word in names.TRANSFORM_INTEGRITY.items()}
_AH = {word: hash_ for hash_, word in names.TRANSFORM_AH.items()}
_WORDS = [*_CIPHERS, *_HASHES, *_AH, "comp-lzs"]
_GROUPS = frozenset(int(member) for member in DhGroup)
_SIZES = frozenset({"128", "192", "256"})


def esp(running: Running, block: Block, notes: Notes) -> Esp:
    """How a profile or map entry negotiates child SAs, IOS's defaults filled in."""
    seconds, kilobytes = _lifetimes(running, block, notes)
    return Esp(
        proposals=_proposals(running, block, notes),
        pfs_group=_pfs(running, block, notes),
        lifetime_seconds=seconds,
        lifetime_kilobytes=kilobytes,
    )


def _proposals(running: Running, block: Block, notes: Notes) -> tuple[EspProposal, ...]:
    said = block.last("transform-set")
    if said is None:
        found = transform_set(running, "default", notes)
        return (found or DEFAULT_SET,) if block.line.number else ()
    notes.at("esp.proposals", said)
    proposals = []
    for name in said.args:
        found = transform_set(running, name, notes)
        if found is None and name == "default":
            found = DEFAULT_SET
        if found is None:
            notes.lacks("transform-set", name)
        else:
            proposals.append(found)
    return tuple(proposals)


def transform_set(running: Running, name: str, notes: Notes) -> EspProposal | None:
    """A transform set by name, None when the configuration has none."""
    block = running.block("transform-set", name)
    if block is None:
        return None
    mode = block.last("mode")
    transport = mode is not None and mode.words[1].lower().startswith("tr")
    line = running.names("transform-set")[name][-1]
    notes.at(f"esp.proposals.{name}", line)
    notes.at(f"esp.proposals.{name}.transport", mode)
    return _transforms(name, line, notes, transport=transport)


def _transforms(name: str, line: Line, notes: Notes, *, transport: bool) -> EspProposal:
    ciphers: list[Encryption] = []
    hashes: list[Integrity] = []
    ah: Integrity | None = None
    known = True
    for word in _transform_words(bare(line.text.split())[4:]):
        if word in _CIPHERS:
            ciphers.append(_CIPHERS[word])
        elif word in _HASHES:
            hashes.append(_HASHES[word])
        elif word in _AH:
            ah = _AH[word]
        else:
            known = False
            notes.odd.append(line)
    if hashes and not ciphers and known:
        ciphers = [Encryption.NULL]
    if ciphers and not hashes and known:
        hashes = [Integrity.NONE]
    return EspProposal(
        name=name,
        encryption=tuple(ciphers),
        integrity=tuple(hashes),
        ah=ah,
        transport=transport,
    )


def _transform_words(words: list[str]) -> list[str]:
    """The transforms, each in IOS's full spelling with its key length."""
    found: list[str] = []
    for word in words:
        if word in _SIZES and found:
            sized = f"{found[-1]} {word}"
            found[-1] = sized if sized in _CIPHERS else f"{found[-1]} ?"
        else:
            found.append(_transform_word(word.lower()))
    return found


def _transform_word(word: str) -> str:
    """The full spelling of a short one; `esp-sha` dates from when SHA-1 was the only SHA."""
    if f"{word}-hmac" in _WORDS:
        return f"{word}-hmac"
    longer = [known for known in _WORDS if known.startswith(word) and " " not in known]
    return longer[0] if word not in _WORDS and len(longer) == 1 else word


def _pfs(running: Running, block: Block, notes: Notes) -> DhGroup | None:
    said = block.last("pfs")
    notes.at("esp.pfs_group", said or block.line)
    if said is None:
        return None
    if not said.args:
        return DhGroup.MODP2048 if major(running) >= NEWEST else DhGroup.MODP768
    found = group(said.args[0].lower())
    if found is None:
        notes.odd.append(said.line)
    return found


def group(word: str) -> DhGroup | None:
    """A key exchange group by its number, `group` before it or not; None when it is none."""
    digits = word.lstrip("group")
    value = number(digits) if "group".startswith(word[: len(word) - len(digits)]) else None
    return DhGroup(value) if value in _GROUPS else None


def major(running: Running) -> int:
    """The first number of the version the text tells; the newest known when it tells none."""
    said = running.lines.get("version", [])
    found = number(said[0].text.split()[-1].split(".")[0]) if said else None
    return NEWEST if found is None else found


def _lifetimes(running: Running, block: Block, notes: Notes) -> tuple[int, int | None]:
    """Seconds and kilobytes: the entry's own, else the global ones, else IOS's; None: unlimited."""
    values: dict[str, int | None] = {"s": SECONDS, "k": KILOBYTES}
    for said in [*running.said("lifetime"), *block.all("lifetime")]:
        words = [word.lower() for word in said.words[said.depth - 1 :]]
        for unit, text in zip(words[::2], words[1::2], strict=False):
            value = number(text)
            if value is None and not (unit[0] == "k" and "disable".startswith(text)):
                notes.odd.append(said.line)
                continue
            letter = "s" if unit[0] == "d" else unit[0]
            values[letter] = value * _DAY if value and unit[0] == "d" else value
            notes.sources.lines[_LIFETIME_PATHS[letter]] = said.line
    for path in _LIFETIME_PATHS.values():
        notes.at(path, block.line)
    return values["s"] or SECONDS, values["k"]


_LIFETIME_PATHS = {"s": "esp.lifetime_seconds", "k": "esp.lifetime_kilobytes"}
