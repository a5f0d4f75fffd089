"""What becomes of findings: acceptances, gates of a push, documents, and the time they take."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Sequence
from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from appliance import cli, gates
from appliance.checks import CHECKS, Subject
from appliance.checks.overlap import clashes
from appliance.driver import load, names
from appliance.errors import RefusedError
from appliance.inventory.load import load as load_inventory
from appliance.inventory.model import Acceptance, Site
from appliance.job import Job, prepare
from appliance.model.difference import Severity
from appliance.model.intent import Observed
from appliance.plan import plan
from appliance.push import Outcome
from appliance.report import checks as report
from tests.checks.subjects import azure, found, neighbour, nets, site, subject
from tests.growth import growth
from tests.routers import QUICK, router
from tests.vendors import intents
from tests.vendors.setups import SETUPS, Setup, intent

ROOT = Path(__file__).parents[2]
GUARDED = azure(security_group="edge-nsg")
ACCEPTED = Acceptance(check="AZ-GW-004", reason="agreed with the network team", until="2026-11-22")


def _job(ours: Site | None = None) -> Job:
    """A site whose gateway has a security group on its subnet."""
    made = subject(ours, GUARDED)
    return Job(
        site=made.site,
        expectation=made.expectation,
        intent=made.intent,
        driver=load("cisco_ios"),
        disagreements=(),
        age_seconds=None,
    )


def _check(job: Job, *allowed: str) -> None:
    made = plan(job.intent, Observed(driver="cisco_ios"), job.driver)
    gates.check(gates.Question(job=job, plan=made), allowed)


def test_a_breaking_finding_closes_a_gate_of_its_own() -> None:
    with pytest.raises(RefusedError) as caught:
        _check(_job())
    assert str(caught.value) == (
        "site site-a: AZ-GW-004: a network security group is attached to GatewaySubnet: "
        "network security group edge-nsg\n"
        "  -> nothing was touched; if this is meant, add --allow AZ-GW-004"
    )
    _check(_job(), "AZ-GW-004")


def test_the_gate_of_one_check_opens_no_other() -> None:
    with pytest.raises(RefusedError, match="AZ-GW-004"):
        _check(_job(), "AZ-GW-003", "azure-mismatch", "stale-azure", "azure-updating")


def test_warnings_close_nothing() -> None:
    made = replace(_job(), expectation=azure(route_table="edge-rt", sku="VpnGw2"))
    assert {finding.check.id for finding in gates.findings(made)} >= {"AZ-GW-005", "AZ-GW-012"}
    _check(made)


def test_gates_are_the_breaking_checks_of_one_site() -> None:
    breaking = {check.id for check in CHECKS if check.severity is Severity.BREAKING}
    assert breaking - set(gates.CHECK_NAMES) == {
        "AZ-NET-012",
        "AZ-GW-011",
        "AZ-BGP-013",
    }, "those that look at several sites are for `validate` alone"
    assert not set(gates.CHECK_NAMES) & set(gates.NAMES)


def test_a_push_stops_before_anything_is_sent() -> None:
    with router(expected=GUARDED) as real:
        with pytest.raises(RefusedError, match="--allow AZ-GW-004"):
            real.push()
        assert real.untouched
        opened = replace(QUICK, allow=frozenset({"AZ-GW-004"}))
        assert real.push(opened).outcome is Outcome.PUSHED


def test_an_acceptance_holds_through_its_last_day(monkeypatch: pytest.MonkeyPatch) -> None:
    job = _job(site(accept=(ACCEPTED,)))
    monkeypatch.setattr(gates, "today", lambda: "2026-11-22")
    _check(job)
    monkeypatch.setattr(gates, "today", lambda: "2026-11-23")
    with pytest.raises(RefusedError, match="AZ-GW-004"):
        _check(job)


def test_an_expired_acceptance_is_a_finding_until_it_is_renewed() -> None:
    late = subject(site(accept=(ACCEPTED,)), GUARDED)
    ids = [finding.check.id for finding in found(late, "2026-11-23")]
    assert ids[:2] == ["AZ-GW-004", "AZ-ACC-001"]
    renewed = replace(ACCEPTED, until="2027-11-22")
    again = subject(site(accept=(ACCEPTED, renewed)), GUARDED)
    told = {finding.check.id: finding for finding in found(again, "2026-11-23")}
    assert told["AZ-GW-004"].accepted == renewed
    assert "AZ-ACC-001" not in told


def test_a_finding_as_a_document_and_as_lines() -> None:
    (first, *_) = found(subject(site(accept=(ACCEPTED,)), GUARDED))
    assert report.document(first) == {
        "id": "AZ-GW-004",
        "severity": "breaking",
        "title": "a network security group is attached to GatewaySubnet",
        "detail": "network security group edge-nsg",
        "accepted": {"reason": "agreed with the network team", "until": "2026-11-22"},
    }
    assert list(report.lines((first,))) == []
    assert list(report.lines((first,), verbose=True)) == [
        "ok AZ-GW-004  a network security group is attached to GatewaySubnet: "
        "network security group edge-nsg",
        "     accepted until 2026-11-22: agreed with the network team",
    ]


# --- the command line


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The first site of the shipped inventory, a security group on its gateway's subnet."""
    shutil.copytree(ROOT / "examples/azure/site-a", tmp_path / "export")
    vnet = tmp_path / "export/vnet.json"
    document = json.loads(vnet.read_text(encoding="utf-8"))
    document["subnets"][0]["networkSecurityGroup"] = {"id": "/networkSecurityGroups/edge-nsg"}
    vnet.write_text(json.dumps(document), encoding="utf-8")
    (tmp_path / "inventory.yaml").write_text(
        "version: 1\n"
        "sites:\n"
        "  site-a:\n"
        "    device: {driver: cisco_ios, interfaces: {outside: GigabitEthernet1}}\n"
        "    on_premises: {public_ip: 203.0.113.10, prefixes: [10.10.0.0/16, 10.11.0.0/16]}\n"
        "    azure: {export: export}\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _accept(folder: Path, until: str) -> None:
    with (folder / "inventory.yaml").open("a", encoding="utf-8") as file:
        file.write(f"    accept: [{{check: AZ-GW-004, reason: agreed, until: {until}}}]\n")


LINE = (
    "site-a: !! AZ-GW-004  a network security group is attached to GatewaySubnet: "
    "network security group edge-nsg\n"
)


def test_validate_fails_for_a_breaking_finding(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["validate"]) == 1
    out, err = capsys.readouterr()
    assert (out, err) == ("inventory.yaml: 1 site, 1 with faults\n", LINE)
    _accept(folder, "2999-12-31")
    assert cli.main(["validate"]) == 0
    assert capsys.readouterr() == ("inventory.yaml: 1 site, no fault\n", "")
    assert cli.main(["validate", "-v"]) == 0
    assert "site-a: accepted until 2999-12-31: agreed\n" in capsys.readouterr().err


def test_validate_tells_an_expired_acceptance(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _accept(folder, "2026-01-31")
    assert cli.main(["validate"]) == 1
    err = capsys.readouterr().err
    assert LINE in err
    assert "! AZ-ACC-001  an acceptance has expired: AZ-GW-004, until 2026-01-31: agreed" in err


def test_validate_prints_one_document(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _accept(folder, "2026-01-31")
    assert cli.main(["validate", "-o", "json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert (document["schema"], document["code"]) == ("appliance/validate/1", 1)
    (row,) = document["sites"]
    assert (row["site"], row["code"], row["error"]) == ("site-a", 1, None)
    assert [one["id"] for one in row["checks"]] == ["AZ-GW-004", "AZ-ACC-001", "AZ-NET-011"]


def test_validate_tells_a_site_that_cannot_be_prepared_beside_others(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (folder / "inventory.yaml").read_text(encoding="utf-8")
    other = text.partition("sites:\n")[2].replace("site-a", "site-b")
    other = other.replace("203.0.113.10", "203.0.113.11").replace("export: export", "export: gone")
    (folder / "inventory.yaml").write_text(text + other, encoding="utf-8")
    assert cli.main(["validate", "-o", "json"]) == 1
    first, second = json.loads(capsys.readouterr().out)["sites"]
    assert first["checks"][0]["id"] == "AZ-GW-004"
    assert (second["code"], second["checks"]) == (1, [])
    assert "gone" in second["error"]


def test_plan_runs_the_checks_without_a_device(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "saved.cfg").write_text(
        "version 17.9\nhostname r\ninterface GigabitEthernet1\n"
        " ip address 203.0.113.10 255.255.255.0\nend\n"
    )
    assert cli.main(["plan", "site-a", "--running", "saved.cfg"]) == 2
    assert "!! AZ-GW-004" in capsys.readouterr().err
    assert cli.main(["plan", "site-a", "--running", "saved.cfg", "-o", "json"]) == 2
    document = json.loads(capsys.readouterr().out)
    assert document["checks"][0]["id"] == "AZ-GW-004"


def test_push_takes_the_ids_as_gates(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["push", "site-a", "--allow", "AZ-GW-404"]) == 64
    assert "AZ-GW-404" in capsys.readouterr().err
    assert cli.main(["push", "site-a", "--allow", "AZ-GW-004"]) != 0
    assert "device.host" in capsys.readouterr().err, "past the options"
    assert folder.exists()


def test_explain_prints_a_page_or_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain", "az-net-005"]) == 0
    out = capsys.readouterr().out
    title = "the appliance's public address lies in the site's own prefixes"
    assert out.startswith(f"AZ-NET-005: {title} (breaking)\n")
    assert "--allow AZ-NET-005" in out
    assert cli.main(["explain"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(CHECKS)
    assert cli.main(["explain", "AZ-NET-005", "-o", "json"]) == 0
    (one,) = json.loads(capsys.readouterr().out)["checks"]
    assert (one["id"], one["severity"], one["title"]) == ("AZ-NET-005", "breaking", title)
    assert cli.main(["explain", "AZ-NAT-005"]) == 64
    assert "did you mean AZ-NET-005?" in capsys.readouterr().err


def test_pages_say_when_no_push_is_stopped(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("AZ-GW-005", "AZ-NET-012"):
        assert cli.main(["explain", name]) == 0
        assert "It does not keep a push from beginning." in capsys.readouterr().out


def test_the_reference_is_in_step() -> None:
    page = (ROOT / "docs/checks.md").read_text(encoding="utf-8")
    again = "write it anew: appliance explain -o markdown > docs/checks.md"
    assert page == report.reference(), again


def test_pages_are_whole() -> None:
    for check in CHECKS:
        assert not check.title.endswith("."), check.id
        assert check.page.endswith((".", ")")), check.id
        assert max(map(len, check.page.splitlines())) <= 100, check.id
        assert "{" not in check.page, check.id


def test_the_shipped_inventory_has_nothing_that_stops_and_warns_of_default_lists_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    jobs = [prepare(one, key=False) for one in load_inventory("inventory.yaml").sites.values()]
    subjects = [
        Subject(site=job.site, expectation=job.expectation, intent=job.intent) for job in jobs
    ]
    told = [one for one in found(subjects) if one.check.severity > Severity.INFORMATION]
    of_defaults = {("branch-ios", "AZ-ALG-001"), *((f"oslo-{hub}", "AZ-ALG-001") for hub in _HUBS)}
    assert {(one.site, one.check.id) for one in told} == of_defaults


_HUBS = ("west", "north")


# --- what drivers make


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("setup", SETUPS, ids=lambda setup: setup.name)
def test_what_a_driver_is_given_has_nothing_that_stops(name: str, setup: Setup) -> None:
    """Of every documented kind of setup, unless the driver refuses it."""
    driver = load(name)
    ours, theirs = setup.make(intents.site(name), intents.expectation())
    made = Subject(site=ours, expectation=theirs, intent=intent(driver, setup))
    stopped = [one for one in found(made) if one.stops]
    assert not stopped or driver.refusals(made.intent), stopped


# --- many


def test_clashes_are_those_of_comparing_each_with_each() -> None:
    chance = random.Random(7)  # noqa: S311 -- the same cases each time
    for _ in range(300):
        entries = [
            (
                IPv4Network((chance.randrange(2**32), length), strict=False),
                chance.choice("abc"),
            )
            for length in (chance.choice((0, 1, 2, 3, 4, 8)) for _ in range(chance.randint(1, 12)))
        ]
        real = [entry for entry in entries if entry[0].prefixlen]
        wanted = any(a.overlaps(b) and x != y for a, x in real for b, y in real)
        told = list(clashes(entries))
        assert bool(told) is wanted
        for (inner, label), (outer, other) in told:
            assert label != other
            assert inner.subnet_of(outer)


def test_ten_thousand_sites_on_one_gateway_are_soon_compared() -> None:
    """All with the same networks and key: everything clashes with everything."""
    made = subject(site(prefixes=nets("10.10.0.0/16")))
    subjects = [neighbour(made, f"site-{number}") for number in range(10_000)]
    told = _told_together(subjects)
    assert told == 2 * 9_999 + 9_999 + 1, "two networks and the key of each, and too many tunnels"
    assert growth(_told_together, subjects[:500], subjects[:4_000]) < 24


def _told_together(subjects: Sequence[Subject]) -> int:
    return sum(1 for check in CHECKS for _ in check.across(subjects))
