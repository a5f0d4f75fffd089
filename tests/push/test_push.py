"""A push over real SSH ends verified or reverted, and says truthfully which."""

from __future__ import annotations

import threading
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest

from appliance import journal
from appliance.errors import ConnectError, RefusedError, SecretError, UnsupportedError
from appliance.journal import texts
from appliance.lab import ios_device
from appliance.lab.faults import Fault, alter, drop_after, refuse, save_fails, swallow
from appliance.lab.ios import Cli
from appliance.model.algorithms import DhGroup, Encryption, Integrity
from appliance.model.change import Step
from appliance.model.secret import Hidden
from appliance.plan import plan
from appliance.push import Options, Outcome, Watcher, push
from tests.routers import GATEWAY, KEY, QUICK, Router, azure, router
from tests.vendors import intents


def test_a_push_is_verified_confirmed_and_saved() -> None:
    with router() as site:
        result = site.push()
        assert result.outcome is Outcome.PUSHED, result.why
        assert "interface Tunnel100" in site.device.running()
        assert "interface Tunnel100" in site.device.startup
        assert "No Rollback Confirmed Change pending" in _ask(
            site, "show archive config rollback timer"
        )
        verdicts = {finding.rung.value: finding.verdict.value for finding in result.findings}
        assert verdicts["ike"] == verdicts["key"] == verdicts["child"] == "passed"


def test_a_second_push_changes_nothing_and_says_so() -> None:
    with router() as site:
        site.push()
        held = site.device.running()
        result = site.push()
        assert result.outcome is Outcome.UNCHANGED
        assert site.device.running() == held


def test_a_dry_run_is_refused_where_the_push_would_be() -> None:
    bare = ios_device().startup.replace("\n path flash:backup", "")
    with router(startup=bare) as site:
        dry = replace(QUICK, dry_run=True)
        for options in (dry, QUICK):
            with pytest.raises(RefusedError, match="`archive` with a `path` is not configured"):
                site.push(options)
        assert site.push(replace(dry, inverse=True)).outcome is Outcome.PLANNED
        assert site.untouched


def test_a_dry_run_sees_somebodys_timer_and_arms_none() -> None:
    with router() as site:
        assert site.push(replace(QUICK, dry_run=True)).outcome is Outcome.PLANNED
        asked = _ask(site, "show archive config rollback timer")
        assert "No Rollback Confirmed Change pending" in asked
        with site.connect() as other:
            other.configure((), enter="configure terminal revert timer 5")
        with pytest.raises(RefusedError, match="somebody's revert timer runs"):
            site.push(replace(QUICK, dry_run=True))


def test_a_dry_run_sends_nothing() -> None:
    with router() as site:
        result = site.push(replace(QUICK, dry_run=True))
        assert result.outcome is Outcome.PLANNED
        assert result.plan.change
        assert site.untouched


def test_drift_is_repaired_and_only_our_tunnel_bounces() -> None:
    with router() as site:
        site.push()
        site.device.configure("crypto ipsec profile appliance-site-a-1", "no set pfs")
        result = site.push()
        assert result.outcome is Outcome.PUSHED, result.why
        assert [d.path for d in result.plan.differences] == ["esp.pfs_group"]
        assert result.plan.change.bounces == ("Tunnel100",)
        assert [step.text.strip() for step in result.plan.change.steps] == [
            "crypto ipsec profile appliance-site-a-1",
            "set pfs group14",
            "do clear crypto session remote 198.51.100.7",
        ]


@pytest.mark.parametrize(
    "peer",
    [azure(key="another-key-altogether"), azure(reachable=False)],
    ids=["wrong key", "Azure silent"],
)
def test_a_tunnel_that_stays_down_is_rolled_back(peer: object) -> None:
    with router(peers=[peer]) as site:  # type: ignore[list-item]  # parametrised
        result = site.push()
        assert result.outcome is Outcome.ROLLED_BACK
        assert "did not come up" in result.why
        assert GATEWAY in result.why, "what decided, not what follows"
        assert site.untouched


def test_without_waiting_the_read_back_alone_decides() -> None:
    with router(peers=[azure(reachable=False)]) as site:
        result = site.push(replace(QUICK, wait_seconds=0.0))
        assert result.outcome is Outcome.PUSHED
        assert "interface Tunnel100" in site.device.startup


FAULTS: tuple[tuple[str, Fault, str], ...] = (
    (
        "a refused line",
        refuse("% Invalid input detected at '^' marker.", "set pfs group14"),
        "set pfs group14",
    ),
    ("a line that is silently altered", alter("group 2", "^ *group 14"), "still lacking"),
    ("a line that is silently ignored", swallow("tunnel mode ipsec"), "still lacking"),
    ("a session cut in the middle", drop_after("tunnel source"), ""),
)


