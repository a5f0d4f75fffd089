"""What a plan depends on, part by part, each as a digest: by meaning, and without any key."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Set

from appliance.model.intent import Intent, Observed
from appliance.model.secret import Hidden, Secret
from appliance.model.tunnel import Source, Tunnel
from appliance.planfile.words import clean
from appliance.secrets.redact import REDACTOR

_DIGITS = 32
_APART = ("name", "psk", "sources")
"""Of a tunnel: its name is that of the part, its key is compared by a keyed fingerprint, and where
a line stands in the text is no part of its meaning."""


_TITLES = {
    "peer": "Azure's policy",
    "environment": "what is known of the device",
    "gives_up_seconds": "Azure's DPD",
    "any_pace": "whether DPD is asked for",
    "clears": "whether what is left over goes",
    "beside": "other sites on the device",
}
_WORDS_ONLY = ("description ", "remark ")
"""What begins a line for people; a label of ours, read from there, is a part of its tunnel."""
_APART_OF_INTENT = ("site", "driver", "notes", "tunnels")


def of_intent(intent: Intent) -> dict[str, str]:
    """What is asked for: a part for each field of each tunnel, and Azure's policy."""
    found = {
        f"{tunnel.name} {name}": digest(getattr(tunnel, name))
        for tunnel in intent.tunnels
        for name in tunnel.__slots__
        if name not in _APART
    }
    rest = (name for name in intent.__slots__ if name not in _APART_OF_INTENT)
    return found | {_TITLES.get(name, name): digest(getattr(intent, name)) for name in rest}


def of_edge(intent: Intent) -> bool:
    """Whether a plan depends on what the device has of ExpressRoute."""
    return intent.edge is not None or intent.clears


def of_observed(observed: Observed, *, edge: bool) -> dict[str, str]:
    """What was read from the device, as far as a plan can depend on it.

    `edge`: what it has of ExpressRoute is the site's business too.
    """
    named = dict(_observed(observed))
    if edge:
        named["edge"] = observed.edge
    return {name: digest(named[name]) for name in sorted(named)}


def _observed(observed: Observed) -> Iterator[tuple[str, object]]:
    yield "hostname", observed.hostname
    yield "release", (observed.version, observed.weak_allowed)
    yield "lines not understood", sorted(source.text for source in observed.unrecognized)
    for tunnel in observed.tunnels:
        yield f"tunnel {clean(tunnel.name)}", _kept(tunnel)
    for name, address in observed.interfaces.items():
        yield f"address of {clean(name)}", address
    for heading, lines in observed.objects.items():
        yield clean(heading), [line for line in lines if not line.startswith(_WORDS_ONLY)]


def _kept(tunnel: Tunnel) -> dict[str, object]:
    return {name: getattr(tunnel, name) for name in tunnel.__slots__ if name not in _APART}


def digest(value: object) -> str:
    """SHA-256 of what a value means, its first 128 bits as hex digits."""
    text = REDACTOR.mask(canonical(value))
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:_DIGITS]


def canonical(value: object) -> str:
    """One text for all values that mean the same; a key is but a key in it."""
    match value:
        case Secret() | Hidden():
            return "key"
        case Source():
            return "line"
        case Mapping():
            pairs = sorted((canonical(name), canonical(one)) for name, one in value.items())
            return "{" + ", ".join(f"{name}: {one}" for name, one in pairs) + "}"
        case Set():
            return "{" + ", ".join(sorted(map(canonical, value))) + "}"
        case tuple() | list():
            return "[" + ", ".join(map(canonical, value)) + "]"
        case _:
            return _record(value) if hasattr(value, "__record__") else _plain(value)


def _record(value: object) -> str:
    names: tuple[str, ...] = getattr(value, "__slots__", ())
    parts = ", ".join(f"{name}={canonical(getattr(value, name))}" for name in names)
    return f"{type(value).__name__}({parts})"


def _plain(value: object) -> str:
    """Quoted, so that no text looks like two."""
    if callable(value):
        raise TypeError("what a function means cannot be told")
    return repr(str(value)) if isinstance(value, str) else f"{type(value).__name__} {value}"
