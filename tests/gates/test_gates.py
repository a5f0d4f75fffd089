"""Each gate closes where it should, is opened by its name alone, and stays open otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest
import yaml

from appliance import cli, gates
from appliance.azure.defaults import ROUTE_BASED
from appliance.checks import CHECKS
from appliance.driver import Facts
from appliance.errors import RefusedError
from appliance.gates import Before, Question
from appliance.inventory.model import Acceptance, Site
from appliance.job import Job
from appliance.lab.faults import refuse
from appliance.lab.ios import Cli
from appliance.lab.junos.device import SrxDevice
from appliance.lab.meddle import meddle
from appliance.lab.rras.server import Server
from appliance.model.algorithms import DhGroup, Encryption, Integrity
from appliance.model.change import Change, Step
from appliance.model.intent import Dials, Observed
from appliance.model.pairing import LABEL
from appliance.plan import plan
from appliance.push import Options, Outcome
from tests.planfile.plans import HOST_KEY, host_key, job_of, running
from tests.push.stage import SITES, Stage, stage
from tests.routers import QUICK, router
from tests.vendors import intents

SITE = intents.site("cisco_ios")
FACTS = Facts(hostname="site-a-rtr", serial="9LABSITE0A1")
BEFORE = Before(serial="9LABSITE0A1", host_key=HOST_KEY, when="2026-11-02")
WEAK = intents.custom(
    (Encryption.TRIPLE_DES, Integrity.MD5, DhGroup.MODP1024),
    (Encryption.TRIPLE_DES, Integrity.SHA1, None),
)


def _asked(job: Job | None = None, text: str = "", **members: object) -> Question:
    made = job or job_of(SITE)
    observed = made.driver.parse(text or running())
    asked = Question(
        job=made,
        plan=plan(made.intent, observed, made.driver),
        facts=FACTS,
        host_key=HOST_KEY,
        before=BEFORE,
    )
    return replace(asked, **members)  # type: ignore[arg-type]  # fields by name


def _closed(asked: Question) -> set[str]:
    return {name for name, _ in gates.closed(asked)}


def _step(*names: str, touches: Iterable[str] = ()) -> Change:
    return Change(steps=(Step(text="x", why="y", bounces=names, touches=tuple(touches)),))


def _with(asked: Question, change: Change) -> Question:
    return replace(asked, plan=replace(asked.plan, change=change))


def test_nothing_speaks_against_a_usual_push() -> None:
    assert list(gates.closed(_asked())) == []


def test_names_are_each_once_and_words_stand_in_the_document() -> None:
    assert len(set(gates.NAMES)) == len(gates.NAMES) == 10
    assert {"AZ-ALG-001", "AZ-ALG-003"} <= {check.id for check in CHECKS}
    text = Path("docs/errors.md").read_text(encoding="utf-8")
    for gate in gates.GATES:
        assert f"| `{gate.name}` | {gate.words} |" in text


def test_help_names_every_gate(capsys: pytest.CaptureFixture[str]) -> None:
    for verb in ("push", "plan"):
        with pytest.raises(SystemExit):
            cli.main([verb, "--help"])
        assert "--allow GATE" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        cli.main(["push", "--help"])
    told = "".join(capsys.readouterr().out.split())
    assert all(name in told for name in gates.NAMES)


# --- tunnels of others


def test_a_tunnel_of_others_that_bounces_closes() -> None:
    assert _closed(_with(_asked(), _step("Tunnel100"))) == set()
    asked = _with(_asked(), _step("Tunnel100", "Tunnel50"))
    assert list(gates.closed(asked)) == [
        (
            "other-tunnel-bounces",
            "tunnel Tunnel50 is not this site's, and would go down and negotiate again",
        )
    ]
    gates.check(asked, {"other-tunnel-bounces"})
    with pytest.raises(RefusedError, match="add --allow other-tunnel-bounces"):
        gates.check(asked, {"shared-object", "management-path"})


def test_a_shared_object_closes() -> None:
    assert _closed(_with(_asked(), _step(touches=["Tunnel100"]))) == set()
    (reason,) = gates.closed(_with(_asked(), _step(touches=["Tunnel50"])))
    assert reason == (
        "shared-object",
        "`x` changes what Tunnel50 uses too (y), which is not this site's",
    )


def test_a_tunnel_of_others_that_is_left_out_or_rewritten_closes() -> None:
    asked = _asked()
    ours = tuple(one for one in asked.plan.target if one.name != "Tunnel50")
    assert _closed(replace(asked, plan=replace(asked.plan, target=ours))) == {"shared-object"}
    (partner,) = (one for one in asked.plan.target if one.name == "Tunnel50")
    other = replace(partner, enabled=False)
    changed = replace(asked, plan=replace(asked.plan, target=(*ours, other)))
    assert _closed(changed) == {"shared-object"}


def test_a_profile_that_a_persons_tunnel_uses_too_is_not_edited_on_a_real_push() -> None:
    """The partner's tunnel was given our profile by hand; now ours is to get another PFS group."""
    with router() as site:
        assert site.push().outcome is Outcome.PUSHED
        cli_ = Cli(site.device, privilege=15)
        cli_.execute("configure terminal")
        cli_.execute("interface Tunnel50")
        cli_.execute("tunnel protection ipsec profile appliance-site-a-1")
        cli_.execute("crypto ipsec profile appliance-site-a-1")
        cli_.execute("no set pfs")
        cli_.execute("end")
        held = site.device.running()
        with pytest.raises(RefusedError, match=r"Tunnel50 .*\n.*--allow other-tunnel-bounces"):
            site.push()
        half = replace(QUICK, allow=frozenset({"other-tunnel-bounces"}))
        with pytest.raises(
            RefusedError, match=r"changes what Tunnel50 uses too .*\n.*shared-object"
        ):
            site.push(half)
        assert site.device.running() == held


