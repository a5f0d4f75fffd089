"""Garbled, huge and foreign texts: an answer or our own error, in linear time."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.errors import ApplianceError, ParseError
from appliance.model.intent import Observed
from tests.growth import growth
from vendors.strongswan.parse import parse
from vendors.strongswan.settings import quoted, unquoted

CASES = sorted((Path(__file__).parent / "configs").glob("*.txt"))
TEXTS = [case.read_bytes().decode() for case in CASES]

CONNECTION = """\
  site-{n} : base {{
    remote_addrs = 198.51.{high}.{low}
    children {{ net : kid {{ remote_ts = 10.{high}.{low}.0/24 }} }}
  }}
"""
HUB = """\
base {{ version = 2
  local_addrs = 203.0.113.10
  proposals = aes256-sha256-modp2048
  local {{ auth = psk }}
  remote {{ auth = psk }} }}
kid {{ local_ts = 10.0.0.0/24
  esp_proposals = aes256gcm16 }}
connections {{
{connections}}}
secrets {{
{secrets}}}
"""


def _read(text: str) -> Observed | None:
    try:
        return parse(text)
    except ApplianceError:
        return None


def hub(count: int) -> str:
    names = [{"n": n, "high": n // 250, "low": n % 250} for n in range(count)]
    connections = "".join(CONNECTION.format(**name) for name in names)
    secrets = "".join(
        f'  ike-{n} {{ id = 198.51.{n // 250}.{n % 250}\n    secret = "key {n}" }}\n'
        for n in range(count)
    )
    return HUB.format(connections=connections, secrets=secrets)


def test_a_hub_of_many_sites_is_read_in_linear_time() -> None:
    small, large = hub(200), hub(1_600)
    found = parse(large).tunnels
    assert len(found) == 1_600
    assert found[-1].psk is not None
    assert growth(parse, small, large) < 32


@settings(max_examples=300, deadline=None)
@given(case=st.sampled_from(TEXTS), at=st.integers(0, 100_000), noise=st.text(max_size=12))
def test_noise_anywhere_raises_only_our_errors(case: str, at: int, noise: str) -> None:
    place = at % len(case)
    _read(case[:place] + noise + case[place:])


@settings(max_examples=200, deadline=None)
@given(case=st.sampled_from(TEXTS), at=st.integers(0, 100_000))
def test_a_text_cut_off_raises_only_our_errors(case: str, at: int) -> None:
    _read(case[: at % len(case)])


@settings(max_examples=200, deadline=None)
@given(
    words=st.lists(
        st.sampled_from(['"', "{", "}", "=", "#", "\n", "a", ":", ",", "include x", "\\", " "]),
        max_size=40,
    )
)
def test_any_order_of_tokens_is_read(words: list[str]) -> None:
    _read("connections { " + "".join(words))


@settings(max_examples=200, deadline=None)
@given(value=st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF), max_size=40))
def test_quoting_is_undone_by_reading(value: str) -> None:
    assert unquoted(quoted(value)) == value
    text = f"connections {{ a {{ remote_addrs = {quoted(value)}\n }} }}\n"
    assert (
        "a" in [tunnel.name for tunnel in parse(text).tunnels] or not value.replace(",", "").strip()
    )


FOREIGN = {
    "an IOS configuration": "hostname R1\ninterface Tunnel1\n tunnel mode ipsec ipv4\nend\n",
    "set commands": "set security ike proposal P dh-group group14\n",
    "JSON": '{"connections": []}\n',
    "a web page": "<html><body>404</body></html>\n",
    "nothing": " \n\n",
    "a status": "Status of IKE charon daemon (strongSwan 5.8.2, Linux 5.4.0, x86_64):\n"
    "Connections:\n     az:  198.51.100.1...203.0.113.1  IKEv2\n",
    "loaded connections": "az: IKEv2, no reauthentication, rekeying every 14400s\n  local:  %any\n",
    "prose": "The tunnel is down since yesterday.\n",
}


@pytest.mark.parametrize("name", FOREIGN)
def test_what_is_no_configuration_is_refused(name: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse(FOREIGN[name])
    assert caught.value.hint


def test_sections_without_end_are_refused() -> None:
    with pytest.raises(ParseError, match="nested deeper"):
        parse("connections { " * 5_000)


def test_sections_that_inherit_from_each_other_end() -> None:
    text = "connections { a : connections.b { version = 2\n } b : connections.a { } }\n"
    text += "x : x { y : x { } }\n"
    text = text.replace("version = 2", "remote_addrs = 198.51.100.7")
    assert {tunnel.name for tunnel in parse(text).tunnels} == {"a", "b"}


def test_conns_that_name_each_other_end() -> None:
    text = "conn a\n also=b\n right=198.51.100.7\n auto=add\nconn b\n also=a\n also=c\n"
    (tunnel, *_) = parse(text).tunnels
    assert tunnel.name == "a"
    assert tunnel.missing == ()


def test_keys_are_in_nothing_that_can_be_shown() -> None:
    for text in TEXTS:
        observed = parse(text)
        shown = repr(observed) + repr([tunnel.sources for tunnel in observed.tunnels])
        for word in ("Sup3r", "first-key", "second-key", "lyon-key", "azure-key", "#first key"):
            assert word not in shown


HOSTILE = {
    "colons": "conn a\n right=192.0.2.1\n" + "a:b " * 10_000,
    "references": "connections { a :" + " b," * 20_000 + " { } }",
    "quotes": "connections { a = " + '"\\' * 20_000,
    "names without end": "connections {" + "a\n" * 20_000,
    "a chain of templates": "".join(f"t{n} : t{n + 1} {{ a = {n}\n}}\n" for n in range(1_500))
    + "connections { c : t0 { } }",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_take_no_time(name: str) -> None:
    """In units of a hub of a hundred sites; the worst takes fifteen."""
    assert growth(_read, hub(100), HOSTILE[name]) < 50
