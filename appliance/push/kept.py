"""What the journal kept of a push, held against what its device holds now."""

from __future__ import annotations

import json

from appliance import journal
from appliance.driver import Driver, change, held
from appliance.model.change import KEY_MARK, Change, Step
from appliance.model.edge import MICROSOFT_ASN
from appliance.model.secret import Secret
from appliance.push.machine import Event, State
from appliance.secrets.redact import MASK, REDACTOR

_TOUCHING = (State.ARMING, State.ARMED, State.SENDING, State.SENT)


class Kept:
    """The texts of a push are masked, so that what is read is masked too before they are compared.

    Keys are compared by their fingerprints, where the device shows them. `whole` is what was there
    before, keys and all, where its seal could be opened.
    """

    def __init__(self, number: int, driver: Driver, whole: str | None = None) -> None:
        self._driver = driver
        self._texts = journal.texts(number)
        keys = json.loads(self._texts.get("keys", "{}"))
        self._before: dict[str, str | None] = keys.get("before", {})
        self._target: dict[str, str | None] = keys.get("target", {})
        self._events = journal.events(number)
        self._key = None if whole is None else self._former(whole)

    @property
    def touched(self) -> float:
        """When the push last armed or sent something, in seconds since 1970."""
        return max((at for at, state, _, _ in self._events if state in _TOUCHING), default=0.0)

    def is_after(self, text: str) -> bool:
        """Whether the device holds what the push read back and proved."""
        after = self._texts.get("after")
        if after is None or self._driver.differing(after, REDACTOR.mask(text)):
            return False
        return not self._other_keys(self._target, text)

    def changed(self, text: str) -> tuple[str, ...]:
        """Parts in which the device is not what it was before, through what the push did."""
        parts = self._parts(text)
        ours = parts if self._concerned(parts, text) else ()
        return (*ours, *(f"the key of {name}" for name in self._other_keys(self._before, text)))

    def by_others(self, text: str) -> str:
        """What is not as it was before though the push is not to blame, in words."""
        parts = self._parts(text)
        return f"others have changed since: {', '.join(parts[:10])}" if parts else ""

    def unreadable(self, text: str) -> tuple[str, ...]:
        """Tunnels whose key the push may have replaced, where the device shows none."""
        if not any(event == Event.SEND and KEY_MARK in said for _, _, event, said in self._events):
            return ()
        now = journal.prints(self._driver.parse(text).tunnels)
        return tuple(
            name
            for name, former in self._before.items()
            if name in now
            and journal.HIDDEN in {former, now[name]}
            and self._target.get(name) not in {None, journal.HIDDEN}
        )

    @property
    def inverse(self) -> Change:
        """The recorded way back, without the steps whose key nobody knows."""
        return Change(steps=tuple(map(self._step, filter(self._known, self._rollback))))

    @property
    def lacking(self) -> tuple[str, ...]:
        """The steps of the way back whose key nobody knows."""
        return tuple(line for line in self._rollback if not self._known(line))

    def _step(self, line: str) -> Step:
        return Step(text=line, secret=self._key if KEY_MARK in line else None)

    def _known(self, line: str) -> bool:
        """Whether all of a recorded line is known; where it needs a key, that must be the one."""
        return MASK not in line and (KEY_MARK not in line or self._key is not None)

    def _former(self, whole: str) -> Secret | None:
        """The one key that the tunnels of the push had before, if they had one."""
        tunnels = self._driver.parse(whole).tunnels
        shown = journal.prints(tunnels)
        keys = {
            one.psk
            for one in tunnels
            if isinstance(one.psk, Secret)
            and self._before.get(one.name) == shown[one.name]
            and self._target.get(one.name) != shown[one.name]
        }
        (key,) = keys if len(keys) == 1 else (None,)
        if key is not None:
            REDACTOR.add(key)
        return key

    @property
    def _rollback(self) -> tuple[str, ...]:
        lines = self._texts.get("rollback", "").split("\n")
        return tuple(line for line in lines if line.strip())

    def _parts(self, text: str) -> tuple[str, ...]:
        before = self._texts.get("before", "")
        return self._driver.differing(before, REDACTOR.mask(text))

    def _concerned(self, parts: tuple[str, ...], text: str) -> bool:
        """Whether the push has to do with these parts: it names one, or a tunnel is another."""
        commands = self._texts.get("change", "") + self._texts.get("rollback", "")
        if any(part.split()[-1] in commands for part in parts if part.split()):
            return True
        if not parts:
            return False
        parse, before = self._driver.parse, self._texts.get("before", "")
        edge = str(MICROSOFT_ASN) in commands
        now = held(parse(REDACTOR.mask(text)), edge=edge)
        return bool(change(self._driver, now, held(parse(before), edge=edge)))

    def _other_keys(self, kept: dict[str, str | None], text: str) -> tuple[str, ...]:
        now = journal.prints(self._driver.parse(text).tunnels)
        unknown = {None, journal.HIDDEN}
        return tuple(
            name
            for name, key in kept.items()
            if not {key, now.get(name)} & unknown and now[name] != key
        )
