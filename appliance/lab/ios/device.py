"""One IOS device: what it runs, what it would boot, its clock, files, timers and log."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import RLock
from time import monotonic
from typing import TYPE_CHECKING

from appliance.lab.associations import Associations
from appliance.lab.azure_peer import AzurePeer
from appliance.lab.circuit import Msee
from appliance.lab.cisco.grammar import Failure
from appliance.lab.cisco.tree import copy_tree
from appliance.lab.clock import Clock
from appliance.lab.ios.boot import boot
from appliance.lab.ios.clock import stamp
from appliance.lab.ios.configuration import Configuration
from appliance.lab.ios.editor import Editor
from appliance.lab.ios.network import Network
from appliance.lab.ios.readback import read_back
from appliance.lab.ios.users import lets_in, privilege
from appliance.lab.ios.vault import Vault
from appliance.lab.shell import Log

if TYPE_CHECKING:
    from appliance.lab.ios.cli import Cli

_WARNING = timedelta(minutes=1)


@dataclass(slots=True, kw_only=True)
class Revert:
    """A change that waits to be confirmed: what comes back, when, and who asked."""

    checkpoint: Configuration
    file: str
    deadline: datetime
    minutes: int
    idle: bool
    user: str
    armed: datetime
    warned: bool = False


@dataclass(slots=True, kw_only=True)
class Settings:
    """What a device is made with besides its configuration.

    `nat`: its own addresses and what they become on the Internet. `type6`: keys are shown hidden.
    """

    version: str = "17.9.4a"
    serial: str = "9LABSITE0A1"
    platform: str = "C8000V"
    type6: bool = False
    nat: Mapping[str, str] = field(default_factory=dict)
    clock: Clock = field(default_factory=Clock)


class Device:
    """An IOS or IOS-XE router that interprets command lines, each session through a `Cli`."""

    ssh_version = "Cisco-1.25"

    def __init__(
        self,
        startup: str,
        settings: Settings | None = None,
        *,
        peers: Iterable[AzurePeer] = (),
    ) -> None:
        self.settings = settings or Settings()
        self.clock = self.settings.clock
        self.startup = startup
        self.files: dict[str, str] = {}
        self.vault = Vault(type6=self.settings.type6)
        self.listeners: list[Log] = []
        self.logged: list[str] = []
        self.revert: Revert | None = None
        self.reload_at: datetime | None = None
        self.archived = 0
        self.boots = 0
        self.save_fails = ""
        self.away_until = 0.0
        self.lock = RLock()
        self.crypto = Associations(list(peers), self.settings.nat)
        self.circuits: list[Msee] = []
        self._settled = -1
        self._boot()

    def _boot(self) -> None:
        self.config = boot(self.vault.opened(self.startup), self.settings.version)
        self.booted_at = self.clock.now()
        self.changed_at = self.booted_at
        self.changed_by = ""
        self.saved_at = self.booted_at
        self.revert = None
        self.reload_at = None
        self.boots += 1
        self.crypto.clear()
        self._settled = -1

    @property
    def hostname(self) -> str:
        """The name in the prompt."""
        return self.config.hostname

    @property
    def uptime(self) -> float:
        """Seconds since the device booted."""
        return (self.clock.now() - self.booted_at).total_seconds()

    def running(self, *, everything: bool = False) -> str:
        """The running configuration from `version` to `end`, as IOS writes it."""
        return read_back(self.config, veil=self.vault.veil, everything=everything)

    def checksum(self) -> str:
        """A short value that changes whenever the running configuration does."""
        return hashlib.sha256(read_back(self.config).encode()).hexdigest()[:16]

    def configure(self, *lines: str, user: str = "console") -> list[str]:
        """Enter lines behind everybody's back; what IOS said to each. Raises ValueError at the
        first line that IOS does not understand."""
        editor = Editor(config=self.config)
        said: list[str] = []
        with self.lock:
            for line in lines:
                answer = editor.apply(line)
                if isinstance(answer, Failure):
                    raise ValueError(  # noqa: TRY004 -- the line is wrong, not its type
                        f"{answer.kind} at column {answer.column}: {line}"
                    )
                said.append(answer)
            self.changed(user)
            self.settle()
        return said

    def changed(self, user: str) -> None:
        """Note who changed the configuration, and when."""
        self.changed_at = self.clock.now()
        self.changed_by = user
        if self.revert is not None and self.revert.idle:
            self.revert.deadline = self.clock.now() + timedelta(minutes=self.revert.minutes)

    def save(self) -> str:
        """Running becomes startup; what went wrong, or nothing."""
        if self.save_fails:
            return self.save_fails
        self.startup = self.running()
        self.saved_at = self.clock.now()
        return ""

    def replace(self, text: str) -> None:
        """The running configuration becomes exactly what `text` says."""
        self.config = self._adopt(boot(self.vault.opened(text), self.settings.version))

    def _adopt(self, fresh: Configuration) -> Configuration:
        """Sessions hold the configuration object: give it new contents instead of a new one."""
        self.config.root.children = fresh.root.children
        self.config.born = max(self.config.born, fresh.born)
        self.config.edits += 1
        return self.config

    def reload(self) -> None:
        """Boot again from the startup configuration; everything unsaved is lost."""
        self._boot()
        self.log("%SYS-5-RESTART: System restarted --")

    def away(self, seconds: float) -> None:
        """Restart, and let nobody in for so many real seconds."""
        self.away_until = monotonic() + seconds
        self.reload()

    def banner(self, kind: str) -> str:
        """The text of a banner, without its delimiters."""
        found = self.config.root.find("banner", kind)
        return found.raw.split("^C")[1] if found else ""

    def lets_in(self, username: str, password: str) -> bool:
        """Whether this user may log in."""
        return lets_in(self.config.root, username, password)

    def session(self, user: str = "") -> Cli:
        """A new command line; a user the device knows starts at the privilege it has there."""
        from appliance.lab.ios.cli import Cli  # noqa: PLC0415 -- a session needs the device's class

        return Cli(self, user=user, privilege=privilege(self.config.root, user))

    def rename(self, name: str) -> None:
        """Change the hostname behind everybody's back."""
        self.configure(f"hostname {name}")

    def archive_path(self) -> str:
        """Where the archive writes; empty when it is not configured."""
        archive = self.config.root.find("archive")
        return archive.value("path") if archive else ""

    def archive(self) -> str:
        """Write the running configuration to the archive; the file's name."""
        self.archived += 1
        name = f"{self.archive_path()}-{self.archived}"
        self.files[name] = self.running()
        return name

    def arm(self, minutes: int, *, idle: bool, user: str) -> Revert:
        """Save a checkpoint and start the clock; only one may wait at a time."""
        checkpoint = Configuration(release=self.config.release, born=self.config.born)
        checkpoint.root = copy_tree(self.config.root)
        now = self.clock.now()
        self.revert = Revert(
            checkpoint=checkpoint,
            file=self.archive(),
            deadline=now + timedelta(minutes=minutes),
            minutes=minutes,
            idle=idle,
            user=user,
            armed=now,
        )
        return self.revert

    def roll_back(self) -> None:
        """Return to the checkpoint of the change that waits to be confirmed."""
        if self.revert is None:
            return
        pending, self.revert = self.revert, None
        self._adopt(pending.checkpoint)
        self.log(f"Rollback Confirmed Change: rolling to:{pending.file}")
        self.changed("Rollback")
        self.log("%ARCHIVE_DIFF-5-ROLLBK_CNFMD_CHG_ROLLBACK: Rollback Confirmed Change rolled back")

    def advance(self, seconds: float) -> None:
        """Let time pass on the device; what is due happens."""
        with self.lock:
            self.clock.advance(seconds)
            self.tick()
            self.settle(force=True)

    def settle(self, *, force: bool = False) -> None:
        """Bring tunnels in line with the configuration and the time; cheap when nothing changed."""
        now = self.clock.now()
        if force or self.config.edits != self._settled or self.crypto.due(now):
            self._settled = self.config.edits
            self.crypto.settle(Network(config=self.config), now, self.log)

    @property
    def peers(self) -> tuple[AzurePeer, ...]:
        """The gateways on the other side."""
        return tuple(self.crypto.peers)

    def meet(self, *peers: AzurePeer) -> None:
        """Azure changes: these gateways replace those of the same address, or are new. SAs that
        are up stay until they are cleared or rekeyed."""
        with self.lock:
            mine = {peer.address: peer for peer in (*self.crypto.peers, *peers)}
            self.crypto.peers = list(mine.values())
            self.settle(force=True)

    def tick(self) -> None:
        """Do what is due: a rollback, a reload. Cheap; called before every command."""
        now = self.clock.now()
        if self.reload_at is not None and now >= self.reload_at:
            self.reload()
            return
        pending = self.revert
        if pending is None:
            return
        if now >= pending.deadline:
            self.roll_back()
        elif now >= pending.deadline - _WARNING and not pending.warned:
            pending.warned = True
            self.log(
                "Rollback Confirmed Change: Rollback will begin in one minute.\n"
                'Enter "configure confirm" if you wish to keep what you\'ve configured'
            )

    def log(self, text: str) -> None:
        """One line of syslog, to everybody who listens."""
        line = f"*{self.clock.now():%b %d %H:%M:%S}.000: {text}" if text[:1] == "%" else text
        self.logged.append(line)
        for listener in list(self.listeners):
            listener(line)

    def header(self, size: int) -> str:
        """The lines above the configuration in `show running-config`."""
        by = f" by {self.changed_by}" if self.changed_by else ""
        return (
            f"Building configuration...\n\nCurrent configuration : {size} bytes\n!\n"
            f"! Last configuration change at {stamp(self.changed_at)}{by}\n"
            f"! NVRAM config last updated at {stamp(self.saved_at)}\n!\n"
        )