@pytest.mark.parametrize("case", FAULTS, ids=lambda case: case[0])
def test_whatever_fails_on_the_way_is_rolled_back(case: tuple[str, Fault, str]) -> None:
    _, fault, words = case
    with router(faults=[fault]) as site:
        result = site.push()
        assert result.outcome is Outcome.ROLLED_BACK
        assert words in result.why
        assert KEY not in result.why
        assert site.untouched


def test_a_change_that_cannot_be_saved_is_said_loudly() -> None:
    with router(faults=[save_fails()]) as site:
        result = site.push()
        assert result.outcome is Outcome.NOT_SAVED
        assert "interface Tunnel100" in site.device.running()
        assert "interface Tunnel100" not in site.device.startup


def test_without_an_archive_nothing_is_touched_and_the_way_out_is_named() -> None:
    with router(startup=_without_archive()) as site:
        with pytest.raises(RefusedError) as refusal:
            site.push()
        assert "archive" in str(refusal.value)
        assert "path" in str(refusal.value)
        assert "inverse" in str(refusal.value)
        assert site.untouched
        assert site.push(replace(QUICK, inverse=True)).outcome is Outcome.PUSHED


def test_the_recorded_inverse_brings_the_device_back() -> None:
    with router(startup=_without_archive(), peers=[azure(key="another-key")]) as site:
        result = site.push(replace(QUICK, inverse=True))
        assert result.outcome is Outcome.ROLLED_BACK
        assert site.job.driver.parse(site.device.running()).tunnels == (
            site.job.driver.parse(site.before).tunnels
        )


def test_somebody_elses_revert_timer_is_not_ours_to_confirm() -> None:
    with router() as site:
        cli = Cli(site.device, privilege=15)
        cli.execute("configure terminal revert timer 30")
        with pytest.raises(RefusedError, match=r"pending|timer"):
            site.push()


def test_a_tunnel_that_would_swallow_the_operator_is_refused() -> None:
    management = (IPv4Network("10.20.99.0/24"),)
    device = replace(intents.site("cisco_ios").device, management=management)
    with router(changes={"device": device}) as site:
        with pytest.raises(RefusedError, match=r"10\.20\.99\.0/24 is where this device is managed"):
            site.push()
        assert site.untouched
        opened = replace(QUICK, allow=frozenset({"management-path"}))
        assert site.push(opened).outcome is Outcome.PUSHED


def test_inventory_and_azure_that_disagree_are_refused() -> None:
    moved = replace(
        intents.expectation().on_premises, address=IPv4Address("203.0.113.99"), prefixes=()
    )
    with router(expected=intents.expectation(on_premises=moved)) as site:
        with pytest.raises(RefusedError, match="--allow azure-mismatch"):
            site.push()
        assert site.untouched


def test_a_gateway_that_is_updating_is_no_target() -> None:
    expected = intents.expectation(provisioning={"gateway": "Updating"})
    with (
        router(expected=expected) as site,
        pytest.raises(RefusedError, match="gateway is Updating"),
    ):
        site.push()


def test_two_pushes_at_one_device_keep_apart() -> None:
    with router() as site:
        entered, leave = threading.Event(), threading.Event()
        outcomes: list[Outcome] = []

        def first() -> None:
            outcomes.append(_blocking(site, entered, leave))

        thread = threading.Thread(target=first)
        thread.start()
        assert entered.wait(20)
        with pytest.raises(RefusedError, match="another push works on this device: site site-a"):
            site.push()
        leave.set()
        thread.join(30)
        assert outcomes == [Outcome.PUSHED]


def _blocking(site: Router, entered: threading.Event, leave: threading.Event) -> Outcome:
    from appliance.push import Watcher, push  # noqa: PLC0415 -- used here alone

    class Pausing(Watcher):
        def said(self, text: str) -> None:
            if text == "applying":
                entered.set()
                leave.wait(20)

    return push(site.job, site.connect, QUICK, Pausing()).outcome


def test_an_unknown_device_is_not_talked_to() -> None:
    with router() as site:
        site.target = replace(site.target, host_key=None)
        with pytest.raises(ConnectError, match="appliance trust site-a"):
            site.push()


def test_a_missing_key_stops_before_the_first_line() -> None:
    with router() as site:
        tunnels = tuple(
            replace(tunnel, psk=Hidden("env:X is not set")) for tunnel in site.job.intent.tunnels
        )
        site.job = replace(site.job, intent=replace(site.job.intent, tunnels=tunnels))
        with pytest.raises(SecretError, match=r"needs the pre-shared key.*: env:X is not set"):
            site.push()
        assert site.untouched


