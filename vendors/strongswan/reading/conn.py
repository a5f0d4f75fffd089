"""A connection as both forms of configuration say it: before it is one tunnel or several."""

from __future__ import annotations

from collections.abc import Mapping

from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import Dpd, Source
from appliance.record import dataclass, field
from vendors.strongswan.quirks import Quirk

Sources = dict[str, Source]


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """One child configuration. `esp` and `ah` are lists of proposals, empty for the default.

    `interface_id` and `mark` are those of the policies, "" when the child has none; without
    `policies` charon installs none. With any of these a tunnel interface decides what enters.
    """

    name: str
    source: Source
    local: tuple[str, ...]
    remote: tuple[str, ...]
    esp: tuple[str, ...]
    ah: tuple[str, ...]
    mode: str
    lifetime_seconds: int | None
    lifetime_kilobytes: int | None
    interface_id: str = ""
    mark: str = ""
    policies: bool = True
    quirks: tuple[Quirk, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conn:
    """One connection. `version` 0 takes both and dials with IKEv2; `psk` says how both prove
    themselves; `strict` that nothing is added to the proposals.
    """

    name: str
    path: str
    source: Source
    version: int
    local: tuple[str, ...]
    remote: tuple[str, ...]
    local_id: str | None
    remote_id: str | None
    psk: bool
    ike: tuple[str, ...]
    ike_lifetime_seconds: int
    dpd: Dpd | None
    children: tuple[Child, ...]
    enabled: bool = True
    quirks: tuple[Quirk, ...] = ()
    missing: tuple[str, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedKey:
    """One key and whose it is: the identities it belongs to, none for everybody."""

    ids: tuple[str, ...]
    key: Secret | Hidden
    source: Source
