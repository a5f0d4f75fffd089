"""Connections and secrets of swanctl.conf(5), with charon's defaults."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.model.tunnel import Dpd, Source
from vendors.strongswan import names, quirks
from vendors.strongswan.reading.conn import Child, Conn, SharedKey, Sources
from vendors.strongswan.reading.keys import decoded
from vendors.strongswan.reading.keywords import CHILD, CONNECTION, ROUND
from vendors.strongswan.settings import Effective, Settings, octets, seconds


def connections(settings: Settings) -> tuple[Conn, ...]:
    """Every connection that may protect traffic, in order."""
    found = settings.effective("connections").sections
    return tuple(_connection(section) for section in found.values())


def secrets(settings: Settings) -> tuple[SharedKey, ...]:
    """The pre-shared keys: sections of `secrets` that begin with ike."""
    found = settings.effective("secrets").sections
    return tuple(
        SharedKey(
            ids=tuple(
                e.value for k, e in section.entries.items() if k.startswith("id") and e.value
            ),
            key=decoded(section.entries["secret"].value),
            source=section.entries["secret"].source,
        )
        for name, section in found.items()
        if name.startswith("ike") and "secret" in section.entries
    )


def unknown(settings: Settings) -> Iterator[Source]:
    """Keys of our sections that swanctl.conf(5) does not have, and lines that are no statements."""
    yield from settings.odd
    for connection in settings.effective("connections").sections.values():
        yield from _unknown(connection, CONNECTION)
        for name, part in connection.sections.items():
            if name == "children":
                yield from _unknown(part, frozenset())
                for child in part.sections.values():
                    yield from _unknown(child, CHILD)
            elif name.startswith(("local", "remote")):
                yield from _unknown(part, ROUND)
            else:
                yield part.source
    for name, secret in settings.effective("secrets").sections.items():
        if not name.startswith(_SECRETS):
            yield secret.source
        allowed = {key for key in secret.entries if key.startswith("id")}
        yield from _unknown(
            secret, frozenset({"secret", "file", "handle", "slot", "module", "pin"} | allowed)
        )


_SECRETS = (
    "eap",
    "xauth",
    "ntlm",
    "ike",
    "ppk",
    "private",
    "rsa",
    "ecdsa",
    "bliss",
    "pkcs",
    "token",
)
"""How the names of sections begin that swanctl loads a secret from (swanctl.conf, secrets)."""


def _unknown(section: Effective, known: frozenset[str]) -> Iterator[Source]:
    for key, entry in section.entries.items():
        if key not in known or (entry.value and not _sensible(key, entry.value)):
            yield entry.source


def _sensible(key: str, value: str) -> bool:
    """Whether charon takes a value of a kind that can be wrong: a time, a volume, a version."""
    if key.endswith(("_time", "_delay", "_timeout")):
        return seconds(value) is not None
    if key.endswith("_bytes"):
        return octets(value) is not None
    return key != "version" or value in ("0", "1", "2")


def _connection(section: Effective) -> Conn:
    local, remote = _round(section, "local"), _round(section, "remote")
    version = section.get("version") or "0"
    made = section.sub("children").sections.values()
    return Conn(
        name=section.name,
        path=section.path,
        source=section.source,
        version=int(version) if version in ("0", "1", "2") else 0,
        local=section.words("local_addrs"),
        remote=section.words("remote_addrs"),
        local_id=_identity(local),
        remote_id=_identity(remote),
        psk="psk" in ((local.get("auth") or "").lower(), (remote.get("auth") or "").lower()),
        ike=section.words("proposals"),
        ike_lifetime_seconds=_ike_lifetime(section),
        dpd=_dpd(section, version),
        children=tuple(_child(child, section) for child in made),
        quirks=tuple(quirks.found(_said(section), child=False)),
        missing=tuple(dict.fromkeys(_missing(section))),
        sources=_sources(section, local, remote),
    )


def _round(section: Effective, side: str) -> Effective:
    """The first round of authentication of one side: the section may carry a suffix."""
    rounds = [part for name, part in section.sections.items() if name.startswith(side)]
    return min(
        rounds, key=lambda part: seconds(part.get("round"), 0) or 0, default=section.sub(side)
    )


def _identity(part: Effective) -> str | None:
    value = part.get("id")
    return None if value in (None, "%any") else value


def _said(section: Effective) -> dict[str, str]:
    return {key: entry.value for key, entry in section.entries.items()}


def _missing(section: Effective) -> Iterator[str]:
    yield from section.missing
    for part in section.sections.values():
        yield from _missing(part)


def _ike_lifetime(section: Effective) -> int:
    """When the IKE SA gets new keys: by rekeying, or by authenticating anew."""
    reauth = seconds(section.get("reauth_time"), 0) or 0
    rekey = seconds(section.get("rekey_time"), 0 if reauth else names.IKE_REKEY_SECONDS) or 0
    return min((time for time in (rekey, reauth) if time), default=0)


def _dpd(section: Effective, version: str) -> Dpd | None:
    """charon probes a peer that was silent for so long, whether or not it is sent anything.

    How often it repeats a probe is no matter of the connection, but for a timeout with IKEv1.
    """
    delay = seconds(section.get("dpd_delay"), 0)
    timeout = seconds(section.get("dpd_timeout"), 0) if version == "1" else 0
    if not delay:
        return None
    return Dpd(delay_seconds=delay, timeout_seconds=timeout or None, on_demand=False)


def _child(child: Effective, connection: Effective) -> Child:
    return Child(
        name=child.name,
        source=child.source,
        local=child.words("local_ts") or ("dynamic",),
        remote=child.words("remote_ts") or ("dynamic",),
        esp=child.words("esp_proposals"),
        ah=child.words("ah_proposals"),
        mode=(child.get("mode") or "tunnel").lower(),
        lifetime_seconds=_lifetime(
            seconds(child.get("rekey_time")),
            seconds(child.get("life_time")),
            names.ESP_REKEY_SECONDS,
        ),
        lifetime_kilobytes=_kilobytes(
            _lifetime(octets(child.get("rekey_bytes")), octets(child.get("life_bytes")), 0)
        ),
        interface_id=_policy_id(child, connection, "if_id_out")
        or _policy_id(child, connection, "if_id_in"),
        mark=_mark(child.get("mark_out")) or _mark(child.get("mark_in")),
        policies=(child.get("policies") or "yes").lower() not in quirks.NO,
        quirks=(
            *quirks.found(_said(child), child=True),
            *quirks.extended(child.words("esp_proposals")),
        ),
        sources={
            f"esp.{path}": child.entries[key].source
            for path, key in _ESP_KEYS
            if key in child.entries
        },
    )


_ESP_KEYS = (
    ("proposals", "ah_proposals"),
    ("proposals", "esp_proposals"),
    ("pfs_group", "esp_proposals"),
    ("lifetime_seconds", "life_time"),
    ("lifetime_seconds", "rekey_time"),
    ("lifetime_kilobytes", "life_bytes"),
    ("lifetime_kilobytes", "rekey_bytes"),
    ("proposals.transport", "mode"),
    ("selectors.remote", "remote_ts"),
    ("selectors", "remote_ts"),
    ("selectors", "local_ts"),
    ("quirks.esn", "esp_proposals"),
    *((f"quirks.{quirk.key}", quirk.key) for quirk in quirks.QUIRKS if quirk.child),
)


def _lifetime(soft: int | None, hard: int | None, default: int) -> int | None:
    """When an SA gets new keys; the hard limit where that alone is said, or the soft one is 0.

    None is unlimited. (charon then rekeys a tenth before the hard limit.)
    """
    if soft is None:
        soft = default if hard is None else hard
    return soft or hard or None


def _kilobytes(volume: int | None) -> int | None:
    return None if volume is None else volume // 1024


def _policy_id(child: Effective, connection: Effective, key: str) -> str:
    value = child.get(key) or connection.get(key) or "0"
    return "" if value.strip("0x") == "" else value


def _mark(value: str | None) -> str:
    """A mark that policies carry; mask and all."""
    number = (value or "0").partition("/")[0]
    return "" if number.strip("0x") == "" else number


def _sources(section: Effective, local: Effective, remote: Effective) -> Sources:
    found: Sources = {}
    for part, pairs in ((section, _CONNECTION_KEYS), (local, _LOCAL_KEYS), (remote, _REMOTE_KEYS)):
        for path, key in pairs:
            if key in part.entries:
                found[path] = part.entries[key].source
    return found


_CONNECTION_KEYS = (
    ("ike.version", "version"),
    ("local.address", "local_addrs"),
    ("remote.addresses", "remote_addrs"),
    ("ike.proposals", "proposals"),
    ("ike.proposals.lifetime_seconds", "reauth_time"),
    ("ike.proposals.lifetime_seconds", "rekey_time"),
    ("ike.dpd", "dpd_delay"),
    *((f"quirks.{quirk.key}", quirk.key) for quirk in quirks.QUIRKS if not quirk.child),
)
_LOCAL_KEYS = (("local.identity", "id"),)
_REMOTE_KEYS = (("remote.identity", "id"),)
