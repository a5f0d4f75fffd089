"""Edits of files on a host: what others wrote into ours stays, and nothing else changes."""

from __future__ import annotations

import pytest

from vendors.strongswan.own import HEAD
from vendors.strongswan.parse import parse
from vendors.strongswan.writing.text import edited

CONF = "/etc/swanctl/conf.d/appliance-a.conf"
NET = "/etc/systemd/network/50-appliance-a.network"

TOUCHED = """\
# a remark of somebody
connections { a
  {
    version=2   # really
    local { auth = psk }
    children { net {
       local_ts = 10.0.0.0/8,
       remote_ts = "10.1.0.0/16"
       updown = "/etc/swanctl/up \\"x\\" #1"
    } }
  } }
"""


def test_a_settings_file_keeps_what_it_is_not_told_to_change() -> None:
    after = edited(
        CONF,
        TOUCHED,
        [
            ("connections.a.version", "1"),
            ("connections.a.children.net.remote_ts", "10.2.0.0/16"),
            ("connections.a.children.net.local_ts", None),
            ("secrets.ike-a.secret", '"a \\"b\\" {c} #d"'),
        ],
    )
    assert after == (
        HEAD + "\n"
        "connections {\n"
        "  a {\n"
        "    version = 1\n"
        "    local {\n"
        "      auth = psk\n"
        "    }\n"
        "    children {\n"
        "      net {\n"
        "        remote_ts = 10.2.0.0/16\n"
        '        updown = "/etc/swanctl/up \\"x\\" #1"\n'
        "      }\n"
        "    }\n"
        "  }\n"
        "}\n"
        "secrets {\n"
        "  ike-a {\n"
        '    secret = "a \\"b\\" {c} #d"\n'
        "  }\n"
        "}\n"
    )
    assert edited(CONF, after, []) == after


def test_a_new_settings_file_begins_with_whose_it_is() -> None:
    assert edited(CONF, None, [("secrets.ike-a.id", "x")]).startswith(f"{HEAD}\nsecrets {{\n")


def test_sections_that_become_empty_go() -> None:
    text = edited(CONF, TOUCHED, [("connections.a.local.auth", None)])
    assert "local {" not in text


UNIT = """\
# by hand
[Match]
Name=xfrm1

[Link]
MTUBytes=1400
Multicast=no

[Route]
Destination=10.1.0.0/16
Metric=50

[Route]
Destination=10.2.0.0/16
"""


def test_a_unit_keeps_remarks_and_settings_of_others() -> None:
    after = edited(
        NET,
        UNIT,
        [
            ("[Link] MTUBytes", "1390"),
            ("[Network] Address", "169.254.21.2/30"),
            ("[Route] Destination=10.2.0.0/16", None),
            ("[Route] Destination=10.3.0.0/16", ""),
            ("[Route] Destination=10.1.0.0/16", ""),
        ],
    )
    assert after == (
        "# by hand\n\n"
        "[Match]\nName=xfrm1\n\n"
        "[Link]\nMulticast=no\nMTUBytes=1390\n\n"
        "[Network]\nAddress=169.254.21.2/30\n\n"
        "[Route]\nDestination=10.1.0.0/16\nMetric=50\n\n"
        "[Route]\nDestination=10.3.0.0/16\n"
    )


def test_a_section_of_a_unit_goes_with_its_last_setting() -> None:
    after = edited(NET, UNIT, [("[Link] MTUBytes", None), ("[Link] Multicast", None)])
    assert "[Link]" not in after


@pytest.mark.parametrize("path", [CONF, NET])
def test_what_is_written_is_understood(path: str) -> None:
    text = edited(
        path, None, [("[Match] Name", "x")] if path == NET else [("connections.a.id", "b")]
    )
    assert parse(f"# file: {path}\n{text}") is not None
