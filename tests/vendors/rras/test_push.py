"""Pushed over real PowerShell remoting, and taken back, whatever goes wrong on the way."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from appliance.errors import RefusedError, RollbackError
from appliance.lab import faults
from appliance.lab.faults import Fault
from appliance.lab.rras.factory import configure
from appliance.lab.rras.server import Settings
from appliance.model.change import KEY_MARK, Change, Step
from appliance.model.reach import WinRm
from appliance.model.secret import Secret
from appliance.model.state import SaStatus
from appliance.push import Options, Outcome
from tests.routers import KEY, azure
from tests.vendors.rras.servers import QUICK, Windows, speaking, windows
from vendors.rras.transaction import undo

HTTPS = WinRm(scheme="https", auth="negotiate")
SEALED = WinRm(scheme="http", auth="ntlm")


@pytest.mark.parametrize("winrm", [HTTPS, SEALED], ids=["https", "http with NTLM encryption"])
def test_a_tunnel_comes_up_and_the_server_keeps_it(winrm: WinRm) -> None:
    with windows(winrm=winrm) as server:
        result = server.push()
        assert (result.outcome, result.why) == (Outcome.PUSHED, "")
        held = server.device.interface("site-a-1")
        assert held is not None
        assert held.key == KEY
        assert server.device.up(held)
        assert server.device.tasks == {}, "the task that would have put it back is gone"
        assert server.names == ["Partner Warehouse", "site-a-1"]
        assert server.push().outcome is Outcome.UNCHANGED


@pytest.mark.parametrize("winrm", [HTTPS, SEALED], ids=["https", "http with NTLM encryption"])
def test_a_tunnel_that_does_not_come_up_is_taken_back(winrm: WinRm) -> None:
    with windows(winrm=winrm, peers=[azure(key="another-key-42")]) as server:
        result = server.push()
        assert result.outcome is Outcome.ROLLED_BACK
        assert server.names == ["Partner Warehouse"]
        assert server.device.tasks == {}


def test_basic_over_tls_is_taken_where_it_is_asked_for() -> None:
    with windows(winrm=WinRm(auth="basic")) as server:
        assert server.push().outcome is Outcome.PUSHED


AT = r"^Add-VpnS2SInterface"
FAULTS = {
    "refused": faults.refuse("The parameter is incorrect.", AT),
    "ignored": faults.swallow(AT),
    "half applied": faults.cut(4, AT),
    "shell lost before": faults.drop_before(AT),
    "shell lost after": faults.drop_after(AT),
    "restarted": faults.reboot(AT),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_at_the_first_cmdlet_leaves_the_server_as_it_was(name: str) -> None:
    with windows(faults=[FAULTS[name]]) as server:
        result = server.push()
        assert result.outcome is Outcome.ROLLED_BACK
        assert server.names == ["Partner Warehouse"]
        assert server.device.tasks == {}


@pytest.mark.parametrize("at", range(1, 8))
def test_a_change_of_many_steps_is_taken_back_from_each(at: int) -> None:
    """BGP and an interface: a refusal at step `at` of those that write."""
    site, expected, peer = speaking()
    broken = faults.refuse("A general error occurred.", r"^(Add|Connect)-(Vpn|Bgp)", at=at)
    with windows(faults=[broken], site=site, expected=expected, peers=[peer]) as server:
        result = server.push(replace(QUICK, wait_seconds=3.0))
        if result.outcome is Outcome.ROLLED_BACK:
            assert server.names == ["Partner Warehouse"]
            assert server.device.routing.router is None
            assert server.device.routing.peers == {}
        else:
            assert at > 4, "all that writes has been refused once"
            assert result.outcome is Outcome.PUSHED


def test_a_bgp_session_comes_up_through_the_tunnel() -> None:
    site, expected, peer = speaking()
    with windows(site=site, expected=expected, peers=[peer]) as server:
        result = server.push()
        assert (result.outcome, result.why) == (Outcome.PUSHED, "")
        assert server.device.routing.router == {
            "BgpIdentifier": "203.0.113.10",
            "LocalASN": 65_050,
        }
        assert server.device.routing.custom == ["10.10.0.0/16", "10.11.0.0/16"]
        with server.connect() as session:
            state = server.job.driver.state(session, result.plan.target)
        (found,) = state.bgp
        assert (str(found.peer), found.status, found.prefixes_received) == (
            "10.20.255.30",
            "established",
            2,
        )


def test_a_cmdlet_that_hangs_is_given_up_and_the_change_taken_back() -> None:
    hanging = faults.stall(6.0, r"^Add-VpnS2SInterface", at=1)
    with windows(faults=[hanging]) as server:
        server.target = replace(server.target, timeout=3.0)
        result = server.push(replace(QUICK, wait_seconds=0))
        assert result.outcome is not Outcome.PUSHED
        assert "Add-VpnS2SInterface has not finished after 3 s" in result.why


def test_the_task_puts_the_server_back_when_we_are_gone() -> None:
    """We die between applying and confirming: the server's clock decides."""
    with windows() as server:
        plan = server.push(replace(QUICK, dry_run=True)).plan
        driver = server.job.driver
        with server.connect() as session:
            guard = driver.transaction(
                session, rollback=plan.rollback, minutes=5, reconnect=server.connect
            )
            change = guard.__enter__()
            change.apply(plan.change)
            assert "site-a-1" in server.names
            server.device.advance(299)
            assert "site-a-1" in server.names
            server.device.advance(2)
            assert server.names == ["Partner Warehouse"]
            guard.__exit__(None, None, None)
        assert server.device.tasks == {}


