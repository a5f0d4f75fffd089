"""The lab's WinRM as a stranger meets it: nothing in clear, nobody without a login."""

from __future__ import annotations

import base64
import ssl
import time
from http.client import HTTPConnection, HTTPSConnection

import pytest

from appliance.lab import Lab
from appliance.lab.kinds import factory
from appliance.lab.rras.binding import bind
from appliance.lab.rras.factory import rras_device
from appliance.lab.rras.tables import CMDLETS, ENUMS
from appliance.lab.rras.wsman import Service

BASIC = "Basic " + base64.b64encode(b"netops:branch-0ffice").decode()
WRONG = "Basic " + base64.b64encode(b"netops:guess").decode()


def post(port: int, *, tls: bool, authorization: str = "") -> int:
    """The status of an empty request."""
    if tls:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        connection: HTTPConnection = HTTPSConnection("127.0.0.1", port, context=context, timeout=30)
    else:
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Authorization": authorization} if authorization else {}
    connection.request("POST", "/wsman", body=b"", headers=headers)
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize(
    ("tls", "authorization", "status"),
    [
        (True, "", 401),
        (True, WRONG, 401),
        (True, "Negotiate bm9uc2Vuc2U=", 401),
        (False, "", 401),
        (False, BASIC, 401),
        (False, "NTLM bm9uc2Vuc2U=", 401),
    ],
)
def test_nobody_gets_in_without_a_login(tls: bool, authorization: str, status: int) -> None:  # noqa: FBT001 -- a case
    device = rras_device()
    scheme = "https" if tls else "http"
    with device.serve("x", host="127.0.0.1", port=0, scheme=scheme) as end:
        assert post(end.port, tls=tls, authorization=authorization) == status


def test_the_lab_serves_it_like_any_other_device() -> None:
    device = factory("rras")("site-z")
    with Lab({"site-z": device}) as lab:
        (site,) = lab.sites
        assert site.name == "site-z"
        assert site.host_key == ""
        assert site.certificate.startswith("-----BEGIN CERTIFICATE-----")
        assert site.ssh == ""
        assert post(site.port, tls=True) == 401


def test_a_server_that_restarts_does_not_answer() -> None:
    device = rras_device()
    with device.serve("x", host="127.0.0.1", port=0, scheme="http") as end:
        device.away_until = time.monotonic() + 60
        with pytest.raises(OSError, match=r"."):
            post(end.port, tls=False)
        device.away_until = 0.0
        assert post(end.port, tls=False) == 401


def test_an_unknown_shell_is_a_fault() -> None:
    service = Service(lambda _: pytest.fail("nothing runs"), lambda _: 0.0)
    answer = service.answer(
        b'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
        b'xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"><s:Header>'
        b"<a:Action>http://schemas.microsoft.com/wbem/wsman/1/windows/shell/Receive</a:Action>"
        b"<a:MessageID>uuid:1</a:MessageID></s:Header><s:Body/></s:Envelope>"
    )
    assert answer.status == 500
    assert b"2150858843" in answer.body


@pytest.mark.parametrize("cmdlet", sorted(CMDLETS))
def test_every_cmdlet_of_the_tables_is_known(cmdlet: str) -> None:
    needed = {name: _VALUES[one.kind] for name, one in CMDLETS[cmdlet].items() if one.needed}
    needed |= {name: ENUMS[name][0] for name in needed if name in ENUMS}
    assert bind(cmdlet.upper(), needed, 2016) == (cmdlet, needed)


_VALUES: dict[str, object] = {"string": "x", "strings": ["x"], "enum": ""}
