"""A plan file is pushed as it was approved or not at all, and says what has moved."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance import cli, planfile
from appliance.driver import Facts
from appliance.errors import RefusedError
from appliance.model.algorithms import DhGroup, Encryption, Integrity
from appliance.model.change import KEY_MARK, Step
from appliance.planfile import Seen, parts
from tests.planfile.plans import FACTS, NOW, file, host_key, job_of, running, seen, written
from tests.push.stage import KEY, SITES, Stage, stage
from tests.vendors import intents

SITE = intents.site("cisco_ios")
OTHER_KEY = host_key(b"b")


def _main(site: Stage, verb: str, *words: str) -> int:
    return cli.main([verb, *words, "-i", str(site.inventory)])


def _device(text: str, member: str) -> str:
    """The inventory with one more member of the device."""
    return re.sub(r"^( +)driver: .*$", rf"\g<0>\n\1{member}", text, count=1, flags=re.MULTILINE)


@pytest.mark.parametrize("driver", SITES)
def test_a_plan_is_pushed_once(
    driver: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "one.plan"
    with stage(driver, tmp_path) as site:
        assert _main(site, "plan", site.site, "--out", str(path)) == 2
        assert _main(site, "push", "--plan", str(path), "--yes") == 0
        assert site.new
        assert _main(site, "push", "--plan", str(path), "--yes") == 4
        told = capsys.readouterr().err
        assert "the plan file does not hold any more:\n  what the device holds: " in told
        assert "is new" in told
    text = path.read_text(encoding="utf-8")
    assert path.stat().st_mode & 0o777 == 0o600
    assert KEY not in text
    assert KEY.encode().hex() not in text
    assert KEY_MARK in text or driver == "rras"


def test_the_device_is_asked_again_and_a_change_by_others_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "one.plan"
    with stage("cisco_ios", tmp_path) as site:
        assert _main(site, "plan", site.site, "--out", str(path)) == 2
        with site.connect() as session:
            lines = ("interface Tunnel50", " tunnel destination 192.0.2.99")
            session.configure(tuple(Step(text=line) for line in lines))
        held = site.read()
        assert _main(site, "push", "--plan", str(path), "--yes") == 4
        assert site.read() == held
    assert "what the device holds: tunnel Tunnel50 is another" in capsys.readouterr().err


def test_a_comment_in_the_inventory_does_not_matter_and_a_setting_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "one.plan"
    with stage("cisco_ios", tmp_path) as site:
        assert _main(site, "plan", site.site, "--out", str(path)) == 2
        text = site.inventory.read_text(encoding="utf-8")
        site.inventory.write_text(f"# looked at by the night shift\n{text}", encoding="utf-8")
        assert _main(site, "push", "--plan", str(path), "--dry-run") == 2
        site.inventory.write_text(_device(text, "tunnel: {mss: 1300}"), encoding="utf-8")
        assert _main(site, "push", "--plan", str(path), "--yes") == 4
    assert "site-a-1 interface is another" in capsys.readouterr().err


def test_in_sync_there_is_nothing_to_write(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "one.plan"
    with stage("rras", tmp_path) as site:
        assert _main(site, "push", site.site, "--yes", "--no-wait") == 0
        assert _main(site, "plan", site.site, "--out", str(path)) == 0
    assert not path.exists()
    assert "no plan file was written" in capsys.readouterr().err


def _hold(then: Seen, now: Seen, at: float = NOW) -> None:
    planfile.hold(file(then), now, at)


def test_what_has_not_moved_holds() -> None:
    _hold(seen(), seen())


DEVICE: dict[str, tuple[Callable[[str], str], str]] = {
    "another tunnel": (
        lambda text: text.replace("tunnel destination 192.0.2.50", "tunnel destination 192.0.2.51"),
        "tunnel Tunnel50 is another",
    ),
    "an object that is used": (
        lambda text: text.replace(
            "crypto ipsec transform-set PARTNER", "crypto ipsec transform-set P"
        ),
        "crypto ipsec transform-set P is new",
    ),
    "an address": (
        lambda text: text.replace("ip address 10.10.0.1 ", "ip address 10.10.0.2 "),
        "address of GigabitEthernet2 is another",
    ),
    "the name": (
        lambda text: text.replace("hostname site-a-rtr", "hostname site-b-rtr"),
        "hostname",
    ),
}


@pytest.mark.parametrize("case", DEVICE)
def test_what_others_changed_on_the_device_is_named(case: str) -> None:
    change, words = DEVICE[case]
    changed = change(running())
    assert changed != running()
    with pytest.raises(RefusedError, match=words):
        _hold(seen(), seen(changed))


UNRELATED: dict[str, Callable[[str], str]] = {
    "a clock": lambda text: text.replace("\nend", "\nntp server 192.0.2.1\nend"),
    "a description": lambda text: text.replace("description inside", "description the LAN"),
    "a comment": lambda text: f"! seen by the night shift\n{text}",
    "a route elsewhere": lambda text: text.replace(
        "\nend", "\nip route 192.0.2.128 255.255.255.128 Null0\nend"
    ),
}


@pytest.mark.parametrize("case", UNRELATED)
def test_what_is_none_of_the_plans_business_does_not_matter(case: str) -> None:
    changed = UNRELATED[case](running())
    assert changed != running()
    _hold(seen(), seen(changed))


ASKED: dict[str, tuple[Callable[[], Seen], str]] = {
    "a prefix": (
        lambda: seen(job_=job_of(replace(SITE, on_premises=replace(SITE.on_premises, nat=True)))),
        "site-a-1 local is another",
    ),
    "Azure's networks": (
        lambda: seen(job_=job_of(SITE, vnet_prefixes=(IPv4Network("10.99.0.0/16"),))),
        "site-a-1 routes is another",
    ),
    "Azure's policy": (
        lambda: seen(
            job_=job_of(
                SITE,
                policy=intents.custom(
                    (Encryption.AES256, Integrity.SHA384, DhGroup.ECP384),
                    (Encryption.AES256GCM, Integrity.NONE, DhGroup.ECP384),
                ),
            )
        ),
        "Azure's policy is another",
    ),
    "the key": (
        lambda: seen(job_=job_of(SITE, key="Another-key-4712")),
        "the key of Tunnel100 to be set is another",
    ),
    "the address": (
        lambda: seen(job_=job_of(replace(SITE, device=replace(SITE.device, host="192.0.2.9")))),
        "the device's address was 127.0.0.1, and is 192.0.2.9",
    ),
    "the site": (lambda: seen(job_=job_of(replace(SITE, name="site-z"))), "the site was site-a"),
}


@pytest.mark.parametrize("case", ASKED)
def test_what_is_asked_for_now_is_named(case: str) -> None:
    make, words = ASKED[case]
    with pytest.raises(RefusedError, match=words):
        _hold(seen(), make())


def test_the_key_on_the_device_is_compared_by_its_fingerprint() -> None:
    changed = running().replace("PARTNER-PSK", "x").replace(" key ", " key ", 1)
    keyed = [row for row in running().splitlines() if "pre-shared-key address" in row]
    (row,) = keyed
    changed = running().replace(row, f"{row.rpartition(' ')[0]} Other-partner-key")
    with pytest.raises(RefusedError, match="the key of Tunnel50 on the device is another") as told:
        _hold(seen(), seen(changed))
    assert "Other-partner-key" not in str(told.value)


BOXES: dict[str, tuple[Seen, str]] = {
    "serial": (
        replace(seen(), facts=replace(FACTS, serial="9OTHER")),
        "the device's serial number was 9LABSITE0A1, and is 9OTHER",
    ),
    "no serial": (
        replace(seen(), facts=replace(FACTS, serial=None)),
        "the device's serial number was 9LABSITE0A1, and is not known",
    ),
    "release": (replace(seen(), facts=replace(FACTS, version="17.12.1")), "the device's release"),
    "host key": (replace(seen(), host_key=OTHER_KEY), "the device's host key was SHA256:"),
}


@pytest.mark.parametrize("case", BOXES)
def test_another_device_is_named(case: str) -> None:
    now, words = BOXES[case]
    with pytest.raises(RefusedError, match=words):
        _hold(seen(), now)


def test_a_reboot_does_not_matter() -> None:
    _hold(seen(), replace(seen(), facts=replace(FACTS, uptime_seconds=1)))


def test_a_device_without_a_serial_number_is_known_by_its_host_key() -> None:
    unnumbered = Facts(hostname="site-a-rtr")
    _hold(seen(facts=unnumbered), seen(facts=unnumbered))
    with pytest.raises(RefusedError, match="host key"):
        _hold(seen(facts=unnumbered), replace(seen(facts=unnumbered), host_key=OTHER_KEY))


def test_time_is_kept() -> None:
    _hold(seen(), seen(), NOW + 86_400)
    with pytest.raises(RefusedError, match=r"it was good until 20\d\d-.* UTC, and that is over"):
        _hold(seen(), seen(), NOW + 86_401)
    _hold(seen(), seen(), NOW - 299)
    with pytest.raises(RefusedError, match="yet to come: is the clock right"):
        _hold(seen(), seen(), NOW - 301)


def test_keys_of_another_machine_are_not_taken_for_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = file()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with pytest.raises(RefusedError, match="made on another machine, or by another user"):
        planfile.hold(made, seen(), NOW)


EDITS: dict[str, tuple[Callable[[dict[str, list[dict[str, str]]]], object], str]] = {
    "a command": (
        lambda doc: doc["change"][3].update(command=" group 2"),
        "the commands: number 4 was ` *group 2`, and would be `group 14`",
    ),
    "one more": (
        lambda doc: doc["change"].append({"command": "no ip routing", "why": ""}),
        "the commands: number 38 was `no ip routing`, and would be `.none.`",
    ),
    "one less": (lambda doc: doc["change"].pop(), "and would be `ip route"),
    "the way back": (lambda doc: doc["rollback"].clear(), "the way back: number 1 was `.none.`"),
    "why": (lambda doc: doc["change"][0].update(why="harmless"), "the commands: number 1"),
}


@pytest.mark.parametrize("case", EDITS)
def test_what_was_edited_in_the_file_is_not_what_would_be_done(case: str, tmp_path: Path) -> None:
    edit, words = EDITS[case]
    path = written(tmp_path)
    document = json.loads(path.read_text(encoding="utf-8"))
    edit(document)
    path.write_text(json.dumps(document), encoding="utf-8")
    edited, _ = planfile.read(str(path))
    with pytest.raises(RefusedError, match=words.replace(" *", " ?")):
        planfile.hold(edited, seen(), NOW)


def test_a_file_reads_as_it_was_written(tmp_path: Path) -> None:
    made = replace(file(seen(), "weak-crypto"), rehearsal={"verdict": "passed", "rungs": [1, 2]})
    read, data = planfile.read(str(written(tmp_path, made)))
    assert read == made
    assert data == (tmp_path / "site-a.plan").read_bytes()


def test_nothing_is_written_over_what_somebody_may_have_approved(tmp_path: Path) -> None:
    path = written(tmp_path)
    before = path.read_bytes()
    with pytest.raises(RefusedError, match="is there already"):
        planfile.write(file(), str(path))
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RefusedError, match="is there already"):
        planfile.write(file(), str(link))
    assert path.read_bytes() == before
    assert not (tmp_path / "elsewhere").exists()


def test_the_gates_of_the_file_are_those_that_are_open(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "one.plan"
    with stage("cisco_ios", tmp_path) as site:
        text = site.inventory.read_text(encoding="utf-8")
        guarded = _device(text, "management: {prefixes: [10.20.7.0/24]}")
        site.inventory.write_text(guarded, encoding="utf-8")
        words = ["plan", site.site, "--out", str(path)]
        assert _main(site, *words) == 4
        told = capsys.readouterr()
        assert "gates: a push stops at 1" in told.out
        assert "10.20.7.0/24 is where this device is managed from" in told.err
        assert not path.exists()
        assert _main(site, *words, "--allow", "management-path", "--allow", "stale-azure") == 2
        assert json.loads(path.read_text(encoding="utf-8"))["gates"] == ["management-path"]
        assert _main(site, "push", "--plan", str(path), "--allow", "stale-azure") == 64
        assert _main(site, "push", "--plan", str(path), "--yes", "--no-wait") == 0


def test_a_plan_file_is_for_its_site(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path)
    assert cli.main(["push", "site-b", "--plan", str(path)]) == 64
    assert cli.main(["push", "site-a", "--plan", str(path), "--serial", "2"]) == 64
    assert cli.main(["push", "site-a", "--signers", "x"]) == 64
    assert cli.main(["plan", "site-a", "--sign", "x"]) == 64
    assert cli.main(["plan", "site-a", "--out", "x", "--running", "y"]) == 64
    assert cli.main(["plan", "site-a", "--out", "x", "--valid-hours", "0"]) == 64
    assert "is a plan for site-a" in capsys.readouterr().err


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_any_field_of_a_tunnel_that_is_asked_for_is_a_part(data: st.DataObject) -> None:
    one = intents.OUTSIDE
    made = job_of(SITE).intent
    (tunnel,) = made.tunnels
    name = data.draw(
        st.sampled_from([n for n in tunnel.__slots__ if n not in {"name", "psk", "sources"}])
    )
    other = replace(tunnel, **{name: data.draw(st.sampled_from((one, "x", 7, ("a", "b"))))})  # type: ignore[arg-type]  # fields by name
    changed = parts.of_intent(replace(made, tunnels=(other,)))
    then = parts.of_intent(made)
    assert [part for part in then if then[part] != changed[part]] == [f"site-a-1 {name}"]


@given(st.lists(st.text(max_size=6), max_size=4), st.lists(st.text(max_size=6), max_size=4))
@settings(deadline=None)
def test_texts_that_differ_have_different_digests(one: list[str], two: list[str]) -> None:
    assert (parts.canonical(tuple(one)) == parts.canonical(tuple(two))) is (one == two)
    assert (parts.canonical(dict.fromkeys(one, 1)) == parts.canonical(dict.fromkeys(two, 1))) is (
        set(one) == set(two)
    )
