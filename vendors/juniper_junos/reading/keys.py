"""Pre-shared keys as Junos keeps them: clear, `$9$`, `$8$`, hexadecimal, or not shown."""

from __future__ import annotations

from appliance.model.masked import masked
from appliance.model.secret import Hidden, Secret
from vendors.juniper_junos.nine import MARK, decode
from vendors.juniper_junos.tree import Node


def psk(policy: Node) -> Secret | Hidden | None:
    """The key of an IKE policy; None when it has none."""
    said = policy.get("pre-shared-key")
    if said is None:
        seeded = policy.get("seeded-pre-shared-key")
        return None if seeded is None else Hidden("derived for each peer from a seed")
    hexadecimal = said.get("hexadecimal")
    kind = "hexadecimal" if hexadecimal is not None else "ascii-text"
    stored = said.value(kind)
    if stored is None:
        return Hidden("not shown to the login that saved the text")
    found = plain(stored)
    return _octets(found) if kind == "hexadecimal" and isinstance(found, Secret) else found


def plain(stored: str) -> Secret | Hidden:
    """A key as it stands in the text."""
    if stored.startswith("$8$"):
        return Hidden("stored as $8$: encrypted with the device's own master password")
    if stored.startswith(MARK):
        key = decode(stored)
        return Hidden("stored as $9$, but damaged or masked") if key is None else Secret(key)
    if "\ufffd" in stored:
        return Hidden("not readable: the text was saved in another encoding")
    if masked(stored):
        return Hidden("masked in the text")
    return Secret(stored)


def _octets(key: Secret) -> Secret:
    """A key in hexadecimal as the text that it spells, where it spells one."""
    digits = key.reveal().lower().removeprefix("0x")
    try:
        text = bytes.fromhex(digits).decode("ascii")
    except ValueError:
        return Secret(f"0x{digits}")
    return Secret(text if text.isprintable() else f"0x{digits}")