def test_what_the_release_cannot_say_is_refused_before_connecting() -> None:
    weak = intents.custom(
        (Encryption.AES256, Integrity.SHA256, DhGroup.MODP1024),
        (Encryption.AES256GCM, Integrity.NONE, None),
    )
    device = replace(intents.site("cisco_ios").device, version="17.12.1")
    with router(expected=intents.expectation(policy=weak), changes={"device": device}) as site:
        site.target = replace(site.target, port=1)  # nobody there
        with pytest.raises(UnsupportedError, match=r"IKE group 2: IOS 17\.12 refuses weak"):
            site.push()


def test_what_the_release_of_the_device_cannot_say_is_refused_before_the_first_line() -> None:
    weak = intents.custom(
        (Encryption.AES256, Integrity.SHA256, DhGroup.MODP1024),
        (Encryption.AES256GCM, Integrity.NONE, None),
    )
    new = ios_device().startup.replace("version 17.9", "version 17.12")
    with router(expected=intents.expectation(policy=weak), startup=new) as site:
        with pytest.raises(UnsupportedError, match=r"IKE group 2: IOS 17\.12 refuses weak"):
            site.push()
        assert site.untouched


def test_a_device_whose_shield_is_off_is_given_what_azure_insists_on() -> None:
    weak = intents.custom(
        (Encryption.AES256, Integrity.SHA256, DhGroup.MODP1024),
        (Encryption.AES256GCM, Integrity.NONE, None),
    )
    new = ios_device().startup.replace("version 17.9", "version 17.12")
    off = new.replace("\nhostname ", "\ncrypto engine compliance shield disable\nhostname ", 1)
    with router(expected=intents.expectation(policy=weak), startup=off) as site:
        with pytest.raises(RefusedError, match="would use IKE group 2: Azure takes better ones"):
            site.push(Options(wait_seconds=0))
        assert site.untouched
        opened = Options(wait_seconds=0, allow=frozenset({"weak-crypto"}))
        assert site.push(opened).outcome is Outcome.PUSHED
        assert " group 2\n" in site.device.startup
    told = replace(site.job.intent.environment, version="17.12.1")
    observed = site.job.driver.parse(off)
    made = plan(replace(site.job.intent, environment=told), observed, site.job.driver)
    assert "group 2" in made.change.text, "what the device says of itself counts"


def test_the_journal_tells_it_all_but_the_key(state: Path) -> None:
    with router() as site:
        site.push()
        (entry,) = journal.history("site-a")
        assert (entry.state, entry.hostname, entry.driver) == ("pushed", "site-a-rtr", "cisco_ios")
        kept = texts(entry.id)
        assert set(kept) == {"before", "after", "change", "rollback", "keys", "address"}
        assert "interface Tunnel100" in kept["after"]
        assert "interface Tunnel100" not in kept["before"]
        for path in state.rglob("*"):
            assert path.stat().st_mode & 0o077 == 0
            assert not path.is_file() or KEY.encode() not in path.read_bytes()
        assert KEY not in "".join(site.told)


def test_an_unwritable_journal_stops_before_the_first_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    blocked = tmp_path / "state"
    with router() as site:
        monkeypatch.setenv("XDG_STATE_HOME", str(blocked))
        (blocked / "appliance" / "journal.db").mkdir(parents=True)
        with pytest.raises(RefusedError, match="the journal cannot be written"):
            site.push()
        assert site.untouched


def _ask(site: Router, command: str) -> str:
    return Cli(site.device, privilege=15).execute(command)


def _without_archive() -> str:
    rows = ios_device().startup.splitlines()
    start = rows.index("archive")
    return "\n".join([*rows[:start], *rows[start + 3 :]]) + "\n"


def test_options_default_to_the_safe_side() -> None:
    assert Options() == Options(
        minutes=5, wait_seconds=90.0, inverse=False, allow=frozenset(), dry_run=False
    )


def test_the_journal_of_an_interrupted_push_has_an_end() -> None:
    with router() as site:
        with pytest.raises(KeyboardInterrupt):
            push(site.job, site.connect, QUICK, _Impatient())
        assert site.untouched
    (entry,) = journal.history("site-a")
    assert (entry.state, entry.why) == ("rolled back", "KeyboardInterrupt")


class _Impatient(Watcher):
    """A person who presses Ctrl-C at the third line."""

    def __init__(self) -> None:
        self.lines = 0

    def sent(self, step: Step) -> None:  # noqa: ARG002 -- an interface
        self.lines += 1
        if self.lines == 3:
            raise KeyboardInterrupt
