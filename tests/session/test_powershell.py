"""PowerShell remoting against a real endpoint: whom it trusts, what it seals, what is an error."""

from __future__ import annotations

import base64
import itertools
import json
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pypsrp.wsman
import pytest

from appliance.errors import (
    AuthenticationError,
    CommandRefused,
    ConnectError,
    RefusedError,
    SessionError,
    SessionTimeout,
)
from appliance.lab import faults
from appliance.lab.faults import Fault
from appliance.lab.rras.factory import configure, rras_device
from appliance.lab.rras.server import Server, Settings
from appliance.model.change import KEY_MARK, Step
from appliance.model.reach import WinRm
from appliance.model.secret import Secret
from appliance.session import Credentials, Session, Target
from appliance.session.certificates import offers
from appliance.session.hostkeys import checked, fingerprint
from appliance.session.powershell import open_powershell
from vendors.rras.session import REMOTING

LOGIN = Credentials(username="netops", password=Secret("branch-0ffice"))
HARD = "".join(chr(code) for code in range(33, 127)) + " \u00e9\U0001f511_x0041_"


class At:
    """A lab server, and where it listens."""

    def __init__(self, device: Server, target: Target, certificate: str) -> None:
        self.device = device
        self.target = target
        self.certificate = certificate

    @contextmanager
    def session(
        self, target: Target | None = None, login: Credentials = LOGIN
    ) -> Iterator[Session]:
        with open_powershell(target or self.target, login, REMOTING) as session:
            yield session


@contextmanager
def served(
    *broken: Fault, scheme: str = "https", auth: str = "negotiate", settings: Settings | None = None
) -> Iterator[At]:
    device = rras_device(settings=settings)
    with device.serve("site-a", host="127.0.0.1", port=0, faults=broken, scheme=scheme) as end:
        target = Target(
            site="site-a",
            host=end.host,
            port=end.port,
            timeout=30.0,
            winrm=WinRm(scheme=scheme, auth=auth),
        )
        shown = offers(target)
        pinned = replace(target, host_key=shown[0] if shown else None)
        yield At(device, pinned, end.certificate)


def ask(cmdlet: str, **parameters: object) -> str:
    return json.dumps({"cmdlet": cmdlet, "parameters": parameters})


def keyed(key: str, **changes: object) -> Step:
    parameters = {
        "Name": "site-a-1",
        "Destination": ["198.51.100.7"],
        "Protocol": "IKEv2",
        "AuthenticationMethod": "PSKOnly",
        "SharedSecret": KEY_MARK,
        **changes,
    }
    return Step(text=ask("Add-VpnS2SInterface", **parameters), secret=Secret(json.dumps(key)[1:-1]))


@pytest.mark.parametrize(
    ("scheme", "auth"),
    [
        ("https", "negotiate"),
        ("https", "ntlm"),
        ("https", "basic"),
        ("http", "negotiate"),
        ("http", "ntlm"),
    ],
)
def test_each_way_in_leads_to_the_same_answer(scheme: str, auth: str) -> None:
    with served(scheme=scheme, auth=auth) as at, at.session() as session:
        assert session.run(ask("Get-Date", Format="yyyy-MM-dd")) == "2026-11-21"


def test_the_certificate_is_shown_to_anybody_and_can_be_pinned() -> None:
    with served() as at:
        (shown,) = offers(at.target)
        der = base64.b64decode("".join(at.certificate.splitlines()[1:-1]))
        assert shown == "x509 " + base64.b64encode(der).decode()
        assert checked(shown) == shown
        assert fingerprint(shown).startswith("SHA256:")


def test_another_certificate_than_the_pinned_one_is_refused() -> None:
    with served() as other, served() as at:
        wrong = replace(at.target, host_key=other.target.host_key)
        with pytest.raises(ConnectError, match="certificate changed") as caught, at.session(wrong):
            pass
        assert "appliance trust" in caught.value.hint
        for one in (at.target, other.target):
            assert fingerprint(one.host_key or "") in caught.value.message


def test_what_is_pinned_counts_whatever_authority_signed_it(tmp_path: Path) -> None:
    with served() as at, served() as other:
        file = tmp_path / "ca.pem"
        file.write_text(at.certificate)
        winrm = WinRm(ca=str(file))
        wrong = replace(at.target, host_key=other.target.host_key, winrm=winrm)
        with pytest.raises(ConnectError), at.session(wrong):
            pass


def test_without_a_pin_an_authority_must_have_signed_it(tmp_path: Path) -> None:
    with served() as at:
        unknown = replace(at.target, host_key=None)
        with pytest.raises(ConnectError, match="certificate"), at.session(unknown):
            pass
        file = tmp_path / "ca.pem"
        file.write_text(at.certificate)
        known = replace(unknown, winrm=WinRm(ca=str(file)))
        with at.session(known) as session:
            assert session.run(ask("Get-Date", Format="yyyy")) == "2026"


