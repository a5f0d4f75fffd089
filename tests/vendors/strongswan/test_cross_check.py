"""The second reader agrees with the first on what we write, and is not the same."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.driver import load
from appliance.model.algorithms import Encryption
from appliance.model.intent import Observed
from tests.vendors import intents
from vendors.strongswan import cross_check as second
from vendors.strongswan.cross_check import cross_check
from vendors.strongswan.parse import parse

DRIVER = load("strongswan")
MAIN = "# file: /etc/swanctl/swanctl.conf\ninclude conf.d/*.conf\n"
PATH = "/etc/swanctl/conf.d/appliance-site-a-1.conf"


def _text(data: st.DataObject) -> str:
    asked = data.draw(intents.intents("strongswan"))
    made = DRIVER.render(DRIVER.place(asked, Observed(driver="strongswan")))
    return MAIN + "".join(f"{step.reveal()}\n" for step in made)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(data=st.data())
def test_both_readers_agree_on_what_we_write(data: st.DataObject) -> None:
    assert cross_check(_text(data)) == ()


WRITTEN = f"""\
{MAIN}# file: {PATH}
connections {{
  site-a-1 {{
    version = 2
    local_addrs = 203.0.113.10
    remote_addrs = 198.51.100.7
    proposals = aes256-sha256-modp2048
    remote {{
      auth = psk
    }}
    children {{
      a {{
        local_ts = 10.10.0.0/16
        remote_ts = 10.20.0.0/16
        esp_proposals = aes256gcm16-ecp384
      }}
    }}
  }}
}}
secrets {{
  ike-site-a-1 {{
    id-1 = 198.51.100.7
    secret = "a \\"key\\" # {{x}}"
  }}
}}
"""


def test_a_file_in_our_form_is_read_alike() -> None:
    assert cross_check(WRITTEN) == ()
    assert cross_check(WRITTEN.replace("\n", "\r\n")) == ()


@pytest.mark.parametrize(
    "text",
    [
        WRITTEN.replace("  site-a-1 {\n    version", "  site-a-1 { version"),
        WRITTEN.replace("site-a-1 {", "site-a-1 : base {", 1),
        WRITTEN.removesuffix("}\n"),
        WRITTEN.replace("    version = 2\n", "    include x.conf\n"),
        WRITTEN.replace('{x}"', "{x}"),
    ],
)
def test_a_file_of_ours_in_another_form_is_a_disagreement(text: str) -> None:
    (found,) = cross_check(text)
    assert (found.tunnel, found.field) == ("site-a-1", "form")


def test_files_of_others_are_not_its_business() -> None:
    other = WRITTEN.replace("appliance-site-a-1", "azure").replace("site-a-1 {", "x { }\n y {", 1)
    assert cross_check(other) == ()


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("ike.version", lambda t: replace(t, ike=replace(t.ike, version=1))),
        ("ike.proposals", lambda t: replace(t, ike=replace(t.ike, proposals=()))),
        ("selectors", lambda t: replace(t, selectors=())),
        ("psk", lambda t: replace(t, psk=None)),
        (
            "esp.proposals",
            lambda t: replace(
                t,
                esp=replace(
                    t.esp,
                    proposals=(replace(t.esp.proposals[0], encryption=(Encryption.AES128,)),),
                ),
            ),
        ),
    ],
)
def test_a_first_reader_that_errs_is_caught(
    monkeypatch: pytest.MonkeyPatch,
    field: str,
    wrong: object,
) -> None:
    def misread(text: str) -> Observed:
        observed = parse(text)
        assert callable(wrong)
        return replace(observed, tunnels=tuple(map(wrong, observed.tunnels)))

    monkeypatch.setattr(second, "parse", misread)
    (found,) = cross_check(WRITTEN)
    assert found.field == field
    assert "key" not in found.second or field == "psk"
