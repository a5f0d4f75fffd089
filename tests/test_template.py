"""Templates that ship: they compile, and each names exactly the fields its rows have."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from importlib.resources import files

import pytest

from appliance import template
from vendors.cisco.screens import bgp, ikev2, ipsec
from vendors.cisco_asa.screens import ikev1, sessiondb
from vendors.cisco_asa.screens import interfaces as asa_interfaces
from vendors.cisco_asa.screens import routes as asa_routes
from vendors.cisco_ios.screens import bfd, interfaces, isakmp, routes, session

ROWS: dict[str, type] = {
    "cisco_asa/bgp_summary": bgp.Row,
    "cisco_asa/crypto_ikev2": ikev2.Row,
    "cisco_asa/crypto_ipsec_sa": ipsec.Row,
    "cisco_asa/ikev1_sa": ikev1.Row,
    "cisco_asa/interfaces": asa_interfaces.Row,
    "cisco_asa/route": asa_routes.Row,
    "cisco_asa/vpn_sessiondb": sessiondb.Row,
    "cisco_ios/bfd_neighbors": bfd.Row,
    "cisco_ios/bgp_summary": bgp.Row,
    "cisco_ios/crypto_ikev2": ikev2.Row,
    "cisco_ios/crypto_ipsec_sa": ipsec.Row,
    "cisco_ios/crypto_isakmp_sa": isakmp.Row,
    "cisco_ios/crypto_session": session.Row,
    "cisco_ios/interfaces": interfaces.Row,
    "cisco_ios/ip_route": routes.Row,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    name: str
    status: str | None
    protocol: str | None


def _values(name: str) -> set[str]:
    text = files("templates").joinpath(f"{name}.textfsm").read_text()
    return {line.split()[1].lower() for line in text.splitlines() if line.startswith("Value ")}


def test_every_template_is_read_by_a_screen() -> None:
    shipped = {
        f"{vendor}/{one.name.removesuffix('.textfsm')}"
        for vendor in ("cisco_asa", "cisco_ios")
        for one in files("templates").joinpath(vendor).iterdir()
        if one.name.endswith(".textfsm")
    }
    assert shipped == set(ROWS)


@pytest.mark.parametrize("name", ROWS)
def test_fields_are_the_values_of_the_template(name: str) -> None:
    named = {field.name for field in fields(ROWS[name])}
    assert named | {"break"} >= _values(name)
    assert named <= _values(name)


def test_a_value_without_text_is_none() -> None:
    text = "Tunnel1 is up, line protocol is down \nnoise\nTunnel2 is up, line protocol is up \n"
    assert list(template.rows("cisco_ios/interfaces", text, Interface)) == [
        Interface(name="Tunnel1", status="up", protocol="down"),
        Interface(name="Tunnel2", status="up", protocol="up"),
    ]
    assert list(template.rows("cisco_ios/interfaces", "", Interface)) == []


def test_threads_share_a_template_without_mixing_their_rows() -> None:
    def read(number: int) -> list[str]:
        text = f"Tunnel{number} is up, line protocol is up\n" * 50
        return [row.name for row in template.rows("cisco_ios/interfaces", text, Interface)]

    with ThreadPoolExecutor(8) as pool:
        for number, names in enumerate(pool.map(read, range(40))):
            assert names == [f"Tunnel{number}"] * 50


def test_nothing_is_imported_before_something_is_parsed() -> None:
    code = "import sys, vendors.cisco_ios.state, appliance.verify; print('textfsm' in sys.modules)"
    done = subprocess.run(  # noqa: S603 -- our own interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"
