"""Full-sized packets through the tunnel: what arrives whole, and the setting TCP stalls at."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from appliance.report import sizes
from appliance.twin import Rehearsal, Subject, on_paper, rehearse
from appliance.twin.scenario import Fit
from tests.twin.texts import IOS, RRAS, Form, written

pytestmark = pytest.mark.twin


def _subject(mss: int | None, mtu: int | None) -> Subject:
    made = written(IOS, Form.ROUTES)
    assert made is not None
    base = made.subject()
    assert base.tunnel.interface is not None
    interface = replace(base.tunnel.interface, mss=mss, mtu=mtu)
    return replace(base, tunnel=replace(base.tunnel, interface=interface))


def _fits(found: Rehearsal) -> tuple[Fit, ...]:
    assert found.outcome is not None
    assert found.outcome.device is not None
    return found.outcome.device.fits


def _told(found: Rehearsal) -> list[tuple[str, str, bool]]:
    return [(one.kind.value, one.fields[0], one.breaking) for one in found.findings]


def test_full_segments_flow_or_stall_by_what_the_device_clamps() -> None:
    """As the rule says, but seen: 1400 bytes is what Azure takes."""
    cases = (
        (1_350, None, True),
        (1_360, None, True),
        (1_362, None, False),
        (1_460, None, False),
        (None, None, False),
        (None, 1_400, True),
        (1_460, 1_400, True),
        (None, 1_500, False),
    )
    subjects = [_subject(mss, mtu) for mss, mtu, _ in cases]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(rehearse, subjects))
    for case, subject, one in zip(cases, subjects, found, strict=True):
        (fit,) = _fits(one)
        assert (fit.path, fit.largest, fit.tcp) == (1_500, 1_400, case[2]), case
        wanted = [] if case[2] else [("traffic", "interface.mss", False)]
        assert _told(one) == _told(on_paper(subject)) == wanted, case


def test_a_narrow_path_is_told_and_is_no_finding() -> None:
    found = rehearse(_subject(1_350, None), thorough=True)
    usual, narrow = _fits(found)
    assert usual == Fit(path=1_500, largest=1_400, tcp=True)
    # AES-256-CBC and SHA-256 in ESP in UDP: 20 + 8 + 8 + 16 + 16 of 1400, then padding to 16.
    assert (narrow.path, narrow.tcp) == (1_400, False)
    assert 1_310 <= narrow.largest <= 1_330
    assert found.findings == ()
    assert list(sizes.lines(_fits(found))) == [
        "    over a path of 1500 bytes packets up to 1400 arrive whole; TCP flows",
        f"    over a path of 1400 bytes packets up to {narrow.largest} arrive whole; TCP stalls, "
        f"an MSS of {narrow.largest - 40} would do",
    ]
    fitting = rehearse(_subject(narrow.largest - 40, None), thorough=True)
    assert [fit.tcp for fit in _fits(fitting)] == [True, True]


def test_where_sizes_are_no_setting_none_are_tried() -> None:
    made = written(RRAS, Form.ROUTES)
    assert made is not None
    assert _fits(rehearse(made.subject())) == ()
