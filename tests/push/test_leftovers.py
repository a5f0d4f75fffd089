"""A link, or all circuits, taken out of the inventory: told by drift, and taken away on demand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from appliance.cli import main
from appliance.driver import held
from appliance.model.edge import Edge
from tests.push.circuits import DRIVERS, MD5, circuits
from tests.push.ends import WAIT
from tests.push.stage import Stage
from tests.push.trouble import QUIET

ALLOWED = ("--allow", "AZ-ER-001")
"""One link alone is a breaking check, which is not what is looked at here."""


@pytest.fixture(params=DRIVERS)
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    with circuits(request.param, tmp_path, faults=(QUIET,)) as made:
        assert main(["push", *made.words, *WAIT]) == 0
        yield made


def _given(site: Stage) -> Any:  # noqa: ANN401 -- as YAML has it
    return yaml.safe_load(site.inventory.read_text(encoding="utf-8"))


def _write(site: Stage, given: object) -> None:
    site.inventory.write_text(yaml.safe_dump(given), encoding="utf-8")


def _one_link(site: Stage) -> None:
    given = _given(site)
    del given["sites"][site.site]["express_route"]["circuits"][0]["links"][1]
    _write(site, given)


def _no_circuit(site: Stage) -> None:
    given = _given(site)
    del given["sites"][site.site]["express_route"]
    _write(site, given)


def _peers(site: Stage) -> list[str]:
    edge = site.driver.parse(site.read()).edge or Edge()
    return [str(link.session.peer) for link in edge.links]


def _told(site: Stage, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[tuple[str, str]]]:
    capsys.readouterr()
    code = main(["drift", *site.words, "-o", "json"])
    (row,) = json.loads(capsys.readouterr().out)["sites"]
    return code, [(one["tunnel"], one["path"]) for one in row["differences"]]


def test_a_link_stays_until_somebody_asks_for_it_to_go(
    site: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    before = site.read()
    _one_link(site)
    assert _told(site, capsys) == (2, [("er-1 secondary", "edge.leftover")])
    assert main(["push", *site.words, *WAIT]) == 0
    assert site.driver.differing(before, site.read()) == (), "a push alone leaves it"
    capsys.readouterr()
    assert main(["plan", *site.words]) == 0
    said = capsys.readouterr().out
    assert "er-1 secondary  edge.leftover: intended none, running " in said
    assert "`push --remove-leftovers` takes it away" in said
    assert main(["plan", *site.words, "--remove-leftovers"]) == 2
    words = [*site.words, "--remove-leftovers", *ALLOWED]
    assert main(["push", *words, *WAIT]) == 0, capsys.readouterr().err
    assert _peers(site) == ["172.30.0.2"]
    assert "172.30.0.6" not in site.read()
    assert _told(site, capsys) == (0, [])
    assert main(["verify", *site.words]) == 0, capsys.readouterr().out


def test_circuits_that_are_in_no_inventory_any_more(
    site: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    former = _given(site)
    before = site.driver.parse(site.read())
    _no_circuit(site)
    assert _told(site, capsys) == (
        2,
        [("er-1 primary", "edge.leftover"), ("er-1 secondary", "edge.leftover")],
    )
    assert main(["push", *site.words, "--remove-leftovers", *WAIT]) == 0, capsys.readouterr().err
    assert _peers(site) == []
    assert "appliance-er-" not in site.read()
    assert _told(site, capsys) == (0, [])
    gone = site.read()
    assert main(["rollback", *site.words, "--yes"]) not in {0, 5, 6}, "the MD5 key is kept nowhere"
    assert site.driver.differing(gone, site.read()) == ()
    _write(site, former)
    assert main(["push", *site.words, *WAIT]) == 0, capsys.readouterr().err
    after = site.driver.parse(site.read())
    assert site.driver.edge is not None
    assert not site.driver.edge.change(held(after, edge=True), held(before, edge=True)).steps
    said = capsys.readouterr()
    assert MD5 not in said.out + said.err


def test_circuits_without_a_key_come_back_by_a_rollback(
    site: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    given = _given(site)
    del given["sites"][site.site]["express_route"]["circuits"][0]["md5"]
    _write(site, given)
    assert main(["push", *site.words, "--yes", "--no-wait"]) == 0, capsys.readouterr().err
    before = site.driver.parse(site.read())
    _no_circuit(site)
    assert main(["push", *site.words, "--remove-leftovers", *WAIT]) == 0, capsys.readouterr().err
    assert _peers(site) == []
    assert main(["rollback", *site.words, "--yes", "--no-wait"]) == 0, capsys.readouterr().err
    back = site.driver.parse(site.read())
    assert site.driver.edge is not None
    assert not site.driver.edge.change(held(back, edge=True), held(before, edge=True)).steps


def test_a_plan_file_is_for_what_was_asked_when_it_was_made(
    site: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _one_link(site)
    path = str(tmp_path / "plan.json")
    asked = ["plan", *site.words, *ALLOWED, "--remove-leftovers", "--out", path]
    assert main(asked) == 2, capsys.readouterr().err
    words = ["push", "--plan", path, "--yes", "-i", str(site.inventory)]
    assert main(words) == 4
    assert "whether what is left over goes" in capsys.readouterr().err
    assert main([*words, "--remove-leftovers"]) == 0, capsys.readouterr().err
    assert _peers(site) == ["172.30.0.2"]


def test_it_is_for_one_site_and_may_be_accepted(
    site: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    _one_link(site)
    words = ["-i", str(site.inventory), "--yes", "--remove-leftovers"]
    assert main(["push", "--all", *words]) == 64
    assert "--remove-leftovers is for one site" in capsys.readouterr().err
    given = _given(site)
    given["sites"][site.site]["accept"] = [
        {"check": "drift:edge.leftover", "reason": "moves in May", "until": "2027-05-31"}
    ]
    _write(site, given)
    assert main(["drift", *site.words]) == 0
