"""Half a text is never read as a whole one, and no text raises anything but our own errors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.cli.common import read_text
from appliance.errors import ApplianceError, ParseError, UsageError
from appliance.model.secret import Secret
from appliance.model.state import SaStatus
from tests.growth import growth
from vendors.rras.parse import parse
from vendors.rras.state import show

HERE = Path(__file__).parent
CONFIGS = sorted((HERE / "configs").glob("*.txt"))
SHOWN = sorted((HERE / "show").glob("*.txt"))
OWN = (HERE / "configs" / "own-snapshot.txt").read_text()


def test_half_a_snapshot_is_refused_wherever_it_ends() -> None:
    text = OWN.rstrip()
    for end in range(1, len(text)):
        with pytest.raises(ParseError):
            parse(text[:end])


def test_a_snapshot_without_one_line_is_refused_or_lacks_just_that() -> None:
    lines = OWN.splitlines()
    whole = parse(OWN).tunnels
    for lost in range(len(lines)):
        try:
            found = parse("\n".join(lines[:lost] + lines[lost + 1 :]))
        except ParseError:
            continue
        assert [one.name for one in found.tunnels] in ([one.name for one in whole], [])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-8"])
def test_every_encoding_of_windows_reads_the_same(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "rras.json"
    file.write_bytes(OWN.replace("\n", "\r\n").encode(encoding))
    assert parse(read_text(str(file))).tunnels == parse(OWN).tunnels


TEXTS = {
    "nothing": "",
    "blanks": " \r\n\t",
    "an IOS configuration": "hostname R1\ninterface Tunnel1\n tunnel mode ipsec ipv4\n",
    "an error": "Get-VpnS2SInterface : The term 'Get-VpnS2SInterface' is not recognized\n",
    "a web page": "<html><body>502 Bad Gateway</body></html>",
    "another document": '{"schema": "appliance/observed/1", "tunnels": 3}',
    "a table of interfaces": "Name Destination\n---- -----------\nedge {192.0.2.1}\n",
    "bytes": "\x00\x01\xff\ufffd",
}


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_no_snapshot_is_refused_with_what_to_save(name: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse(TEXTS[name])
    assert "Get-VpnS2SInterface" in caught.value.hint


@settings(max_examples=300, deadline=None)
@given(case=st.sampled_from(CONFIGS), at=st.integers(0, 9999), noise=st.text(max_size=20))
def test_noise_raises_only_our_errors(case: Path, at: int, noise: str) -> None:
    text = case.read_text()
    place = at % len(text)
    try:
        parse(text[:place] + noise + text[place:])
    except ApplianceError:
        return


values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(json.loads(OWN)["interfaces"][0])), values))
def test_any_value_of_any_property_raises_only_our_errors(changes: dict[str, object]) -> None:
    document = json.loads(OWN)
    document["interfaces"][0] |= changes
    try:
        parse(json.dumps(document))
    except ApplianceError:
        return


def test_a_key_in_a_text_shows_nowhere() -> None:
    document = json.loads(OWN)
    document["interfaces"][0] |= {"SharedSecret": "Canary-4711", "Password": "Canary-4712"}
    observed = parse(json.dumps(document))
    assert observed.tunnels[0].psk == Secret("Canary-4711")
    assert "Canary" not in repr(observed)


def test_a_thousand_interfaces_are_read_in_a_moment() -> None:
    small, large = _interfaces(125), _interfaces(1_000)
    assert len(parse(large).tunnels) == 1_000
    assert growth(parse, small, large) < 24


def _interfaces(count: int) -> str:
    document = json.loads(OWN)
    one = document["interfaces"][0]
    document["interfaces"] = [
        {**one, "Name": f"site-{n}", "Destination": [f"198.18.{n // 256}.{n % 256}"]}
        for n in range(count)
    ]
    return json.dumps(document, indent=1)


CALL = "Add-VpnS2SInterface -Name a -Destination 203.0.113.1\n"
ENDLESS = {
    "brackets": CALL + "@(" * 5_000,
    "loops in loops": CALL
    + "$a = 1, 2, 3, 4, 5\n"
    + "foreach ($b in $a) { " * 30
    + CALL
    + "}" * 30,
    "functions that call each other twice": "".join(
        f"function f{n} {{ f{n + 1}\nf{n + 1} }}\n" for n in range(40)
    )
    + CALL
    + "f0\n",
    "what doubles itself": CALL + "$a = 'x'\n$b = @(1)\n" + "$a += $a\n$b += $b\n" * 60,
}


@pytest.mark.parametrize("name", ENDLESS)
def test_a_script_without_end_comes_to_one(name: str) -> None:
    assert [one.name for one in parse(ENDLESS[name]).tunnels] == ["a"]


@pytest.mark.parametrize("row", ["@'\n", "PS C:\\> Get-Service\n", "*" * 22 + "\n"])
def test_rows_that_open_something_take_linear_time(row: str) -> None:
    shown = CALL if row.startswith("@") else '[{"Destination": ["203.0.113.1"], "Name": "a"}]\n'
    assert growth(parse, shown + row * 500, shown + row * 4_000) < 40


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(ParseError):
        parse("[" * 5_000)


@pytest.mark.parametrize("case", SHOWN, ids=lambda case: case.stem)
def test_output_that_lost_lines_brings_nothing_up(case: Path) -> None:
    command = case.with_suffix(".yml").read_text().split("command: ")[1].splitlines()[0]
    lines = case.read_text().splitlines(keepends=True)
    whole = _up(command, "".join(lines))
    for lost in range(len(lines)):
        assert _up(command, "".join(lines[:lost])) <= whole
        if "Protocol" in lines[lost]:
            continue  # people select properties: one without it is taken for what there is most
        assert _up(command, "".join(lines[:lost] + lines[lost + 1 :])) <= whole


def _up(command: str, output: str) -> set[tuple[str, str]]:
    try:
        found = show(command, output)
    except ApplianceError:
        return set()
    up = {(str(one.remote), "ike") for one in found.tunnels if one.ike is SaStatus.UP}
    up |= {(str(one.remote), "child") for one in found.tunnels if one.child is SaStatus.UP}
    return up | {(str(one.peer), "bgp") for one in found.bgp if one.established}


@pytest.mark.parametrize("command", ["Get-VpnConnection", "", "show crypto ikev2 sa", "Get-VpnS2S"])
def test_other_commands_are_named_with_those_we_read(command: str) -> None:
    with pytest.raises(UsageError) as caught:
        show(command, "")
    assert "Get-VpnS2SInterfaceStatistics" in caught.value.hint


def test_output_of_another_cmdlet_is_refused() -> None:
    with pytest.raises(ParseError, match="no output of Get-BgpPeer"):
        show("Get-BgpPeer", (HERE / "show" / "s2s-connected.txt").read_text())