def test_what_the_task_has_taken_back_is_not_confirmed() -> None:
    with windows() as server:
        plan = server.push(replace(QUICK, dry_run=True)).plan
        driver = server.job.driver
        with server.connect() as session:
            guard = driver.transaction(
                session, rollback=plan.rollback, minutes=1, reconnect=server.connect
            )
            change = guard.__enter__()
            change.apply(plan.change)
            server.device.advance(61)
            with pytest.raises(Exception, match="gone back by itself"):
                change.confirm(session)
            guard.__exit__(None, None, None)


def test_a_dry_run_touches_nothing_and_tells_the_protection() -> None:
    with windows() as server:
        before = dict(server.device.interfaces)
        assert server.push(Options(dry_run=True)).outcome is Outcome.PLANNED
        assert server.device.interfaces == before
        assert server.device.tasks == {}
        ready = server.job.driver.ready
        assert ready is not None
        with server.connect() as session:
            assert "a scheduled task on the server" in ready(session, 5)


def test_another_push_that_waits_is_not_run_over() -> None:
    with windows() as server:
        plan = server.push(replace(QUICK, dry_run=True)).plan
        with server.connect() as session:
            guard = server.job.driver.transaction(
                session, rollback=plan.rollback, minutes=5, reconnect=server.connect
            )
            guard.__enter__()
            with pytest.raises(RefusedError, match="another push to this server"):
                server.push()
            guard.__exit__(None, None, None)


def test_without_a_timer_the_inverse_takes_it_back() -> None:
    options = replace(QUICK, inverse=True)
    with windows(peers=[azure(key="another-key-42")]) as server:
        assert server.push(options).outcome is Outcome.ROLLED_BACK
        assert server.names == ["Partner Warehouse"]


@pytest.mark.parametrize("module", ["*", "RemoteAccess", "remote*"])
def test_a_server_that_would_log_the_key_is_refused(module: str) -> None:
    settings = Settings(module_logging=("Microsoft.PowerShell.*", module))
    with windows(settings=settings) as server:
        with pytest.raises(RefusedError, match="event log") as caught:
            server.push()
        assert "Turn on Module Logging" in caught.value.hint
        assert server.names == ["Partner Warehouse"]


def test_a_change_without_a_key_is_pushed_there_all_the_same() -> None:
    with windows() as server:
        server.push()
        server.device.settings.module_logging = ("*",)
        ready = server.job.driver.ready
        assert ready is not None
        with server.connect() as session:
            assert "a key cannot be sent: module logging" in ready(session, 5)
        configure(
            server.device, "Set-VpnS2SInterface", Name="site-a-1", Persistent=False, Force=True
        )
        assert server.push().outcome is Outcome.PUSHED
        assert server.device.interfaces["site-a-1"].properties["Persistent"] is True


def test_a_former_key_that_would_be_logged_keeps_nothing_else_from_going_back() -> None:
    """Logging is switched on while a push is under way: its inverse holds a key and other lines."""
    with windows() as server:
        server.push()
        server.device.settings.module_logging = ("*",)
        calls = (
            ("SharedSecret", KEY_MARK, Secret("Former-key-4711")),
            ("Persistent", False, None),
        )
        steps = tuple(
            Step(
                text=json.dumps(
                    {
                        "cmdlet": "Set-VpnS2SInterface",
                        "parameters": {"Name": "site-a-1", name: value, "Force": True},
                    }
                ),
                secret=secret,
            )
            for name, value, secret in calls
        )
        with (
            server.connect() as session,
            pytest.raises(RollbackError, match=r"the former key is not back: .*log") as caught,
        ):
            undo(session, Change(steps=steps))
        assert "Former" not in f"{caught.value!r}{caught.value}{session.transcript}"
        assert server.device.interfaces["site-a-1"].properties["Persistent"] is False


def test_logging_of_other_modules_is_no_obstacle() -> None:
    with windows(settings=Settings(module_logging=("ActiveDirectory",))) as server:
        assert server.push().outcome is Outcome.PUSHED


def test_the_role_must_be_there() -> None:
    with windows(settings=Settings(installed=False)) as server:
        with pytest.raises(RefusedError, match="not installed") as caught:
            server.push()
        assert "Install-RemoteAccess -VpnType VpnS2S" in caught.value.hint


def test_a_server_2012_r2_is_given_only_what_it_knows() -> None:
    settings = Settings(version="6.3.9600", level=2012, caption="Windows Server 2012 R2")
    with windows(settings=settings) as server:
        result = server.push()
        assert (result.outcome, result.why) == (Outcome.PUSHED, "")
        assert not any("MMSALifeTime" in line or "AutoConnect" in line for line in server.told)
        assert server.push().outcome is Outcome.UNCHANGED


