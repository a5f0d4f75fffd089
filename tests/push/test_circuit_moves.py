"""A link of a circuit that is moved in the inventory: drift, plan, push and the way back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from appliance.cli import main
from appliance.driver import held
from appliance.lab.faults import Fault, Kind
from appliance.model.edge import Edge
from tests.push.circuits import DRIVERS, circuits
from tests.push.ends import WAIT
from tests.push.stage import Stage
from tests.push.trouble import QUIET, trouble

OTHER = {"cisco_ios": "Gi1", "juniper_junos": "ge-0/0/1"}
"""Another port that the lab's devices have, as somebody may write it."""
MOVED = {"cisco_ios": "GigabitEthernet1.300", "juniper_junos": "ge-0/0/1.300"}
FORMER = {"cisco_ios": "GigabitEthernet2.300", "juniper_junos": "ge-0/0/2.300"}


def _move(site: Stage, **members: object) -> None:
    """Other members of the first link; `site.before` is what the device held until now."""
    given = yaml.safe_load(site.inventory.read_text(encoding="utf-8"))
    given["sites"][site.site]["express_route"]["circuits"][0]["links"][0] |= members
    site.inventory.write_text(yaml.safe_dump(given), encoding="utf-8")
    site.before = site.read()


def _places(site: Stage) -> dict[str, str]:
    edge = site.driver.parse(site.read()).edge or Edge()
    return {str(link.session.peer): link.interface for link in edge.links}


def _old(site: Stage) -> bool:
    driver = site.driver
    now, then = (held(driver.parse(text), edge=True) for text in (site.read(), site.before))
    return now.edge == then.edge and not site.waits()


@pytest.fixture(params=DRIVERS)
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stage]:
    with circuits(request.param, tmp_path, faults=(QUIET,)) as made:
        assert main(["push", *made.words, *WAIT]) == 0
        _move(made, interface=OTHER[request.param])
        yield made


def test_it_is_drift_is_moved_and_comes_back(
    site: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    name = site.driver.name
    capsys.readouterr()
    assert main(["drift", *site.words, "-o", "json"]) == 2
    (row,) = json.loads(capsys.readouterr().out)["sites"]
    told = [(one["path"], one["intended"], one["running"]) for one in row["differences"]]
    assert told == [("edge.link.interface", MOVED[name], FORMER[name])]
    assert main(["plan", *site.words]) == 2
    said = capsys.readouterr().out
    assert "the device has the link on another port than the inventory" in said
    assert main(["push", *site.words, *WAIT]) == 0, capsys.readouterr().err
    assert _places(site) == {"172.30.0.2": MOVED[name], "172.30.0.6": _second(name)}
    assert main(["verify", *site.words]) == 0, capsys.readouterr().out
    assert main(["drift", *site.words]) == 0
    assert main(["rollback", *site.words, "--yes"]) == 0, capsys.readouterr().err
    assert _old(site)
    assert _places(site)["172.30.0.2"] == FORMER[name]


def _second(name: str) -> str:
    return FORMER[name].replace("300", "301")


@pytest.mark.parametrize("at", [r"300|commit check", r"address 172\.30\.0\.1|commit confirmed"])
def test_cut_in_the_midst_it_is_here_or_there(
    site: Stage, at: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with trouble(site.box) as luck:
        luck.strike(Fault(kind=Kind.DROP_AFTER, command=at, at=1))
        code = main(["push", *site.words, *WAIT])
        luck.strike(None)
        if code == 6:
            assert main(["recover", *site.words]) == 0, capsys.readouterr().err
    assert code in {5, 6}, capsys.readouterr().err
    assert _old(site)


def test_a_port_that_carries_nothing_takes_the_move_back(
    site: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    """With tags that Microsoft's end does not have: no frame arrives, and the link falls."""
    _move(site, vlan=999)
    assert main(["push", *site.words, "--yes", "--wait-seconds", "1"]) == 5
    assert "er-1 primary" in capsys.readouterr().err
    assert _old(site)