def test_a_policy_that_a_persons_vpn_uses_too_bounces_both(tmp_path: Path) -> None:
    """A push gives the site a policy of its own; whoever edits the shared one is told of both."""
    with stage("juniper_junos", tmp_path) as site:
        assert _push(site) == 0
        assert isinstance(site.box, SrxDevice)
        site.box.configure(
            "set security ipsec vpn PARTNER ike ipsec-policy site-c-1",
            "delete security ipsec policy site-c-1 perfect-forward-secrecy",
        )
        now = site.driver.parse(site.read()).tunnels
        wanted = tuple(
            replace(one, esp=replace(one.esp, pfs_group=DhGroup.MODP2048))
            if one.name == "site-c-1"
            else one
            for one in now
        )
        change = site.driver.change(now, wanted)
        assert [step.text for step in change.steps] == [
            "set security ipsec policy site-c-1 perfect-forward-secrecy keys group14"
        ]
        assert set(change.bounces) == {"site-c-1", "PARTNER"}
        asked = Question(
            job=site.job, plan=plan(site.job.intent, Observed(driver="x"), site.driver)
        )
        shared = replace(asked.plan, running=now, target=wanted, change=change)
        assert _closed(replace(asked, plan=shared)) >= {"other-tunnel-bounces", "shared-object"}
        placed = plan(site.job.intent, site.driver.parse(site.read()), site.driver)
        assert placed.change.bounces == ("site-c-1",)


# --- two sites


def _labelled(label: str) -> str:
    made = job_of(SITE)
    observed = made.driver.parse(running())
    lines = "".join(
        f"{one.text}\n" if one.secret is None else f"{one.reveal()}\n"
        for one in plan(made.intent, observed, made.driver).change.steps
    )
    text = running().replace("\nend", f"\n{lines}end")
    return text.replace("appliance: site-a-1", f"appliance: {label}")


def test_a_tunnel_that_another_site_has_made_is_not_taken_over() -> None:
    asked = _asked(text=_labelled("site-b-1"))
    (theirs,) = (one for one in asked.plan.running if LABEL in one.objects)
    assert theirs.objects[LABEL] == "site-b-1"
    told = [reason for name, reason in gates.closed(asked) if name == "two-sites"]
    words = "labelled site-b-1, another site's, and would become this site's site-a-1"
    assert words in told[0]


def test_networks_that_another_site_draws_already_close() -> None:
    other = _labelled("site-b-1").replace("destination 198.51.100.7", "destination 198.51.100.99")
    other = other.replace("remote address 198.51.100.7", "remote address 198.51.100.99")
    asked = _asked(text=other)
    told = [reason for name, reason in gates.closed(asked) if name == "two-sites"]
    assert any("both would take traffic for 10.20.0.0/16" in reason for reason in told)


def test_a_site_knows_its_own_labels() -> None:
    assert "two-sites" not in _closed(_asked(text=_labelled("site-a-1")))
    assert "two-sites" not in _closed(_asked(text=_labelled("site-a-7")))


