"""Every function that a driver's table names is there, and takes what the core gives it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from importlib import import_module

import pytest

from appliance import driver as drivers
from appliance.driver import Driver

GIVEN: Mapping[str, tuple[tuple[object, ...], tuple[str, ...]]] = {
    "express": ((0,), ()),
    "place": ((0, 0), ()),
    "refusals": ((0,), ()),
    "render": ((0,), ()),
    "script": ((0,), ()),
    "parse": ((0,), ()),
    "cross_check": ((0,), ()),
    "change": ((0, 0), ()),
    "show": ((0, 0), ()),
    "offers": ((0,), ()),
    "connect": ((0, 0), ()),
    "identify": ((0,), ()),
    "read": ((0,), ()),
    "ready": ((0, 0), ()),
    "transaction": ((0,), ("rollback", "minutes", "reconnect")),
    "inverse": ((0,), ("rollback", "minutes", "reconnect")),
    "pending": ((0,), ()),
    "settle": ((0, 0), ()),
    "keep": ((0,), ()),
    "differing": ((0, 0), ()),
    "wake": ((0, 0), ()),
    "state": ((0, 0), ()),
    "symptoms": ((), ()),
    "room": ((0, 0), ()),
}
"""How the core calls each: so many values by place, and these by name."""
WORDS = {"name", "port", "comment", "advice", "log"}


def _real(function: Callable[..., object]) -> Callable[..., object]:
    """The function behind one that imports it late."""
    module, _, name = function.__qualname__.rpartition(".")
    if not module.startswith(("vendors.", "appliance.")):
        return function
    found = getattr(import_module(module), name)
    assert callable(found)
    return found  # type: ignore[no-any-return]  # just seen to be one


@pytest.mark.parametrize("member", sorted(GIVEN))
@pytest.mark.parametrize("name", drivers.names())
def test_a_function_takes_what_it_is_given(name: str, member: str) -> None:
    function = getattr(drivers.load(name), member)
    if function is None:
        assert member in {"script", "cross_check", "inverse", "ready", "room"}
        return
    values, named = GIVEN[member]
    inspect.signature(_real(function)).bind(*values, **dict.fromkeys(named, 0))


def test_every_member_is_looked_at() -> None:
    assert set(Driver.__dataclass_fields__) >= set(GIVEN) | WORDS
