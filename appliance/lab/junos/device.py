"""One SRX: its configurations, clock, log and tunnels; people reach it through `session()`."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import RLock
from time import monotonic

from appliance.lab.associations import Associations
from appliance.lab.azure_peer import AzurePeer
from appliance.lab.circuit import Msee
from appliance.lab.clock import Clock
from appliance.lab.junos import users
from appliance.lab.junos.boot import boot, mark
from appliance.lab.junos.check import check
from appliance.lab.junos.cli import Cli
from appliance.lab.junos.compare import arrange
from appliance.lab.junos.configuring import Configuring
from appliance.lab.junos.database import EXCLUSIVE, Commit, Database, Editing
from appliance.lab.junos.editor import Editor
from appliance.lab.junos.inherit import in_force
from appliance.lab.junos.liveness import Liveness
from appliance.lab.junos.network import SrxNetwork
from appliance.lab.junos.nine import MAGIC, hide, reveal
from appliance.lab.junos.path import Refused, Release, Step
from appliance.lab.junos.release import is_old
from appliance.lab.junos.tokens import Unbalanced, tokens
from appliance.lab.junos.tree import Node, prune
from appliance.lab.junos.writing import braces, set_lines

Log = Callable[[str], None]
_FIRST_PID = 4200


@dataclass(slots=True, kw_only=True)
class Settings:
    """What a device is made with besides its configuration.

    `nat`: its own addresses and what they become on the Internet. `cluster`: it is node 0 of a
    chassis cluster, `primary` or not. `engines`: it has two routing engines and commits on both.
    `lingers`: how many seconds a lock stays when its session is cut off. `free`: what its
    configurations' file system has left.
    """

    version: str = "21.4R3-S5.4"
    serial: str = "CV2026LABSRX"
    model: str = "srx345"
    nat: Mapping[str, str] = field(default_factory=dict)
    clock: Clock = field(default_factory=Clock)
    cluster: bool = False
    primary: bool = True
    engines: bool = False
    lingers: float = 0.0
    free: str = "161M"


class SrxDevice:
    """A Juniper SRX that interprets command lines, each session through a `Cli`."""

    ssh_version = "OpenSSH_7.5"

    def __init__(
        self,
        startup: str,
        settings: Settings | None = None,
        *,
        peers: Iterable[AzurePeer] = (),
    ) -> None:
        self.settings = settings or Settings()
        self.clock = self.settings.clock
        self.listeners: list[Log] = []
        self.logged: list[str] = []
        self.sessions: list[Cli] = []
        self.save_fails = ""
        self.away_until = 0.0
        self.lock = RLock()
        self.boots = 0
        self.booted_at = self.clock.now()
        self.crypto = Associations(list(peers), self.settings.nat)
        self.circuits: list[Msee] = []
        self._salt = random.Random(self.settings.serial)  # noqa: S311 -- a salt that hides nothing
        self._pid = _FIRST_PID
        self._settled = -1
        root = boot(startup, self.settings.version, self.keep)
        self.data = Database(root, self.clock.now(), "root")
        self._lost: list[tuple[datetime, Configuring]] = []
        self._liveness = Liveness()
        self._network: tuple[int, SrxNetwork] | None = None

    # What the servers ask.

    @property
    def hostname(self) -> str:
        """The name in the prompt."""
        return self.data.active.value("system", "host-name") or "Amnesiac"

    @property
    def startup(self) -> str:
        """What it would boot: the active configuration, for nothing else is kept."""
        return self.running()

    def banner(self, kind: str) -> str:
        """`login` is shown before the password, `announcement` behind it."""
        word = "message" if kind == "login" else "announcement"
        return self.data.active.value("system", "login", word).replace("\\n", "\n")

    def lets_in(self, username: str, password: str) -> bool:
        """Whether this user may log in."""
        return users.lets_in(self.network.root.find("system"), username, password)

    def session(self, user: str = "") -> Cli:
        """A new command line; root starts in the UNIX shell, as over SSH."""
        self._pid += 7
        shell = Cli(self, user=user or "console", pid=self._pid, shell=user == "root")
        self.sessions.append(shell)
        return shell

    def running(self, *, as_set: bool = False) -> str:
        """The active configuration, with braces or as `set` lines."""
        if as_set:
            return "".join(f"{line}\n" for line in set_lines(self.data.active))
        return braces(self.data.active)

    def configure(self, *lines: str, user: str = "root") -> list[str]:
        """Enter and commit lines behind everybody's back; what Junos said to each.

        Raises ValueError at the first line that Junos does not take, and when the commit fails;
        then nothing has changed.
        """
        with self.lock:
            tree = self.data.active.copy()
            editor = Editor(root=tree, keep=self.keep, release=self.release)
            said = [self._applied(editor, line) for line in lines]
            failed = check(tree, self.settings.version)
            if failed:
                raise ValueError("".join(failed))
            self.commit(tree, Commit(tree=tree, at=self.clock.now(), user=user))
        return said

    def _applied(self, editor: Editor, line: str) -> str:
        try:
            typed = tokens(line)
            return editor.apply(typed) if typed else ""
        except Refused as refused:
            raise ValueError(f"{refused.words} (word {refused.at + 1}): {line}") from None
        except Unbalanced:
            raise ValueError(f"unbalanced quotes: {line}") from None

    def edited_by(
        self, user: str, *lines: str, mode: str = EXCLUSIVE, minutes: int = 3, here: bool = True
    ) -> Editing:
        """Somebody else is in configuration mode since some minutes, with these lines in the
        shared candidate. Without `here` they have left the lines and gone."""
        with self.lock:
            editor = Editor(root=self.data.candidate, keep=self.keep, release=self.release)
            for line in lines:
                self._applied(editor, line)
            self._pid += 7
            since = self.clock.now() - timedelta(minutes=minutes)
            other = Editing(user=user, terminal="pts/7", pid=self._pid, since=since, mode=mode)
            if here:
                self.data.editors.append(other)
        return other

    def rename(self, name: str) -> None:
        """Change the hostname behind everybody's back."""
        self.configure(f"set system host-name {name}")

    def advance(self, seconds: float) -> None:
        """Let time pass on the device; what is due happens."""
        with self.lock:
            self.clock.advance(seconds)
            self.tick()
            self.settle(force=True)

    def tick(self) -> None:
        """Do what is due: the rollback of a commit that nobody confirmed, the end of locks that
        nobody holds. Cheap."""
        for until, config in list(self._lost):
            if self.clock.now() >= until:
                self._lost.remove((until, config))
                config.leave()
        if self.data.expire(self.clock.now()):
            self.broadcast("Commit was not confirmed; automatic rollback complete.")
            self.settle(force=True)

    def linger(self, config: Configuring, seconds: float) -> None:
        """Keep the lock of a session that was cut off for so long."""
        self._lost.append((self.clock.now() + timedelta(seconds=seconds), config))

    def reload(self) -> None:
        """Boot again. A commit that waits to be confirmed is rolled back at boot."""
        pending = self.data.pending
        if pending is not None:
            pending.deadline = self.clock.now()
            self.data.expire(self.clock.now())
        self.data.editors.clear()
        self._lost.clear()
        self.data.discard()
        self.sessions.clear()
        self.boots += 1
        self.booted_at = self.clock.now()
        self.crypto.clear()
        self._settled = -1

    def away(self, seconds: float) -> None:
        """Restart, and let nobody in for so many real seconds."""
        self.away_until = monotonic() + seconds
        self.reload()

    # What its sessions ask.

    @property
    def release(self) -> Release:
        """How its release reads words."""
        return Release(old=is_old(self.settings.version))

    @property
    def uptime(self) -> float:
        """Seconds since the device booted."""
        return (self.clock.now() - self.booted_at).total_seconds()

    @property
    def network(self) -> SrxNetwork:
        """What the active configuration means."""
        if self._network is None or self._network[0] != self.data.commits:
            self._network = (self.data.commits, SrxNetwork(in_force(self.data.active)))
        return self._network[1]

    def keep(self, steps: list[Step]) -> list[Step]:
        """The statements with their keys the way the device stores them. Raises Refused."""
        return [self._kept(step) for step in steps]

    def _kept(self, step: Step) -> Step:
        if "nine" not in step.schema.marks or not step.values:
            return step
        clear = step.values[-1]
        if clear.startswith(MAGIC) and reveal(clear) is None:
            raise Refused("error: invalid encrypted string", 0)
        hidden = clear if clear.startswith((MAGIC, "$8$")) else hide(clear, self._salt)
        return Step(schema=step.schema, words=step.words, values=(hidden,))

    def commit(self, tree: Node, entry: Commit, *, minutes: int = 0) -> None:
        """Run `tree`, which has been checked; tunnels that it touches come down."""
        prune(tree)
        mark(tree, self.settings.version)
        arrange(self.data.active, tree)
        entry.tree = tree
        self.data.commit(entry, minutes=minutes)
        self.settle(force=True)

    def settle(self, *, force: bool = False) -> None:
        """Bring tunnels in line with configuration and time; cheap when nothing changed."""
        now = self.clock.now()
        dead = self._liveness.dead(self.network.root, self.crypto.live.values(), now)
        for name in dead:
            self.log(f"kmd[2210]: DPD detected peer {self.crypto.live.pop(name).outcome.peer} dead")
        if force or dead or self.data.commits != self._settled or self.crypto.due(now):
            self._settled = self.data.commits
            self.crypto.settle(self.network, now, self.log)

    @property
    def peers(self) -> tuple[AzurePeer, ...]:
        """The gateways on the other side."""
        return tuple(self.crypto.peers)

    def meet(self, *peers: AzurePeer) -> None:
        """Azure changes: these gateways replace those of the same address, or are new. SAs that
        are up stay until they are cleared or rekeyed, or the gateway is found dead."""
        with self.lock:
            mine = {peer.address: peer for peer in (*self.crypto.peers, *peers)}
            self.crypto.peers = list(mine.values())
            self._liveness.heard(peers, self.clock.now())
            self.settle(force=True)

    def log(self, text: str) -> None:
        """One line of syslog; nobody sees it on a terminal unless they ask."""
        self.logged.append(f"{self.clock.now():%b %d %H:%M:%S}  {self.hostname} {text}")

    def broadcast(self, text: str) -> None:
        """A message to every terminal."""
        now = self.clock.now()
        self.logged.append(text)
        shown = (
            f"\nBroadcast Message from root@{self.hostname}\n"
            f"        (no tty) at {now.hour}:{now:%M} UTC...\n\n{text}\n"
        )
        for listener in list(self.listeners):
            listener(shown)
