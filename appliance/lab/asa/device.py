"""One ASA: what it runs, what it would boot, its clock, files, timers and log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import RLock
from time import monotonic
from typing import TYPE_CHECKING

from appliance.lab.asa.applets import Applets
from appliance.lab.asa.boot import boot
from appliance.lab.asa.editor import Editor
from appliance.lab.asa.everything import with_defaults
from appliance.lab.asa.network import Network
from appliance.lab.asa.readback import Style, body, checksum, read_back
from appliance.lab.asa.users import lets_in
from appliance.lab.associations import Associations
from appliance.lab.azure_peer import AzurePeer
from appliance.lab.cisco.grammar import Failure
from appliance.lab.clock import Clock
from appliance.lab.shell import Log

if TYPE_CHECKING:
    from appliance.lab.asa.cli import Cli


@dataclass(slots=True, kw_only=True)
class Settings:
    """What an ASA is made with besides its configuration.

    `nat`: its own addresses and what they become on the Internet. `mode`: `single` or `multiple`;
    with several contexts a session starts in `context`. `failover`: empty, `active` or `standby`.
    """

    version: str = "9.16(4)"
    serial: str = "9A1LAB5ITEA"
    platform: str = "ASAv"
    mode: str = "single"
    context: str = "admin"
    failover: str = ""
    nat: Mapping[str, str] = field(default_factory=dict)
    clock: Clock = field(default_factory=Clock)


class AsaDevice:
    """An ASA that interprets command lines, each session through a `Cli`."""

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
        self.listeners: list[Log] = []
        self.logged: list[str] = []
        self.reload_at: datetime | None = None
        self.boots = 0
        self.save_fails = ""
        self.away_until = 0.0
        self.lock = RLock()
        self.crypto = Associations(list(peers), self.settings.nat)
        self.applets = Applets()
        self._settled = -1
        self._boot()

    def _boot(self) -> None:
        self.config = boot(self.startup, self.settings.version)
        self.config.multiple = self.settings.mode == "multiple"
        self.booted_at = self.clock.now()
        self.saved_at = self.booted_at
        self.saved_by = "enable_15"
        self.reload_at = None
        self.noticed = False
        self.boots += 1
        self.crypto.clear()
        self.applets = Applets()
        self._settled = -1
        self._saved = checksum(self.config)

    @property
    def hostname(self) -> str:
        """The name in the prompt."""
        return self.config.hostname

    @property
    def uptime(self) -> float:
        """Seconds since the device booted."""
        return (self.clock.now() - self.booted_at).total_seconds()

    @property
    def modified(self) -> bool:
        """Whether something is configured that is not saved."""
        return checksum(self.config) != self._saved

    @property
    def network(self) -> Network:
        """What the configuration says about tunnels and routes now."""
        return Network(config=self.config)

    def running(self, *, everything: bool = False) -> str:
        """The running configuration from `: Saved` to `: end`, keys in clear, as
        `more system:running-config` prints it."""
        return self._text(Style(clear=True, everything=everything))

    def shown(self, *, everything: bool = False) -> str:
        """The same as `show running-config` prints it: keys are `*****`."""
        return self._text(Style(everything=everything))

    def _text(self, style: Style) -> str:
        config = with_defaults(self.config) if style.everything else self.config
        return read_back(body(config, style), self.config, self.settings.serial)

    def configure(self, *lines: str) -> list[str]:
        """Enter lines behind everybody's back; what the ASA said to each. Raises ValueError at
        the first line that it does not understand."""
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
            self.applets.watch(self.config, self.clock.now())
            self.settle()
        return said

    def merge(self, text: str) -> None:
        """What `copy FILE running-config` does: every line is entered, wrong ones are skipped."""
        editor = Editor(config=self.config)
        for line in text.splitlines():
            if not line.startswith(("ASA Version", "Cryptochecksum")):
                editor.apply(line)
        self.applets.watch(self.config, self.clock.now())

    def save(self, user: str = "enable_15") -> str:
        """Running becomes startup; what went wrong, or nothing."""
        if self.save_fails:
            return self.save_fails
        self.startup = self.running()
        self.saved_at, self.saved_by = self.clock.now(), user
        self._saved = checksum(self.config)
        return ""

    def reload(self) -> None:
        """Boot again from the startup configuration; everything unsaved is lost."""
        self._boot()
        self.log("%ASA-1-199002: Startup completed. Beginning operation.")

    def away(self, seconds: float) -> None:
        """Restart, and let nobody in for so many real seconds."""
        self.away_until = monotonic() + seconds
        self.reload()

    def banner(self, kind: str) -> str:
        """The text of a banner, one statement a line."""
        held = self.config.root.all("banner", kind)
        return "".join(f"{' '.join(node.words[2:])}\n" for node in held)

    def lets_in(self, username: str, password: str) -> bool:
        """Whether this user may log in."""
        return lets_in(self.config.root, username, password)

    def session(self, user: str = "") -> Cli:
        """A new command line, not yet enabled."""
        from appliance.lab.asa.cli import Cli  # noqa: PLC0415 -- a session needs the device's class

        return Cli(self, user=user)

    def rename(self, name: str) -> None:
        """Change the hostname behind everybody's back."""
        self.configure(f"hostname {name}")

    def advance(self, seconds: float) -> None:
        """Let time pass on the device; what is due happens, each thing at its own moment."""
        with self.lock:
            end = self.clock.now().timestamp() + seconds
            while (due := self._next()) is not None and due.timestamp() <= end:
                self.clock.advance(max(0.0, (due - self.clock.now()).total_seconds()))
                self.tick()
            self.clock.advance(max(0.0, end - self.clock.now().timestamp()))
            self.tick()
            self.settle(force=True)

    def _next(self) -> datetime | None:
        """The next moment at which a timer ends."""
        moments = [moment for moment in (self.applets.next(), self.reload_at) if moment]
        return min(moments, default=None)

    def settle(self, *, force: bool = False) -> None:
        """Bring tunnels in line with the configuration and the time; cheap when nothing changed."""
        now = self.clock.now()
        if force or self.config.edits != self._settled or self.crypto.due(now):
            self._settled = self.config.edits
            self.crypto.settle(self.network, now, self.log)

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
        """Do what is due: a reload, an applet. Cheap; called before every command."""
        now = self.clock.now()
        if self.reload_at is not None and now >= self.reload_at:
            self.reload()
            return
        self.applets.watch(self.config, now)
        for applet in self.applets.due(now):
            self.run_applet(applet)

    def run_applet(self, name: str) -> None:
        """An applet's commands, each from global configuration mode with all rights."""
        node = self.config.root.children.get(("event", "manager", "applet", name))
        if node is None:
            return
        cli = self.session("enable_15")
        actions = sorted(node.all("action"), key=lambda one: int(one.words[1]))
        for action in actions:
            cli.become()
            cli.execute(action.words[-1].strip('"'))
            if cli.question is not None:
                cli.interrupt()
        self.log(f"%ASA-6-305006: applet {name} has run")

    def log(self, text: str) -> None:
        """One line of syslog, to everybody who listens."""
        line = f"{self.clock.now():%b %d %Y %H:%M:%S}: {text}" if text[:1] == "%" else text
        self.logged.append(line)
        for listener in list(self.listeners):
            listener(line)
