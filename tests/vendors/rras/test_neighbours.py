"""Servers with tunnels and a router of others: what is pushed leaves them as they were."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from appliance import driver as drivers
from appliance.compare import compare
from appliance.errors import ApplianceError, ParseError
from appliance.lab.rras.server import Interface
from appliance.plan import plan
from tests.vendors import intents
from tests.vendors.rras.box import RrasBox
from vendors.rras.parse import parse

CONFIGS = Path(__file__).parent / "configs"
WHOLE = json.loads((CONFIGS / "whole-server-json.txt").read_text())["S2S"]
_DRIVER = drivers.load("rras")


def _other(number: int, **properties: Any) -> dict[str, Any]:  # noqa: ANN401 -- as PowerShell has them
    """One interface of others, to an address and networks of their own."""
    made = deepcopy(WHOLE[0])
    own = {"Name": f"other {number}", "IPv4Subnet": [f"172.{16 + number}.0.0/16:50"]}
    return {**made, "Destination": [f"192.0.2.{number}"], **own, **properties}


_CUSTOM = (
    *("CustomPolicy", "EncryptionMethod", "IntegrityCheckMethod", "DHGroup"),
    *("CipherTransformConstants", "AuthenticationTransformConstants", "PfsGroup"),
)


def _default(number: int, **properties: Any) -> dict[str, Any]:  # noqa: ANN401 -- as above
    made = {**_other(number), "EncryptionType": "RequireEncryption", **properties}
    return {name: value for name, value in made.items() if name not in _CUSTOM}


NEIGHBOURS = {
    "certificates": [
        _default(
            1,
            AuthenticationMethod="MachineCertificates",
            ResponderAuthenticationMethod="MachineCertificates",
        )
    ],
    "dialled on demand": [_default(2, Protocol="L2TP", Persistent=False, IdleDisconnect=300)],
    "IPv6": [_other(3, Destination=["2001:db8::3"], IPv4Subnet=[], IPv6Subnet=["fd00::/48:1"])],
    "disabled": [_other(4, AdminStatus=False)],
    "several": [
        _other(5, SALifeTime=3600, MMSALifeTime=3600, NumberOfTries=0),
        _default(6, EncryptionType="MaximumEncryption"),
        _other(7, PostConnectionIPv4Subnet=["172.30.0.0/16:9"], IdleDisconnect=600),
        _default(8, Protocol="SSTP", AuthenticationMethod="EAP"),
    ],
}


def _box(name: str, *, router: bool) -> RrasBox:
    box = RrasBox()
    for properties in NEIGHBOURS[name]:
        held = Interface(properties=deepcopy(properties), key="Partner1sKey")
        box.device.interfaces[held.name.lower()] = held
    if router:
        box.device.routing.router = {"BgpIdentifier": "10.10.0.1", "LocalASN": 65010}
    return box


def _others(box: RrasBox, name: str) -> dict[str, tuple[dict[str, Any], str]]:
    names = {str(one["Name"]).lower() for one in NEIGHBOURS[name]}
    held = {at: box.device.interfaces[at] for at in names}
    return {at: (dict(one.properties), one.key) for at, one in held.items()}


@pytest.mark.parametrize("name", sorted(NEIGHBOURS))
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_forward_and_back_beside_others(name: str, data: st.DataObject) -> None:
    intent = data.draw(intents.intents("rras"))
    box = _box(name, router=data.draw(st.booleans()))
    others, router = _others(box, name), deepcopy(box.device.routing)
    before = _DRIVER.parse(box.running())
    try:
        made = plan(intent, before, _DRIVER)
    except ApplianceError as error:
        assume(not error.hint)  # a refusal that says what to do ends it
        raise
    box.apply(made.change)
    after = _DRIVER.parse(box.running())
    assert _others(box, name) == others
    assert not compare(intent, after)
    assert not plan(intent, after, _DRIVER).change
    box.apply(made.rollback)
    assert _others(box, name) == others
    assert box.device.routing == router
    assert _DRIVER.parse(box.running()).tunnels == before.tunnels


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ('<Objs Version="1.1.0.1">\n</Objs>', "a file of Export-Clixml without", "Get-VpnS2S"),
        (
            "Name  Destination    State\n----  -----------    -----\nedge  {192.0.2.1}    Up\n",
            "a table of interfaces, which has not their settings",
            "Get-VpnS2SInterface",
        ),
    ],
)
def test_what_is_saved_in_another_form_is_called_by_it(text: str, what: str, hint: str) -> None:
    with pytest.raises(ParseError, match=what) as caught:
        parse(text)
    assert hint in caught.value.hint
