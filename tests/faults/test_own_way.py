"""The change cuts the way it came by: foreseen by a gate, else undone by the device alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from appliance.driver import Facts
from appliance.errors import ConnectError
from appliance.lab.faults import drop_after
from appliance.lab.rras.server import Server
from appliance.model.change import Plan, Step
from appliance.push import Options, Outcome, Watcher, push
from appliance.session import Session
from tests.faults.row import VENDORS
from tests.faults.scene import MOMENTS, Scene, scene
from vendors.cisco.restore import Patience as Cisco
from vendors.juniper_junos.restore import Patience as Junos
from vendors.rras.transaction import Patience as Rras

Capture = pytest.CaptureFixture[str]

# On the SRX of the stage routes come by BGP: what the change itself draws is its peers.
MANAGED = dict.fromkeys(VENDORS, "10.20.7.0/24") | {"juniper_junos": "10.20.255.30/32"}


@pytest.mark.parametrize("driver", VENDORS)
def test_04_the_gate_foresees_it(driver: str, tmp_path: Path, capsys: Capture) -> None:
    """The device is managed from a network that the tunnel would take traffic for."""
    managed = {"management": {"prefixes": [MANAGED[driver]]}}
    with scene(driver, tmp_path, capsys, fields=managed) as one:
        end = one.push()
        assert (end.code, one.state) == (4, ""), end.told
        assert "--allow management-path" in end.told
        assert "nothing was touched" in end.told
        assert one.old


PATIENCE: dict[str, Callable[..., object]] = {
    "cisco_ios": Cisco,
    "cisco_asa": Cisco,
    "juniper_junos": Junos,
    "rras": Rras,
}
_AWAY = 8  # minutes, of which the device waits for five


class _Severed(Watcher):
    """The network between us and a device: after the last line of the change there is none."""

    def __init__(self, one: Scene) -> None:
        self._one = one
        self._box = one.site.box if isinstance(one.site.box, Server) else one.box
        self._last: Step | None = None
        self.minutes = 0
        self.by_itself = False

    def planned(self, plan: Plan, facts: Facts, protection: str) -> bool:
        self._last = plan.change.steps[-1]
        return super().planned(plan, facts, protection)

    def sent(self, step: Step) -> None:
        self.minutes = int(step is self._last)

    @contextmanager
    def connect(self) -> Iterator[Session]:
        if 0 < self.minutes < _AWAY:
            self.minutes += 2
            self._box.advance(2 * 60.0)
            raise ConnectError("the network failed: no route to host", where="site")
        if self.minutes:
            self.by_itself = self.by_itself or self._one.settings_are_old
        with self._one.site.connect() as session:
            yield session


@pytest.mark.parametrize("driver", PATIENCE)
def test_04_it_happens_all_the_same(driver: str, tmp_path: Path, capsys: Capture) -> None:
    """The last line went in, its answer never came, and nobody gets to the device any more."""
    with scene(driver, tmp_path, capsys, drop_after(MOMENTS[driver].last, at=1)) as one:
        way = _Severed(one)
        patience = PATIENCE[driver](pause=0.01)
        began = partial(one.site.driver.transaction, patience=patience)  # type: ignore[call-arg]  # theirs
        job = replace(one.site.job, driver=replace(one.site.driver, transaction=began))
        result = push(job, way.connect, Options(minutes=5), way)
        assert result.outcome is Outcome.ROLLED_BACK, result.why
        assert way.minutes >= _AWAY
        assert way.by_itself, "the device had gone back before we got there"
        assert one.old
