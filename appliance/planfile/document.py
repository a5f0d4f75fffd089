"""What a plan file holds, as values."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from appliance.record import dataclass, field

SCHEMA = "appliance/plan-file/1"

_NONE: Mapping[str, str | None] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """The device that the plan was made for.

    `host_key` is the fingerprint of the pinned key ("SHA256:..."); `serial` and `version` are what
    the device said of itself, None where it says nothing.
    """

    host: str
    port: int
    hostname: str
    serial: str | None
    version: str | None
    host_key: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One command, a mark in the place of the key, and what it is for."""

    command: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Fingerprints of pre-shared keys by tunnel, "hidden" where the device shows none.

    `sent` are those of the secrets in commands, by the command's number from 1. They are keyed with
    a random value of the machine and user that `machine` stands for: nobody else can try keys
    against them, or compare.
    """

    machine: str
    running: Mapping[str, str | None] = field(default_factory=lambda: _NONE)
    target: Mapping[str, str | None] = field(default_factory=lambda: _NONE)
    sent: Mapping[str, str | None] = field(default_factory=lambda: _NONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFile:
    """A plan for one site with all that it depends on.

    `made` and `expires` are seconds since 1970. `intent` and `observed` have a SHA-256, cut to 128
    bits, for each part of what is asked for and of what the device held, by the part's name: no key
    is in them. `gates` are those that this plan opens. `rehearsal` is a record of a rehearsal, as
    whoever made one has put it there; nothing here looks into it.
    """

    site: str
    driver: str
    device: Box
    tool: str
    who: str
    made: int
    expires: int
    intent: Mapping[str, str]
    observed: Mapping[str, str]
    keys: Keys
    change: tuple[Line, ...]
    rollback: tuple[Line, ...]
    bounces: tuple[str, ...]
    gates: tuple[str, ...]
    rehearsal: object = None
