"""What else may have happened before somebody recovers: timers, people, other keys, other boxes."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import cast

import pytest

from appliance import journal
from appliance.cli import main
from appliance.lab.asa import AsaDevice
from appliance.lab.ios import Device
from appliance.lab.meddle import meddle
from appliance.model.change import Change
from appliance.model.secret import Secret
from appliance.plan import plan
from appliance.push.kept import Kept
from appliance.record import replace
from tests.push.dying import Moment, push
from tests.push.stage import KEY, SITES, Stage, stage

ANOTHER = "Another-0815-key"


def _dies_when_all_is_sent(site: Stage, folder: Path, *words: str) -> journal.Entry:
    made = plan(site.job.intent, site.driver.parse(site.read()), site.driver)
    moment = Moment(2 + len(made.change.steps) + 1, written=True)  # arm, armed, each step, sent
    log = folder / "push.log"
    assert push([*site.words, "--yes", "--no-wait", *words], moment, log), log.read_text("utf-8")
    (entry, *_) = journal.history(site.site)
    assert entry.state == "sent"
    return entry


def _state(entry: journal.Entry) -> str:
    return journal.entry(entry.id).state


def test_a_push_names_the_one_that_died_and_the_way_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with stage("cisco_ios", tmp_path) as site:
        entry = _dies_when_all_is_sent(site, tmp_path)
        held = site.read()
        assert main(["push", *site.words, "--yes"]) == 4
        told = capsys.readouterr().err
        assert f"push {entry.id} to this device, begun " in told
        assert "was never finished: it was sent" in told
        assert "`appliance recover site-a`" in told
        assert site.driver.differing(held, site.read()) == ()
        assert main(["recover"]) == 64
        assert f"unfinished: site-a (push {entry.id}, sent)" in capsys.readouterr().err
        assert main(["recover", "--all", "-i", str(site.inventory)]) == 0
        assert site.old
        assert main(["recover", "--all", "-i", str(site.inventory)]) == 0
        assert "nothing is unfinished" in capsys.readouterr().out
        assert main(["push", *site.words, "--yes"]) == 0


WAITING = {
    "cisco_ios": ("Timer value: 5 min", "netops", True),
    "cisco_asa": ("the applet appliance-revert", None, True),
    "juniper_junos": ("commit confirmed, rollback in 5mins", "netops", True),
    "rras": ("the scheduled task \\appliance\\put-back", None, False),
    "strongswan": ("the guard in /var/lib/appliance/guard", None, False),
}


@pytest.mark.parametrize("driver", WAITING)
def test_what_waits_is_told_as_far_as_the_device_does(driver: str, tmp_path: Path) -> None:
    words, who, timed = WAITING[driver]
    with stage(driver, tmp_path) as site:
        if driver == "cisco_asa":  # an applet takes no way back with sections: that of `enable`
            assert main(["push", *site.words, "--yes", "--no-wait"]) == 0
            cast(AsaDevice, site.box).configure("no crypto ikev2 enable outside")
        assert not site.waits()
        entry = _dies_when_all_is_sent(site, tmp_path)
        with site.connect() as session:
            waits = site.driver.pending(session)
            assert waits is not None
            assert words in waits.words
            assert waits.who == who
            assert (waits.seconds is not None) == timed
            assert waits.seconds is None or 200 < waits.seconds <= 300
            site.driver.settle(session, Kept(entry.id, site.driver).inverse)
            assert site.driver.pending(session) is None
            site.driver.settle(session, Change())
            site.driver.keep(session)
        assert not site.waits()
        assert Kept(entry.id, site.driver).changed(site.read()) == ()


def test_the_devices_own_timer_came_first(tmp_path: Path) -> None:
    with stage("cisco_ios", tmp_path) as site:
        entry = _dies_when_all_is_sent(site, tmp_path)
        assert site.waits()
        cast(Device, site.box).advance(301)
        assert not site.waits()
        assert main(["recover", *site.words]) == 0
        assert (_state(entry), site.old) == ("rolled back", True)


def test_somebody_elses_timer_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with stage("cisco_ios", tmp_path) as site:
        entry = _dies_when_all_is_sent(site, tmp_path)
        cast(Device, site.box).advance(301)
        with site.connect() as other:
            other.configure((), enter="configure terminal revert timer 30")
        assert main(["recover", *site.words]) == 4
        assert "was armed after push" in capsys.readouterr().err
        assert site.waits()
        assert _state(entry) == "sent"


def test_a_device_that_does_not_answer_is_nobodys_guess(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with stage("cisco_ios", tmp_path) as site:
        entry = _dies_when_all_is_sent(site, tmp_path)
        words = site.words
    assert main(["recover", *words]) == 6
    told = capsys.readouterr().err
    assert f"push {entry.id} was sent when it died, and the device cannot be asked" in told
    assert "run `appliance recover site-a` again when it answers" in told
    assert _state(entry) == "sent"


@pytest.mark.parametrize("driver", ["cisco_ios", "cisco_asa", "rras"])
def test_without_a_timer_the_recorded_inverse_is_sent(driver: str, tmp_path: Path) -> None:
    with stage(driver, tmp_path) as site:
        entry = _dies_when_all_is_sent(site, tmp_path, "--protection", "inverse")
        assert not site.waits()
        assert main(["recover", *site.words]) == 0
        assert (_state(entry), site.old) == ("rolled back", True)


@pytest.mark.parametrize("driver", ["cisco_ios", "juniper_junos", "strongswan"])
def test_a_former_key_comes_back_from_the_device_itself(driver: str, tmp_path: Path) -> None:
    with stage(driver, tmp_path) as site:
        assert main(["push", *site.words, "--yes", "--no-wait"]) == 0
        former = site.driver.parse(site.read()).tunnels
        with site.key(ANOTHER):
            entry = _dies_when_all_is_sent(site, tmp_path)
            assert site.driver.parse(site.read()).tunnels != former
            assert main(["recover", *site.words]) == 0
        assert _state(entry) == "rolled back"
        assert site.driver.parse(site.read()).tunnels == former
        assert not site.waits()


def test_a_former_key_that_nobody_has_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with stage("cisco_ios", tmp_path) as site:
        assert main(["push", *site.words, "--yes", "--no-wait"]) == 0
        former = site.driver.parse(site.read()).tunnels
        with site.key(ANOTHER):
            entry = _dies_when_all_is_sent(site, tmp_path, "--protection", "inverse")
            assert main(["recover", *site.words]) == 6
            told = capsys.readouterr().err
            assert "the way back needs a key that is kept nowhere: `pre-shared-key" in told
            assert "differs: the key of Tunnel100" in told
            assert f"--show {entry.id} rollback" in told
            assert _state(entry) == "unknown"
            lines = journal.texts(entry.id)["rollback"].replace("<pre-shared-key>", KEY)
            typed = [line for line in lines.splitlines() if not line.strip().startswith("do ")]
            cast(Device, site.box).configure(*typed)
            assert main(["recover", *site.words]) == 0
        assert _state(entry) == "rolled back"
        assert site.driver.parse(site.read()).tunnels == former


@pytest.mark.parametrize("driver", SITES)
def test_a_repair_that_dies_leaves_what_it_found(driver: str, tmp_path: Path) -> None:
    with stage(driver, tmp_path) as site:
        assert main(["push", *site.words, "--yes", "--no-wait"]) == 0
        meddle(driver, site.box, str(site.job.intent.tunnels[0].remote.addresses[0]))
        found = site.read()
        entry = _dies_when_all_is_sent(site, tmp_path)
        assert main(["recover", *site.words]) == 0
        assert _state(entry) == "rolled back"
        assert site.driver.differing(found, site.read()) == ()
        assert site.driver.parse(site.read()).tunnels == site.driver.parse(found).tunnels
        assert not site.waits()


def test_a_guard_whose_timer_is_gone_still_takes_the_change_back(tmp_path: Path) -> None:
    """As after a reboot: files stay, timers do not."""
    with stage("strongswan", tmp_path) as site:
        entry = _dies_when_all_is_sent(site, tmp_path)
        with site.connect() as session:
            session.run("kill -- -$(cat /var/lib/appliance/guard/pid)")
        assert main(["recover", *site.words]) == 0
        assert (_state(entry), site.old) == ("rolled back", True)


GROUPS = ("tunnel-group 198.51.100.7", "group-policy appliance-site-b")


@pytest.mark.parametrize("lines", [GROUPS, GROUPS[:1]], ids=["both", "group policy left over"])
def test_where_there_was_no_key_none_is_missed(tmp_path: Path, lines: tuple[str, ...]) -> None:
    with stage("cisco_asa", tmp_path) as site:
        assert main(["push", *site.words, "--yes", "--no-wait"]) == 0
        cast(AsaDevice, site.box).configure(*(f"clear configure {line}" for line in lines))
        found = site.read()
        entry = _dies_when_all_is_sent(site, tmp_path)
        assert main(["recover", *site.words]) == 0
        assert _state(entry) == "rolled back"
        assert site.driver.differing(found, site.read()) == ()


def test_whether_a_key_that_is_never_shown_is_back_is_not_claimed(tmp_path: Path) -> None:
    with stage("cisco_asa", tmp_path) as site:
        assert main(["push", *site.words, "--yes", "--no-wait"]) == 0
        (entry,) = journal.history(site.site)
        held = site.driver.parse(site.read()).tunnels
        ours = tuple(replace(one, psk=Secret(ANOTHER)) for one in held if one.name[-2:] == "20")
        journal.resume(entry.id).keys(before=held, target=ours)
        assert Kept(entry.id, site.driver).unreadable(site.read()) == ("outside_map 20",)
        journal.resume(entry.id).keys(before=held, target=held)
        assert Kept(entry.id, site.driver).unreadable(site.read()) == (), "it was not touched"


def test_another_box_at_that_address_is_not_touched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with stage("cisco_ios", tmp_path) as site:
        entry = _dies_when_all_is_sent(site, tmp_path)
        held = site.read()
        box = cast(Device, site.box)
        other = dataclasses.replace(box.settings, serial="FTX0000OTHR")
        monkeypatch.setattr(box, "settings", other)
        assert main(["recover", *site.words]) == 4
        assert "was to a device with serial number" in capsys.readouterr().err
        assert site.driver.differing(held, site.read()) == ()
        assert _state(entry) == "sent"
