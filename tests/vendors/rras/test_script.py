"""The script for review: valid PowerShell 4.0, of cmdlets that exist, and never with the key."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.driver import load
from appliance.errors import ApplianceError, UnsupportedError
from appliance.intend import intend
from appliance.lab.rras import engine, tasks
from appliance.model.change import Step
from appliance.model.intent import Environment, Observed
from appliance.model.secret import Secret
from tests.growth import growth
from tests.vendors import intents
from tests.vendors.rras.powershell import faults
from tests.vendors.rras.servers import branch, speaking
from vendors.rras.deadman import REPLAY
from vendors.rras.parse import parse
from vendors.rras.reading.interfaces import UNSEEN
from vendors.rras.script import script
from vendors.rras.session import UNWRAP

KEY = "it's a `canary` $(key)"


def _rendered(*, version: str | None = None, bgp: bool = False) -> tuple[Step, ...]:
    site, expected, _ = speaking()
    asked = (
        intend(site, expected, Secret(KEY))
        if bgp
        else intend(branch(), intents.expectation(), Secret(KEY))
    )
    driver = load("rras")
    intent = driver.express(replace(asked, environment=Environment(version=version)))
    return driver.render(driver.place(intent, Observed(driver="rras")))


def _script(*, version: str | None = None, bgp: bool = False) -> str:
    return script(_rendered(version=version, bgp=bgp)).replace("\r\n", "\n")


@pytest.mark.parametrize("bgp", [False, True])
@pytest.mark.parametrize(("version", "level"), [("2012 R2", 2012), ("10.0.20348", 2016)])
def test_it_is_clean_for_its_server(version: str, level: int, *, bgp: bool) -> None:
    assert faults(_script(version=version, bgp=bgp), level=level) == []


def test_what_2012_r2_lacks_would_be_found() -> None:
    (found,) = {
        fault.partition("-VpnS2SInterface")[2]
        for fault in faults(_script(version="2016"), level=2012)
        if "MMSALifeTime" in fault
    }
    assert found == " has no -MMSALifeTimeSeconds"


def test_it_asks_for_the_key_and_does_not_hold_it() -> None:
    text = _script()
    assert "Read-Host -AsSecureString" in text
    assert KEY not in text
    assert "canary" not in text
    assert "SharedSecret = $PlainKey" in text


def test_it_is_written_for_windows() -> None:
    text = script(_rendered())
    assert text.isascii()
    assert text.count("\n") == text.count("\r\n")


def test_it_never_touches_what_others_use() -> None:
    text = _script(bgp=True)
    for word in ("Restart-Service", "router.pbk", "Set-VpnServer", "Remove-", "Install-"):
        assert word not in text


PLANTED = {
    "a misspelt cmdlet": ("Add-VpnS2SInterface @", "Add-VpnS2SInterfce @", "is no cmdlet"),
    "a misspelt parameter": ("PfsGroup =", "PfsGrup =", "has no -PfsGrup"),
    "a brace too few": ("try {", "try ", "syntax"),
    "a quote that never ends": ("'PSKOnly'", "'PSKOnly", "syntax"),
    "an operator of PowerShell 7": (
        "$PlainKey = $null\n    $Para",
        "$a = $b ?? $c\n    $Para",
        "syntax",
    ),
    "a constructor of 5.0": ("$Holder.Password", "[string]::new('a')", "came after 4.0"),
    "a chain of PowerShell 7": ("    $Parameters = $null", "    $a && $b", "came after 4.0"),
    "a letter": ("# interface", "# \u00fcnterface", "not ASCII"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_mistake_is_found(name: str) -> None:
    right, wrong, words = PLANTED[name]
    text = _script()
    assert right in text
    assert any(words in fault for fault in faults(text.replace(right, wrong, 1)))


@pytest.mark.parametrize(
    ("text", "known"), [(UNWRAP, engine.UNWRAP), (f"$Data = 'e30='\n{REPLAY}", "")]
)
def test_the_constant_scripts_are_valid_too(text: str, known: str) -> None:
    assert faults(text) == []
    assert not known or hashlib.sha256(text.encode()).hexdigest() == known


def test_the_constant_scripts_are_pinned() -> None:
    """Whoever changes one must change its twin in the lab, and look at what is logged of it."""
    assert hashlib.sha256(UNWRAP.encode()).hexdigest() == engine.UNWRAP
    assert hashlib.sha256(REPLAY.encode()).hexdigest() == tasks.REPLAY


@pytest.mark.parametrize("bgp", [False, True])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_it_reads_back_as_what_was_rendered(newline: str, *, bgp: bool) -> None:
    """What `render` shows is a configuration that `parse` takes, all but its key."""
    driver, steps = load("rras"), _rendered(bgp=bgp)
    read = driver.parse(script(steps).replace("\r\n", newline))
    meant = driver.parse("".join(f"{step.reveal()}\n" for step in steps))
    assert read.unrecognized == ()
    assert [one.psk for one in read.tunnels] == [UNSEEN]
    assert [replace(one, psk=None) for one in read.tunnels] == [
        replace(one, psk=None) for one in meant.tunnels
    ]


@settings(max_examples=300, deadline=None)
@given(at=st.integers(0, 5_000), noise=st.text("'\"`$@{}()#,;|<>- \nab=", max_size=12))
def test_a_script_with_noise_raises_only_our_errors(at: int, noise: str) -> None:
    text = script(_rendered(bgp=True))
    place = at % len(text)
    try:
        parse(text[:place] + noise + text[place:])
    except ApplianceError:
        return


def test_a_long_script_is_read_in_a_moment() -> None:
    text = script(_rendered())
    assert growth(parse, text * 40, text * 320) < 24


def test_the_command_of_the_document_is_valid() -> None:
    document = (Path(__file__).parents[3] / "docs" / "rras.md").read_text(encoding="utf-8")
    (command,) = re.findall(r"```powershell\n(.*?)```", document, re.DOTALL)
    known = {"ForEach-Object", "Out-File", "ConvertTo-Json"}
    assert [one for one in faults(command) if not any(word in one for word in known)] == []


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(codec="ascii"), max_size=40))
def test_no_value_can_leave_its_quotes(value: str) -> None:
    step = Step(
        text=json.dumps({"cmdlet": "Connect-VpnS2SInterface", "parameters": {"Name": value}})
    )
    text = script((step,)).replace("\r\n", "\n")
    inside = text.split("Name = ", 1)[1].rsplit("\n    }\n    Connect-", 1)[0]
    assert inside == "'" + value.replace("'", "''") + "'"


def test_what_is_not_ascii_is_refused() -> None:
    step = Step(
        text='{"cmdlet": "Connect-VpnS2SInterface", "parameters": {"Name": "Z\\u00fcrich"}}'
    )
    with pytest.raises(UnsupportedError, match="not ASCII"):
        script((step,))
