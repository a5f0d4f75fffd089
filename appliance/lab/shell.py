"""What the lab's servers need from a device and from a person's command line on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from appliance.lab.login import ENABLE, USERNAME

if TYPE_CHECKING:
    from appliance.lab.faults import Fault

Log = Callable[[str], None]


@dataclass(slots=True, kw_only=True)
class Question:
    """Something a device asks: its text, what to do with the answer, how it is typed.

    `hidden` answers are not echoed; a `single` one is one key, Enter included.
    """

    text: str
    answer: Callable[[str], str]
    hidden: bool = False
    single: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a vendor's terminal behaves apart from its commands.

    `more`: what the pager shows, `{percent}` in it being how much has been seen; `unmore`: the
    characters that wipe it away. `unknown`: what `?` prints where nothing is known. `literal`:
    text is being entered, so that `?` and tab are characters like any other and nothing shifts.
    `quoting`: they are also inside double quotes.
    """

    more: str
    unmore: str
    unknown: str
    literal: bool = False
    quoting: bool = False


class Shell(Protocol):
    """One person's session. `execute()` takes one line and returns what the device prints.

    While `question` is set the next line answers it. `closed` says that the session has ended;
    `length` and `width` are the terminal's, 0 for no paging and no wrapping.
    """

    length: int
    width: int

    @property
    def dialect(self) -> Dialect:
        """How the terminal behaves."""

    @property
    def closed(self) -> bool:
        """Whether the session has ended."""

    @property
    def question(self) -> Question | None:
        """What the device waits to be answered."""

    @property
    def prompt(self) -> str:
        """What the device prints when it waits."""

    @property
    def greeting(self) -> str:
        """What is printed once, above the first prompt."""

    @property
    def configuring(self) -> bool:
        """Whether the session is in a configuration mode, which Ctrl-Z leaves."""

    def execute(self, line: str) -> str:
        """What the device prints for one line, without the prompt that follows."""

    def ask(
        self, text: str, answer: Callable[[str], str], *, hidden: bool = False, single: bool = False
    ) -> str:
        """Put a question; what the command prints before it."""

    def end(self) -> None:
        """Ctrl-Z: leave configuration mode."""

    def interrupt(self) -> None:
        """Ctrl-C."""

    def eof(self, line: str) -> str | None:
        """Ctrl-D after `line`: what the device prints; None where the key means nothing."""

    def lost(self) -> None:
        """The line is gone, whether the person left or not."""

    def help(self, line: str) -> tuple[str, ...]:
        """The words that may follow `line`."""

    def hears(self, text: str) -> bool:
        """Whether this session gets to see a line of the device's log."""


class Device(Protocol):
    """A device that people reach over SSH.

    `save_fails` is what saving says instead of doing it. `away_until` is compared with
    `time.monotonic()`: until then nobody is let in.
    """

    save_fails: str

    @property
    def hostname(self) -> str:
        """The name in the prompt."""

    @property
    def startup(self) -> str:
        """What it would boot."""

    @property
    def lock(self) -> AbstractContextManager[object]:
        """Held while the device changes."""

    @property
    def listeners(self) -> list[Log]:
        """Who is told each line of the log."""

    @property
    def away_until(self) -> float:
        """When it answers again after a restart."""

    @property
    def ssh_version(self) -> str:
        """What its SSH server calls itself, without `SSH-2.0-`."""

    def banner(self, kind: str) -> str:
        """The text of a banner; `login` is the one shown before the password."""

    def lets_in(self, username: str, password: str) -> bool:
        """Whether this user may log in."""

    def session(self, user: str = "") -> Shell:
        """A new command line for a user who is logged in."""

    def running(self) -> str:
        """The configuration it runs, as it writes it."""

    def configure(self, *lines: str) -> list[str]:
        """Enter lines behind everybody's back; what the device said to each.

        Raises ValueError at the first line that it refuses to understand.
        """

    def rename(self, name: str) -> None:
        """Change the hostname behind everybody's back."""

    def reload(self) -> None:
        """Boot again; everything unsaved is lost."""

    def away(self, seconds: float) -> None:
        """Restart, and let nobody in for so many real seconds."""

    def advance(self, seconds: float) -> None:
        """Let time pass on the device; what is due happens."""

    def tick(self) -> None:
        """Do what is due by now. Cheap."""

    def settle(self) -> None:
        """Bring tunnels in line with configuration and time. Cheap when nothing changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where a device listens.

    `host_key` as OpenSSH writes it, `ssh-ed25519 AAAA...`; `certificate` in PEM form. Each is
    empty where the protocol has none, and so is `enable` where nothing asks for it.
    """

    name: str
    host: str
    port: int
    host_key: str = ""
    certificate: str = ""
    username: str = USERNAME
    enable: str = field(default=ENABLE, repr=False)


class Host(Protocol):
    """A device that brings the server for its own protocol."""

    def serve(
        self, name: str, *, host: str, port: int, faults: Iterable[Fault]
    ) -> AbstractContextManager[Endpoint]:
        """Listen until the context ends (`port` 0: any free one). Raises OSError."""
