"""A way back that ends in something else than its own words is not taken for one that worked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from appliance import journal
from appliance.driver import Transaction
from appliance.errors import RefusedError, RollbackError
from appliance.model.change import Change
from appliance.push.terms import Connect
from appliance.session import Session
from tests.routers import azure, router


@pytest.mark.parametrize("raised", [RefusedError("no key can be sent"), IndexError("a defect")])
def test_a_way_back_that_was_not_seen_to_its_end_is_no_way_back(raised: Exception) -> None:
    """Whatever a driver or a library raises there: the device holds the change still."""
    with router(peers=[azure(reachable=False)]) as site:
        true = site.job.driver.transaction

        @contextmanager
        def begin(
            session: Session, *, rollback: Change, minutes: int, reconnect: Connect
        ) -> Iterator[Transaction]:
            way = true(session, rollback=rollback, minutes=minutes, reconnect=reconnect)
            guard = way.__enter__()
            try:
                yield guard
            finally:
                raise raised

        site.job = replace(site.job, driver=replace(site.job.driver, transaction=begin))
        with pytest.raises(RollbackError) as caught:
            site.push()
        assert "did not come up in time" in caught.value.message
        assert "appliance recover site-a" in caught.value.hint
        assert not site.untouched
    assert journal.history("site-a")[0].state == "unknown"
