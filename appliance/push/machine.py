"""The life of one push as a table: in which state what may happen, and what is true there.

    BEGUN --arm--> ARMING --armed--> ARMED --send--> SENDING --sent--> SENT
      |              |                                                   | holds
      | stop         | stop                                            HELD
      v              v                                                   | proven
    UNTOUCHED <------+                                                 PROVEN
                                                                         | confirm
    from ARMING to CONFIRMING: fail --> REVERTING                     CONFIRMING
    REVERTING --back--> ROLLED_BACK                                      | kept
              --lost--> UNKNOWN                                         KEPT --saved--> PUSHED
                                                                         | fail
                                                                         +--> NOT_SAVED

The table is data, so that every path through it can be walked; `docs/safety.md` draws it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    """Where a push stands. The words are what the journal keeps and people read."""

    BEGUN = "begun"
    ARMING = "arming"
    ARMED = "armed"
    SENDING = "sending"
    SENT = "sent"
    HELD = "held"
    PROVEN = "proven"
    CONFIRMING = "confirming"
    KEPT = "kept"
    REVERTING = "reverting"
    UNTOUCHED = "untouched"
    PUSHED = "pushed"
    NOT_SAVED = "not saved"
    ROLLED_BACK = "rolled back"
    UNKNOWN = "unknown"


class Event(StrEnum):
    """What happens to a push."""

    ARM = "arm"
    ARMED = "armed"
    SEND = "send"
    SENT = "sent"
    HOLDS = "holds"
    PROVEN = "proven"
    CONFIRM = "confirm"
    KEPT = "kept"
    SAVED = "saved"
    STOP = "stop"
    FAIL = "fail"
    BACK = "back"
    LOST = "lost"


ENDS = frozenset({State.UNTOUCHED, State.PUSHED, State.NOT_SAVED, State.ROLLED_BACK, State.UNKNOWN})
"""Nothing follows these; every other state of a process that is gone is unfinished business."""

GUARDED = frozenset(
    {
        *(State.ARMING, State.ARMED, State.SENDING, State.SENT, State.HELD, State.PROVEN),
        *(State.CONFIRMING, State.REVERTING),
    }
)
"""Here a timer may run on the device, and the device may hold part of the change."""

_FORWARD = (
    (State.BEGUN, Event.ARM, State.ARMING),
    (State.ARMING, Event.ARMED, State.ARMED),
    (State.ARMED, Event.SEND, State.SENDING),
    (State.SENDING, Event.SEND, State.SENDING),
    (State.SENDING, Event.SENT, State.SENT),
    (State.SENT, Event.HOLDS, State.HELD),
    (State.HELD, Event.PROVEN, State.PROVEN),
    (State.PROVEN, Event.CONFIRM, State.CONFIRMING),
    (State.CONFIRMING, Event.KEPT, State.KEPT),
    (State.KEPT, Event.SAVED, State.PUSHED),
)
_BACKWARD = (
    (State.BEGUN, Event.STOP, State.UNTOUCHED),
    (State.ARMING, Event.STOP, State.UNTOUCHED),
    *((state, Event.FAIL, State.REVERTING) for state in State if state in GUARDED),
    (State.REVERTING, Event.BACK, State.ROLLED_BACK),
    (State.REVERTING, Event.LOST, State.UNKNOWN),
    (State.KEPT, Event.FAIL, State.NOT_SAVED),
)
TABLE: Mapping[tuple[State, Event], State] = MappingProxyType(
    {(state, event): then for state, event, then in (*_FORWARD, *_BACKWARD)}
)

Record = Callable[[State, Event, str], None]


class Machine:
    """One push. Each event is recorded before what it stands for is done."""

    def __init__(self, record: Record, state: State = State.BEGUN) -> None:
        self.state = state
        self._record = record

    def go(self, event: Event, detail: str = "") -> None:
        """Take the step that `event` leads to. Raises RuntimeError where it may not happen."""
        then = TABLE.get((self.state, event))
        if then is None:
            raise RuntimeError(f"a push that is {self.state} cannot {event}")
        self._record(then, event, detail)
        self.state = then

    @property
    def ended(self) -> bool:
        """Whether nothing can follow."""
        return self.state in ENDS