@pytest.mark.parametrize("driver", sorted(set(SITES) - {"rras"}))
def test_one_device_under_two_names_is_noticed_on_the_device(
    driver: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """RRAS has no place for a label."""
    with stage(driver, tmp_path) as site:
        assert _push(site) == 0
        renamed = tmp_path / "renamed.yaml"
        given = yaml.safe_load(site.inventory.read_text(encoding="utf-8"))
        (other,) = given["sites"].values()
        given["sites"] = {"other": other}
        renamed.write_text(yaml.safe_dump(given), encoding="utf-8")
        _trust(site, "other")
        peer = site.job.intent.tunnels[0].remote.addresses[0]
        assert meddle(driver, site.box, str(peer)), "so that there is something to change"
        held = site.read()
        code = cli.main(["push", "other", "-i", str(renamed), "--yes", "--no-wait"])
        told = capsys.readouterr().err
        assert (code, "another site's" in told) == (4, True), told
        assert site.read() == held


def _push(site: Stage, *words: str) -> int:
    return cli.main(["push", *site.words, "--yes", "--no-wait", *words])


def _trust(site: Stage, name: str) -> None:
    from appliance.session import hostkeys  # noqa: PLC0415 -- used here alone

    device = site.job.site.device
    pinned = hostkeys.lookup(site.site, device.host or "", site.job.port)
    hostkeys.pin(name, device.host or "", site.job.port, pinned or "")


# --- the device


def test_another_serial_number_closes_and_none_does_not() -> None:
    other = replace(FACTS, serial="9OTHER0001")
    (reason,) = gates.closed(_asked(facts=other))
    assert reason == (
        "device-changed",
        "the device has serial number 9OTHER0001, and the one of the last push (2026-11-02) had "
        "9LABSITE0A1: it was replaced, or the address leads elsewhere",
    )
    for serial in (None, "", "0", "00000000", "N/A", "unknown", "None"):
        assert _closed(_asked(facts=replace(FACTS, serial=serial))) == set(), serial
        before = replace(BEFORE, serial=serial)
        assert _closed(_asked(before=before)) == set(), serial


def test_another_host_key_closes() -> None:
    (reason,) = gates.closed(_asked(host_key=host_key(b"z")))
    assert reason[0] == "device-changed"
    assert "another host key was pinned since the last push (2026-11-02)" in reason[1]


def test_a_site_never_pushed_to_has_nothing_to_compare() -> None:
    assert _closed(_asked(before=None, facts=replace(FACTS, serial="9OTHER0001"))) == set()
    assert _closed(_asked(facts=None)) == set()


def test_a_replaced_router_is_noticed_and_allowed_once() -> None:
    with router() as site:
        assert site.push().outcome is Outcome.PUSHED
        site.device.configure("crypto ipsec profile appliance-site-a-1", "no set pfs")
        site.device.settings.serial = "9REPLACED01"
        with pytest.raises(RefusedError, match="serial number 9REPLACED01, and the one of the la"):
            site.push()
        opened = replace(QUICK, allow=frozenset({"device-changed"}))
        assert site.push(opened).outcome is Outcome.PUSHED
        site.device.configure("crypto ipsec profile appliance-site-a-1", "no set pfs")
        assert site.push().outcome is Outcome.PUSHED, "it is the known one now"


def test_no_room_closes() -> None:
    (reason,) = gates.closed(_asked(cramped="/var has 0B free"))
    assert reason == ("no-room", "/var has 0B free")


def test_a_full_firewall_is_not_pushed_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with stage("juniper_junos", tmp_path) as site:
        assert isinstance(site.box, SrxDevice)
        site.box.settings.free = "12K"
        held = site.read()
        assert _push(site) == 4
        assert "/config has 12K free, too little for a commit" in capsys.readouterr().err
        assert site.read() == held
        assert _push(site, "--allow", "no-room") == 0


def test_a_full_flash_is_not_pushed_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    full = refuse("8571076608 bytes total (1024 bytes free)", "^dir")
    with stage("cisco_asa", tmp_path, faults=[full]) as site:
        held = site.read()
        assert _push(site) == 4
        told = capsys.readouterr().err
        assert "the flash has 1024 bytes free, too few to save the configuration" in told
        assert "--allow no-room" in told
        assert site.read() == held
        assert _push(site, "--allow", "no-room") == 0


def test_a_full_drive_is_not_pushed_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with stage("rras", tmp_path) as site:
        assert isinstance(site.box, Server)
        site.box.settings.free = 1 << 20
        assert _push(site) == 4
        assert "drive C: has 1024 KiB free, too little" in capsys.readouterr().err
        site.box.settings.free = 1 << 30
        assert _push(site) == 0


def test_a_full_disk_of_a_host_is_not_pushed_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with stage("strongswan", tmp_path) as site:
        with site.connect() as session:
            session.run("mount -t tmpfs -o size=64k none /var/lib")
        assert _push(site) == 4
        assert "/var/lib has 64 KiB free, too little for new files" in capsys.readouterr().err
        with site.connect() as session:
            session.run("umount /var/lib")
        assert _push(site) == 0


# --- weak algorithms


def test_weak_algorithms_of_a_custom_policy_close_unless_accepted() -> None:
    (reason,) = (one for one in gates.closed(_asked(job_of(SITE, policy=WEAK))))
    assert reason == (
        "weak-crypto",
        "Tunnel100 would use IKE 3des, IKE md5, IKE group 2, ESP 3des: Azure takes better ones in "
        "the connection's custom policy",
    )
    accepted = Acceptance(
        check="AZ-ALG-001", reason="until the router is replaced", until="2099-01-01"
    )
    site = replace(SITE, accept=(accepted,))
    assert _closed(_asked(job_of(site, policy=WEAK))) == set()
    over = replace(SITE, accept=(replace(accepted, until="2020-01-01"),))
    assert _closed(_asked(job_of(over, policy=WEAK))) == {"weak-crypto"}


def test_group_2_of_the_default_policy_closes_nothing_for_azure_has_no_better() -> None:
    policy = ROUTE_BASED.policy(Dials.EITHER)
    asked = _asked(job_of(SITE, policy=policy))
    assert DhGroup.MODP1024 in asked.job.intent.tunnels[0].ike.proposals[0].groups
    assert _closed(asked) == set()


def test_3des_that_a_device_has_closes_where_azures_default_has_better() -> None:
    made = job_of(SITE, policy=ROUTE_BASED.policy(Dials.EITHER))
    asked = _asked(made)
    tunnels = tuple(
        one
        if one.name == "Tunnel50"
        else replace(
            one,
            ike=replace(
                one.ike,
                proposals=(replace(one.ike.proposals[0], encryption=(Encryption.TRIPLE_DES,)),),
            ),
        )
        for one in asked.plan.target
    )
    (reason,) = gates.closed(replace(asked, plan=replace(asked.plan, target=tunnels)))
    assert reason == (
        "weak-crypto",
        "Tunnel100 would use IKE 3des: Azure's default policy has better ones",
    )


# --- Azure, and the way there


def test_gates_about_what_is_asked_for_do_not_stand_in_the_way_back() -> None:
    made = job_of(SITE, policy=WEAK, provisioning={"gateway": "Updating"})
    assert _closed(_asked(made)) == {"weak-crypto", "azure-updating"}
    assert _closed(_asked(made, of_intent=False)) == {"azure-updating"}


def test_stale_and_failed() -> None:
    site = replace(SITE, azure=replace(SITE.azure, max_age_days=7))
    made = replace(job_of(site, provisioning={"connection": "Failed"}), age_seconds=8 * 86_400.0)
    assert dict(gates.closed(_asked(made))) == {
        "stale-azure": "Azure's export is 8 days old, older than azure.max_age_days",
        "azure-updating": "Azure's connection is Failed: not a time to push against it",
    }
    assert _closed(_asked(replace(made, age_seconds=6 * 86_400.0))) == {"azure-updating"}


@pytest.mark.parametrize(
    ("address", "closes"),
    [("10.20.3.4", True), ("192.0.2.4", False), ("127.0.0.1", False), (None, False)],
)
def test_the_operators_own_address(address: str | None, closes: bool) -> None:  # noqa: FBT001 -- a case
    operator = None if address is None else IPv4Address(address)
    assert ("management-path" in _closed(_asked(operator=operator))) is closes


def test_the_management_interface() -> None:
    assert "management-path" in _closed(_asked(_managed(management_interface="Tunnel100")))
    assert "management-path" not in _closed(_asked(_managed(management_interface="Tunnel9")))
    inside = (IPv4Network("10.21.0.0/24"),)
    assert "management-path" in _closed(_asked(_managed(management=inside)))


def _managed(**changes: object) -> Job:
    site: Site = replace(SITE, device=replace(SITE.device, **changes))  # type: ignore[arg-type]  # by name
    return job_of(site)


@pytest.mark.parametrize("driver", SITES)
def test_a_gate_stops_each_vendor_before_anything_is_sent(
    driver: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Azure's side would draw the network that the operator works from."""
    network = "0.0.0.0/1"
    with stage(driver, tmp_path, fields={"management": {"prefixes": [network]}}) as site:
        held = site.read()
        code = _push(site)
        told = capsys.readouterr().err
        if any(net.overlaps(IPv4Network(network)) for net in _drawn(site)):
            assert (code, "--allow management-path" in told) == (4, True), told
            assert site.read() == held
        assert _push(site, "--allow", "management-path") == 0


def _drawn(site: Stage) -> list[IPv4Network]:
    return [
        net
        for tunnel in site.job.intent.tunnels
        for net in (*tunnel.routes, *(pair.remote for pair in tunnel.selectors))
    ]


def test_options_open_no_gate_by_themselves() -> None:
    assert Options().allow == frozenset()
