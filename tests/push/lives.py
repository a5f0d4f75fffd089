"""The life of one device and of those who push to it, step by step; after each all must be well.

All of it is real but the device: commands run as from the command line, over SSH or WinRM to a lab
device, or over sshd to a host with a real charon. Who is killed is a process of its own. Time on
the device is the lab's; a host's guard is told by running its script, as its timer would.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from itertools import pairwise
from pathlib import Path
from typing import cast
from unittest.mock import patch

from appliance import journal
from appliance.cli import main
from appliance.lab.faults import Fault
from appliance.lab.meddle import meddle
from appliance.lab.shell import Device
from appliance.push.machine import ENDS, TABLE, Event, State
from tests.push.dying import Moment, ends
from tests.push.ends import tidy, time_passes
from tests.push.stage import KEY, Stage
from tests.push.trouble import Trouble, troubled

ANOTHER = "Another-0815-key"
KILLED = -9
TOLD: Counter[str] = Counter()
"""How often each verb has ended in each way, over all lives of this process."""


class Life:
    """A site from its first push on. Each method is something that happens; `well` follows it."""

    def __init__(self, driver: str) -> None:
        self._stack = ExitStack()
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        self._folder = folder
        made = troubled(driver, folder, {"timeout_seconds": 3})
        self.site: Stage
        self.luck: Trouble
        self.site, self.luck = self._stack.enter_context(made)
        self.driver = driver
        self.asked = False
        """Exit 6 was said: a person is needed, until recovering or another push ends well."""
        self.told = (1, "")
        """How the last command ended, and what it said."""
        self._edited = False
        self._foreign = False
        self._base = self.site.before
        """The configuration that the last push has found."""

    def close(self) -> None:
        self._stack.close()

    # --- what happens ---

    def push(self, key: str, wait: int, fault: Fault | None, skew: int = 0) -> None:
        """Somebody pushes, with a key that may be another; `skew` is how wrong our clock is."""
        os.environ["STAGE_PSK"] = key
        waits = ("--no-wait",) if wait == 0 else ("--wait-seconds", str(wait))
        self._does("push", ("--yes", *waits), fault, skew)

    def dies(self, key: str, moment: Moment, fault: Fault | None) -> None:
        """A push is killed at this moment, if it gets so far."""
        os.environ["STAGE_PSK"] = key
        before = self._text()
        unfinished = bool(self._unfinished())
        self.luck.strike(fault)
        log = self._folder / "push.log"
        code = ends("push", [*self.site.words, "--yes", "--no-wait"], moment, log)
        self.luck.strike(None)
        assert code is not None
        self._well("push", code, before, log.read_text("utf-8"), unfinished=unfinished)

    def recover(self, fault: Fault | None, skew: int = 0) -> None:
        """Somebody runs `appliance recover`."""
        self._does("recover", (), fault, skew)

    def rollback(self, fault: Fault | None) -> None:
        """Somebody goes back to what the last push found."""
        self._does("rollback", ("--yes", "--no-wait"), fault, 0)

    def time_passes(self, seconds: int) -> None:
        """Nobody is there for a while; what waits on the device may come."""
        time_passes(self.site.box, seconds)

    def person_edits(self) -> None:
        """Somebody switches PFS off by hand, where there is a tunnel of ours."""
        peer = str(self.site.job.intent.tunnels[0].remote.addresses[0])
        with contextlib.suppress(LookupError):
            meddle(self.driver, self.site.box, peer)
            self._edited = True

    def another_operator(self) -> None:
        """Somebody has armed a timer of their own; a push keeps off until it has ended."""
        if self.driver not in _ARMING or self._look()[1]:
            return
        _ARMING[self.driver](self.site)
        self._foreign = True
        self.push(KEY, 0, None)
        assert self._look()[1], "their timer is theirs"
        self.time_passes(1_900)
        self._foreign = False
        assert not self._look()[1]

    def end(self) -> None:
        """At last somebody recovers and pushes, and nothing goes wrong."""
        self.time_passes(10_000)
        self.recover(None)
        self.told = (1, "")
        for _ in range(3):  # on a busy machine nobody may have answered in time
            if not self.asked and self.told[0] != 0:
                self.push(KEY, 5, None)
        assert self.asked or self.site.new, self.told[1]

    # --- what must be true ---

    def _does(self, verb: str, words: tuple[str, ...], fault: Fault | None, skew: int) -> None:
        before, unfinished = self._text(), bool(self._unfinished())
        real, out = time.time, io.StringIO()
        self.luck.strike(fault)
        with redirect_stdout(out), redirect_stderr(out), patch("time.time", lambda: real() + skew):
            code = main([verb, *self.site.words, *words])
        self.luck.strike(None)
        self.told = (code, out.getvalue())
        self._well(verb, code, before, out.getvalue(), unfinished=unfinished)

    def _well(self, verb: str, code: int, before: str, told: str, *, unfinished: bool) -> None:
        """After each step; `unfinished` is whether a dead push was there before it."""
        TOLD[f"{verb} {code}"] += 1
        text = self._always(f"{verb} {code}: {told}", code)
        if self._foreign:
            assert code in {0, 4}, told
            assert self._same(before, text), told
            return
        if code == KILLED:
            self._base, self._edited = before, False
            return
        if code == 6:
            assert "`appliance recover " in told, told
            if verb != "recover" or not unfinished:
                self._base, self._edited = before, False
            self.asked = True
            return
        state = self._state()
        if verb == "recover" and unfinished:
            self._recovered(code, state, text, told)
        elif code in {0, 1} and state in {State.PUSHED, State.NOT_SAVED} and verb == "push":
            assert self._same(before, text) or self._new(text) or code == 1, f"{code} {told}"
            self._saved(code, text)
            self.asked = self.asked and code != 0
        elif verb != "rollback" or code not in {0, 1}:
            assert self._same(before, text), f"{verb} {code}: {told}"

    def _always(self, told: str, code: int) -> str:
        """What holds after each step, and what the device holds."""
        assert KEY not in told
        assert ANOTHER not in told
        tidy(self.site)
        _consistent(self.site.site)
        text, waits = self._look()
        known = code == 6 or bool(self._unfinished()) or self._foreign
        assert known or not waits, f"untold: {waits}; {told}"
        return text

    def _recovered(self, code: int, state: State, text: str, told: str) -> None:
        if code == 4:
            assert "nothing was touched" in told, told
            return
        assert code in {0, 1}, told
        self.asked = False
        if state is State.ROLLED_BACK and not self._edited:
            assert self._same(self._base, text), told
        if state is State.NOT_SAVED:
            assert "NOT SAVED" in told, told

    def _saved(self, code: int, text: str) -> None:
        """What was called saved would survive a reboot, where the device shows what it boots."""
        if code == 0 and self.driver in {"cisco_ios", "cisco_asa"}:
            startup = cast(Device, self.site.box).startup
            running = cast(Device, self.site.box).running()
            assert self.site.driver.differing(running, startup) == ()
            assert text

    def _look(self) -> tuple[str, str]:
        with self.site.connect() as session:
            pending = self.site.driver.pending(session)
            return self.site.driver.read(session), "" if pending is None else pending.words

    def _text(self) -> str:
        return self._look()[0]

    def _same(self, before: str, text: str) -> bool:
        driver = self.site.driver
        if driver.differing(before, text):
            return False
        return driver.parse(before).tunnels == driver.parse(text).tunnels

    def _new(self, text: str) -> bool:
        """Whether it holds what is intended, with the key of now."""
        with self.site.key(os.environ["STAGE_PSK"]):
            return self.site.holds(text)

    def _state(self) -> State:
        found = journal.history(self.site.site)
        return State(found[0].state) if found else State.UNTOUCHED

    def _unfinished(self) -> tuple[journal.Entry, ...]:
        return journal.unfinished()


def _ios_timer(site: Stage) -> None:
    with site.connect() as other:
        other.configure((), enter="configure terminal revert timer 30")


def _junos_timer(site: Stage) -> None:
    shell = cast(Device, site.box).session("netops")
    for line in ("configure", f"set {ROUTE}", "commit confirmed 30", "exit", "exit"):
        shell.execute(line)


ROUTE = "routing-options static route 192.0.2.0/24 discard"
_ARMING = {"cisco_ios": _ios_timer, "juniper_junos": _junos_timer}


def _consistent(site: str) -> None:
    """Every push in the journal has gone a way that the table allows, and says when it ended."""
    for entry in journal.history(site):
        events = journal.events(entry.id)
        states = [State.BEGUN, *(State(state) for _, state, _, _ in events)]
        for (state, then), (_, _, event, _) in zip(pairwise(states), events, strict=True):
            again = State.REVERTING if state is State.UNKNOWN else state
            assert TABLE.get((again, Event(event))) is then, f"{entry.id}: {state} {event} {then}"
        assert entry.state == states[-1]
        assert (entry.ended is not None) == (states[-1] in ENDS)
        assert not re.search(f"{KEY}|{ANOTHER}", entry.why)
