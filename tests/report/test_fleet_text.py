"""What a person reads at the end of a fleet's push."""

from __future__ import annotations

from appliance.push.fleet import Answer, End, Target
from appliance.report import fleet


def _answer(number: int, end: End, why: str = "") -> Answer:
    target = Target(number=number, site=f"site-{number}", device=f"192.0.2.{number}:22")
    return Answer(target=target, end=end, code=0, why=why)


def test_what_to_do_stands_below_the_table_once_for_all_that_need_it() -> None:
    gate = "another host key was pinned\n-> if this is meant, add --allow device-changed"
    answers = [
        _answer(1, End.PUSHED),
        *(_answer(number, End.REFUSED, gate) for number in (2, 3, 4, 5)),
        _answer(6, End.FAILED, "no key is known\n-> `appliance trust site-6` pins it"),
        _answer(7, End.NOT_STARTED, "5 failed, and 0 may"),
    ]
    assert list(fleet.hints(answers)) == [
        "-> site-2, site-3, site-4 and 1 more: if this is meant, add --allow device-changed",
        "-> site-6: `appliance trust site-6` pins it",
    ]
    assert list(fleet.table(answers))[2].endswith("  another host key was pinned")