def test_a_module_that_hands_out_numbers_is_read_by_its_view() -> None:
    with windows(settings=Settings(typed=False)) as server:
        result = server.push()
        assert (result.outcome, result.why) == (Outcome.PUSHED, "")
        assert server.push().outcome is Outcome.UNCHANGED


def _drifted(server: Windows, cmdlet: str, **given: object) -> list[str]:
    configure(server.device, cmdlet, **given)
    return [str(step.text) for step in server.push().plan.change.steps]


def test_what_somebody_changed_is_set_back_and_nothing_else() -> None:
    with windows() as server:
        server.push()
        partner = dict(server.device.interfaces["partner warehouse"].properties)
        steps = _drifted(
            server,
            "Set-VpnS2SInterface",
            Name="site-a-1",
            InitiateConfigPayload=True,
            Persistent=False,
            Force=True,
        )
        assert [step.split('"')[3] for step in steps] == [
            "Set-VpnS2SInterface",
            "Disconnect-VpnS2SInterface",
            "Connect-VpnS2SInterface",
        ]
        held = server.device.interfaces["site-a-1"]
        assert held.properties["InitiateConfigPayload"] is False
        assert held.properties["Persistent"] is True
        assert held.key == KEY, "Set without a key keeps it"
        assert server.device.up(held)
        assert server.device.interfaces["partner warehouse"].properties == partner


def test_a_set_that_is_half_applied_is_put_back_without_the_key() -> None:
    half: Fault = faults.cut(9, r"^Set-VpnS2SInterface -Name site-a-1", at=2)
    with windows(faults=[half]) as server:
        server.push()
        configure(
            server.device,
            "Set-VpnS2SInterface",
            Name="site-a-1",
            IPv4Subnet=["10.99.0.0/16:100"],
            SALifeTimeSeconds=7200,
            Force=True,
        )
        before = dict(server.device.interfaces["site-a-1"].properties)
        first = server.push()  # the first Set passes
        assert first.outcome is Outcome.PUSHED
        configure(
            server.device,
            "Set-VpnS2SInterface",
            Name="site-a-1",
            IPv4Subnet=["10.99.0.0/16:100"],
            SALifeTimeSeconds=7200,
            Force=True,
        )
        result = server.push()
        assert result.outcome is Outcome.ROLLED_BACK
        held = server.device.interfaces["site-a-1"]
        assert held.properties == before
        assert held.key == KEY


def test_the_state_tells_what_was_negotiated_and_what_went_through() -> None:
    with windows() as server:
        result = server.push()
        server.device.advance(10)
        with server.connect() as session:
            state = server.job.driver.state(session, result.plan.target)
        found = {one.interface: one for one in state.tunnels}["site-a-1"]
        assert (found.ike, found.child) == (SaStatus.UP, SaStatus.UP)
        assert (found.encryption, found.integrity, found.group) == ("aes256", "sha256", 14)
        (child,) = found.children
        assert (child.encryption, child.integrity) == ("aes256gcm", "none")
        assert (child.packets_in, child.packets_out) == (1000, 1000)
        assert {one.name: one.up for one in state.interfaces}["site-a-1"]


def test_an_interface_that_gave_up_is_woken() -> None:
    """It would wait ten minutes and more, with its routes gone."""
    with windows() as server:
        result = server.push()
        ours = tuple(one for one in result.plan.target if one.name == "site-a-1")
        held = server.device.interfaces["site-a-1"]
        peers = server.device.associations.peers
        peers[:] = [replace(one, reachable=one.address == "192.0.2.50") for one in peers]
        configure(server.device, "Disconnect-VpnS2SInterface", Name="site-a-1", Force=True)
        with pytest.raises(ValueError, match="809"):
            configure(server.device, "Connect-VpnS2SInterface", Name="site-a-1")
        driver = server.job.driver
        with server.connect() as session:
            state = driver.state(session, ours)
            assert {one.name: one.up for one in state.interfaces}["site-a-1"] is False
            assert not [one for one in state.routes if one.via == "site-a-1"]
            peers[:] = [replace(one, reachable=True) for one in peers]
            driver.wake(session, ours)
            assert server.device.up(held)


HARD = "".join(chr(code) for code in range(33, 126))
"""Every printable character but the blank and the tilde, which Azure does not take."""


@pytest.mark.parametrize("winrm", [HTTPS, SEALED], ids=["https", "sealed http"])
def test_a_key_of_every_printable_character_arrives_as_it_is(winrm: WinRm) -> None:
    with windows(winrm=winrm, peers=[azure(key=HARD)]) as server:
        intent = server.job.intent
        keyed = tuple(replace(one, psk=Secret(HARD)) for one in intent.tunnels)
        server.job = replace(server.job, intent=replace(intent, tunnels=keyed))
        assert server.push().outcome is Outcome.PUSHED
        assert server.device.interfaces["site-a-1"].key == HARD