def test_an_ssh_key_is_no_certificate() -> None:
    with served() as at:
        wrong = replace(at.target, host_key="ssh-ed25519 AAAA")
        with pytest.raises(ConnectError, match="no certificate"), at.session(wrong):
            pass


def test_a_password_is_never_sent_in_clear() -> None:
    with (
        served(scheme="http", auth="basic") as at,
        pytest.raises(ConnectError, match="in clear"),
        at.session(),
    ):
        pass


def test_a_pin_is_not_forgotten_over_http() -> None:
    with served() as secure, served(scheme="http") as at:
        pinned = replace(at.target, host_key=secure.target.host_key)
        with pytest.raises(ConnectError, match="http shows none"), at.session(pinned):
            pass


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_a_wrong_password_is_tried_once_and_not_repeated_to_anybody(scheme: str) -> None:
    wrong = Credentials(username="netops", password=Secret("Canary-wrong-9"))
    with served(scheme=scheme) as at:
        with pytest.raises(AuthenticationError) as caught, at.session(login=wrong):
            pass
        assert "Canary" not in f"{caught.value}{caught.value.hint}"


def test_nobody_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        target = Target(site="site-a", host="127.0.0.1", port=free.getsockname()[1], timeout=1.0)
        with pytest.raises(ConnectError), open_powershell(target, LOGIN, REMOTING):
            pass
        with pytest.raises(ConnectError, match="no certificate was shown"):
            offers(target)


