"""Both tunnels of an active-active gateway at once: an instance is lost, and what stops traffic."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from appliance.model.algorithms import IkeVersion
from appliance.model.intent import Dials
from appliance.twin import (
    Joint,
    Subject,
    on_paper,
    play_together,
    playable,
    together,
    together_on_paper,
)
from appliance.twin.joint import together as together_of
from appliance.twin.together import CUT, STOPPED, Losses
from tests.twin.pairs import WEAKNESSES, Weakness, both, tried
from tests.twin.texts import ASA, DRIVERS, IOS, JUNOS, RRAS, Edit, Form

pytestmark = pytest.mark.twin
AT_ONCE = 4


@pytest.mark.parametrize("form", [Form.ROUTES, Form.BGP])
def test_either_instance_may_go(form: Form) -> None:
    made = [one for driver in (IOS, ASA, JUNOS, RRAS) if (one := both(driver, form)) is not None]
    assert len(made) == 4
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for one, (alone, joint) in zip(
            made, pool.map(lambda one: tried(one.subjects()), made), strict=True
        ):
            assert [tunnel.works for tunnel in alone] == [True, True], one.driver
            assert joint.findings == (), one.driver
            _outlived(joint)


def _outlived(joint: Joint) -> None:
    assert joint.survives is True
    assert joint.losses is not None
    assert [(one.lane, one.how) for one in joint.losses.losses] == [(0, CUT), (1, STOPPED)]
    for loss in joint.losses.losses:
        assert loss.noticed_ms is not None
        assert loss.returned_ms is not None
        assert min(loss.others) > 0, "the other tunnel carried it"
        for stream in (*loss.before, *loss.during, *loss.after):
            assert stream.out is not None
            assert stream.back is not None
    silent, told = joint.losses.losses
    # Who is told need not find out: a tunnel that goes silent is missed by checks alone.
    assert min(one.out or 0 for one in silent.during) > 1_000
    assert silent.noticed_ms is not None
    assert told.noticed_ms is not None
    assert told.noticed_ms < silent.noticed_ms


def _changed(base: Subject, version: IkeVersion, dials: Dials) -> Subject:
    """Another IKE version, or somebody else who dials."""
    known = base.expectation
    policy = replace(known.policy, dials=dials)
    tunnel = replace(base.tunnel, ike=replace(base.tunnel.ike, version=version))
    return replace(
        base, tunnel=tunnel, expectation=replace(known, ike_version=version, policy=policy)
    )


@pytest.mark.parametrize(
    ("version", "dials"),
    [
        (IkeVersion.V1, Dials.EITHER),
        (IkeVersion.V2, Dials.AZURE),
        (IkeVersion.V2, Dials.APPLIANCE),
    ],
)
def test_whoever_dials_by_whatever_version(version: IkeVersion, dials: Dials) -> None:
    made = both(IOS, Form.ROUTES)
    assert made is not None
    alone, joint = tried(tuple(_changed(one, version, dials) for one in made.subjects()))
    assert [one.works for one in alone] == [True, True], alone
    assert joint.findings == ()
    _outlived(joint)


def test_a_device_behind_nat_outlives_a_loss() -> None:
    made = both(IOS, Form.ROUTES)
    assert made is not None

    def hidden(one: Subject) -> Subject:
        private = replace(
            one.tunnel.local, address=IPv4Address("192.168.7.2"), identity=str(one.public)
        )
        assert one.meant is not None
        return replace(
            one,
            nat=True,
            tunnel=replace(one.tunnel, local=private),
            meant=replace(one.meant, local=private),
        )

    alone, joint = tried(tuple(map(hidden, made.subjects())))
    assert [one.works for one in alone] == [True, True], alone
    _outlived(joint)


def _seeds(driver: str) -> list[tuple[str, Weakness, Edit]]:
    return [(name, one, edit) for one in WEAKNESSES for name, edit in one.seeds(driver)]


def _wrong(driver: str, seed: tuple[str, Weakness, Edit]) -> str:
    name, weakness, edit = seed
    made = both(driver, weakness.form)
    assert made is not None, name
    alone, joint = tried(made.subjects(edit))
    told = [(one.kind.value, one.fields[:1], one.breaking) for one in joint.findings]
    works = all(one.works for one in alone)
    right = (
        told[:1] == [("failover", (weakness.first,), False)]
        and works is weakness.works
        and joint.survives is False
    )
    return "" if right else f"{name}: {told}, works {works}, survives {joint.survives}"


@pytest.mark.parametrize("driver", DRIVERS)
def test_each_weakness_of_a_text_is_named(driver: str) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        wrong = [text for text in pool.map(lambda one: _wrong(driver, one), _seeds(driver)) if text]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("driver", DRIVERS)
def test_rules_alone_name_the_same_fields(driver: str) -> None:
    for name, weakness, edit in _seeds(driver):
        made = both(driver, weakness.form)
        assert made is not None, name
        joint = _ruled(made.subjects(edit))
        assert [one.fields for one in joint.findings][:1] == [(weakness.first,)], name
        assert (joint.survives, joint.losses) == (False, None)


@pytest.mark.parametrize("driver", [IOS, ASA, JUNOS, RRAS])
def test_rules_alone_find_nothing_where_nothing_is_wrong(driver: str) -> None:
    for form in (Form.ROUTES, Form.BGP):
        made = both(driver, form)
        assert made is not None
        joint = _ruled(made.subjects())
        assert (joint.findings, joint.survives) == ((), None)
        assert joint.why == "by rules alone: no daemon"


def _ruled(subjects: tuple[Subject, ...]) -> Joint:
    joint = together_on_paper(subjects, tuple(map(on_paper, subjects)), "no daemon")
    assert joint is not None
    return joint


def test_each_cell_has_edits_or_a_reason() -> None:
    for one in WEAKNESSES:
        assert tuple(sorted(one.by)) == tuple(sorted(DRIVERS)), one.name
        assert all(one.by.values()), one.name


def test_without_traffic_nothing_is_claimed() -> None:
    made = both(IOS, Form.ROUTES)
    assert made is not None
    subjects = made.subjects()
    alone, _ = tried(subjects)
    empty = replace(together_of(subjects), probes=())
    joint = together(subjects, alone, lambda: (empty, Losses(up=(True, True))))
    assert joint is not None
    assert (joint.survives, joint.findings) == (None, ())
    assert joint.why.startswith("no networks of the site are known")


def test_one_instance_has_nothing_to_lose() -> None:
    made = both(IOS, Form.ROUTES)
    assert made is not None
    first, _ = made.subjects()
    expectation = replace(first.expectation, endpoints=first.expectation.endpoints[:1])
    only = (replace(first, expectation=expectation),)
    assert not playable(only)
    assert together(only, (), lambda: play_together(only)) is None
