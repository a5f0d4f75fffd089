"""What a device keeps of its configuration: active, candidate, the last fifty, who is editing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from appliance.lab.junos.compare import compare
from appliance.lab.junos.merging import merged
from appliance.lab.junos.tree import Node

_KEPT = 50
SHARED, EXCLUSIVE, PRIVATE = "shared", "exclusive", "private"


@dataclass(slots=True, kw_only=True)
class Commit:
    """One committed configuration, when and by whom. `via` is `cli`, `other`, `netconf`."""

    tree: Node
    at: datetime
    user: str
    via: str = "cli"
    comment: str = ""
    minutes: int = 0


@dataclass(slots=True, kw_only=True)
class Pending:
    """A commit that waits to be confirmed: what comes back, and when."""

    before: Node
    deadline: datetime
    user: str


@dataclass(slots=True, kw_only=True)
class Editing:
    """Somebody in configuration mode. `stale`: their line is gone and nobody has noticed yet."""

    user: str
    terminal: str
    pid: int
    since: datetime
    mode: str = SHARED
    level: str = "[edit]"
    active: datetime | None = None
    stale: bool = False

    def text(self, now: datetime) -> str:
        """The lines that tell others about them."""
        idle = int((now - (self.active or self.since)).total_seconds())
        shown = f", idle {_clock(idle)}" if idle >= 1 else ""
        where = f"      {self.mode} {self.level}" if self.mode != SHARED else f"      {self.level}"
        since = f"{self.since:%Y-%m-%d %H:%M:%S} UTC"
        return (
            f"  {self.user} terminal {self.terminal} (pid {self.pid}) on since {since}{shown}\n"
            f"{where}\n"
        )


def _clock(seconds: int) -> str:
    days, rest = divmod(seconds, 86400)
    text = f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
    return f"{days}d {text[:5]}" if days else text


class Database:
    """The configurations of one device."""

    def __init__(self, tree: Node, now: datetime, user: str) -> None:
        self.candidate = tree.copy()
        self.history = [Commit(tree=tree, at=now, user=user, via="other")]
        self.editors: list[Editing] = []
        self.pending: Pending | None = None
        self.rescue: Node | None = None
        self.commits = 0

    @property
    def active(self) -> Node:
        """What the device runs. It is never changed in place."""
        return self.history[0].tree

    @property
    def changed(self) -> bool:
        """Whether the shared candidate has changes that nobody has committed."""
        return not same(self.active, self.candidate)

    @property
    def owner(self) -> Editing | None:
        """Who holds the exclusive lock."""
        return next((one for one in self.editors if one.mode == EXCLUSIVE), None)

    def discard(self) -> None:
        """The shared candidate is the active configuration again."""
        self.candidate = self.active.copy()

    def old(self, number: int) -> Node | None:
        """`rollback <number>`; None when there is none."""
        return self.history[number].tree if number < len(self.history) else None

    def commit(self, entry: Commit, *, minutes: int = 0) -> None:
        """Run this configuration; with minutes it has to be confirmed by then. The shared
        candidate keeps what it has besides."""
        base = self.active
        before = self.pending.before if self.pending else base
        self.pending = None
        if minutes:
            deadline = entry.at + timedelta(minutes=minutes)
            self.pending = Pending(before=before, deadline=deadline, user=entry.user)
        entry.minutes = minutes
        entry.tree = entry.tree.copy()
        self.history.insert(0, entry)
        del self.history[_KEPT:]
        self.commits += 1
        self.candidate = merged(base, self.candidate, self.active)

    def expire(self, now: datetime) -> bool:
        """Go back when nobody has confirmed in time; whether that happened."""
        if self.pending is None or now < self.pending.deadline:
            return False
        before = self.pending.before
        self.pending = None
        self.commit(Commit(tree=before, at=now, user="root", via="other"))
        self.discard()
        return True


def same(one: Node, other: Node) -> bool:
    """Whether two configurations say the same, in the same order where order means something."""
    return not compare(one, other)