@pytest.mark.parametrize(
    ("request_number", "answer"),
    [(2, b"<html>log in</html>"), (4, b""), (4, b"<s:Envelope"), (7, b"\xff\xfe")],
)
def test_an_answer_that_is_no_winrm_is_an_error_of_ours(
    request_number: int, answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A portal's page, half an answer: at the opening, at a command and at an exchange of keys."""
    sent: Callable[..., bytes] = pypsrp.wsman._TransportHTTP.send
    asked = itertools.count(1)

    def send(transport: object, *given: object, **named: object) -> bytes:
        true = sent(transport, *given, **named)
        return answer if next(asked) == request_number else true

    monkeypatch.setattr(pypsrp.wsman._TransportHTTP, "send", send)

    def use(at: At) -> None:
        with at.session() as session:
            session.run(ask("Get-Date"))
            session.configure([keyed("canary-Key-9")])

    with served(auth="basic") as at, pytest.raises(SessionError) as caught:
        use(at)
    assert caught.value.hint
    assert "canary" not in str(caught.value)


def test_basic_without_a_password_is_refused_before_anything_is_sent() -> None:
    with (
        served(auth="basic") as at,
        pytest.raises(AuthenticationError, match="no password is given"),
        at.session(login=Credentials(username="netops")),
    ):
        pass


def test_plain_http_where_tls_is_expected() -> None:
    with served(scheme="http") as at:
        wrong = replace(at.target, winrm=WinRm(scheme="https"))
        with pytest.raises(ConnectError), at.session(wrong):
            pass


REFUSED = {
    "a cmdlet nobody knows": (ask("Get-Flux"), "not recognized"),
    "a parameter nobody knows": (ask("Get-Date", Flux=1), "parameter name 'Flux'"),
    "a word it does not take": (
        ask("Add-VpnS2SInterface", Name="x", Destination=["192.0.2.1"], Protocol="PPTP"),
        "does not belong to the set",
    ),
    "an error that ends nothing": (ask("Remove-BgpPeer", Name=["x"], Force=True), "not found"),
    "a question nobody can answer": (ask("Remove-VpnS2SInterface", Name="x"), "NonInteractive"),
    "a number out of range": (
        ask("Add-VpnS2SInterface", Name="x", Destination=["192.0.2.1"], SALifeTimeSeconds=299),
        "out of range",
    ),
    "a mixture of both policies": (
        ask("Add-VpnS2SInterface", Name="x", Destination=["192.0.2.1"], PfsGroup="None"),
        "Parameter set cannot be resolved",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_every_kind_of_error_is_an_error(name: str) -> None:
    command, words = REFUSED[name]
    with served() as at, at.session() as session:
        with pytest.raises(CommandRefused, match=words) as caught:
            session.run(command)
        assert caught.value.command == command
        assert words in session.transcript
        assert session.run(ask("Get-Date", Format="yyyy")) == "2026", "the session goes on"


def test_an_error_that_was_not_to_be_told_is_none() -> None:
    with served() as at, at.session() as session:
        assert session.run(ask("Get-BgpRouter", ErrorAction="SilentlyContinue")) == ""


def test_numbers_keep_their_size_and_lists_their_length() -> None:
    with served() as at, at.session() as session:
        session.run(ask("Add-BgpRouter", BgpIdentifier="10.0.0.1", LocalASN=4_294_967_295))
        assert at.device.routing.router == {
            "BgpIdentifier": "10.0.0.1",
            "LocalASN": 4_294_967_295,
        }


def test_a_large_number_beside_a_key_keeps_its_size() -> None:
    with served() as at, at.session() as session:
        session.configure([keyed("k-1", SADataSizeForRenegotiationKilobytes=4_294_967_295)])
        held = at.device.interfaces["site-a-1"].properties
        assert held["SADataSizeForRenegotiation"] == 4_294_967_295


def test_names_never_meet_the_parser() -> None:
    name = "a'; Remove-Item C:\\ -Recurse #$(x)`\u2019"
    with served() as at, at.session() as session:
        given = {"Name": name, "Destination": ["192.0.2.9"], "EncryptionType": "NoEncryption"}
        session.run(ask("Add-VpnS2SInterface", **given))
        assert name in [one.name for one in at.device.interfaces.values()]


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_a_key_of_any_characters_arrives_and_shows_nowhere(
    scheme: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with served(scheme=scheme) as at, at.session() as session:
        session.configure([keyed(HARD)])
        assert at.device.interfaces["site-a-1"].key == HARD
        shown = session.transcript + caplog.text + repr(session)
    assert HARD not in shown
    assert base64.b64encode(HARD.encode()).decode()[8:40] not in shown
    assert KEY_MARK in shown


def test_a_refused_key_is_not_told_in_the_error() -> None:
    broken = faults.refuse("SharedSecret Canary-4711 is not complex enough", "SharedSecret")
    with served(broken) as at, at.session() as session:
        with pytest.raises(CommandRefused) as caught:
            session.configure([keyed("Canary-4711")])
        assert "Canary" not in f"{caught.value!r}{caught.value}{caught.value.command}"
        assert "Canary" not in session.transcript


def test_a_key_is_not_sent_where_it_would_be_logged() -> None:
    with served(settings=Settings(module_logging=("*",))) as at, at.session() as session:
        with pytest.raises(RefusedError, match="4103"):
            session.configure([keyed("Canary-4711")])
        assert "site-a-1" not in at.device.interfaces


def test_only_cmdlets_that_take_a_key_get_one() -> None:
    step = Step(
        text=ask("Add-BgpPeer", Name="x", SharedSecret=KEY_MARK), secret=Secret("Canary-4711")
    )
    with (
        served() as at,
        at.session() as session,
        pytest.raises(SessionError, match="takes no key"),
    ):
        session.configure([step])


def test_steps_stop_at_the_first_error_and_are_told_before_they_go() -> None:
    steps = [
        Step(text=ask("Add-BgpRouter", BgpIdentifier="10.0.0.1", LocalASN=65_000)),
        Step(text=ask("Remove-BgpPeer", Name=["nobody"], Force=True)),
        Step(text=ask("Remove-BgpRouter", Force=True)),
    ]
    told: list[Step] = []
    with served() as at, at.session() as session:
        with pytest.raises(CommandRefused, match="Remove-BgpPeer"):
            session.configure(steps, sent=told.append)
        assert told == steps[:2]
        assert at.device.routing.router is not None


def test_a_pipeline_that_does_not_end_is_given_up_in_time() -> None:
    with (
        served(faults.stall(3.0, "Get-Date")) as at,
        at.session() as session,
        pytest.raises(SessionTimeout, match="Get-Date has not finished after 1 s"),
    ):
        session.run(ask("Get-Date", Format="yyyy"), timeout=1.0)


@pytest.mark.parametrize("fault", [faults.drop_before("Get-Date"), faults.drop_after("Get-Date")])
def test_a_shell_that_is_gone_is_a_lost_connection(fault: Fault) -> None:
    with (
        served(fault) as at,
        at.session() as session,
        pytest.raises(ConnectError, match="was restarted"),
    ):
        session.run(ask("Get-Date", Format="yyyy"))


def test_too_many_sessions_are_told_as_that() -> None:
    with served() as at, ExitStack() as open_:
        for _ in range(25):
            open_.enter_context(at.session())
        with pytest.raises(ConnectError, match="no further session") as caught:
            open_.enter_context(at.session())
        assert "two minutes" in caught.value.hint


@pytest.mark.parametrize("command", ["", "Get-Date", "[1]", '{"parameters": {}}', "null"])
def test_text_is_no_command(command: str) -> None:
    with (
        served() as at,
        at.session() as session,
        pytest.raises(SessionError, match="JSON document"),
    ):
        session.run(command)


def test_somebody_may_change_the_server_meanwhile() -> None:
    with served() as at, at.session() as session:
        configure(at.device, "Remove-VpnS2SInterface", Name="Partner Warehouse", Force=True)
        assert session.run(ask("Get-VpnS2SInterface")) == ""
