"""What a driver may ask of a connection to a device."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from appliance.model.change import Step
from appliance.model.reach import WinRm
from appliance.model.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a device is and how to recognise it.

    `host_key` is the pinned public key ("ssh-ed25519 AAAA...") or certificate ("x509 MII..."); an
    SSH session is refused without. `legacy` names old SSH algorithms (key exchange, host key,
    cipher, MAC) that this one device needs; they are off otherwise. `timeout` is in seconds, for
    connecting and for one command. `read_keys`: keys are read too where a device hides them in its
    usual configuration but would show them. `hop` is the jump host that the way leads
    through; `forwards`: this is one.
    """

    site: str
    host: str
    port: int = 22
    host_key: str | None = None
    legacy: tuple[str, ...] = ()
    timeout: float = 30.0
    winrm: WinRm = field(default_factory=WinRm)
    read_keys: bool = False
    hop: Hop | None = None
    forwards: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """How to log in. `enable` is the secret for privileged mode, where the device has one."""

    username: str
    password: Secret | None = None
    enable: Secret | None = None
    key_file: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """A jump host: where it is, with its pinned key, and how to log in there."""

    at: Target
    who: Credentials


class Session(Protocol):
    """An open, privileged, paging-free connection to one device."""

    @property
    def prompt(self) -> str:
        """The device's own name as its prompt shows it, without mode characters."""

    @property
    def transcript(self) -> str:
        """All that was said in both directions, keys masked."""

    def run(self, command: str, *, timeout: float | None = None) -> str:
        """The complete answer to an operational command, without echo and prompt.

        Raises `CommandRefused` when the device answers with an error, `SessionTimeout` when it
        stops answering, `ConnectError` when the connection breaks.
        """

    def configure(
        self,
        steps: Iterable[Step],
        *,
        enter: str | None = None,
        sent: Callable[[Step], None] | None = None,
    ) -> None:
        """Send the steps in configuration mode, one by one, and stop at the first refused one.

        `enter` is the command that opens configuration mode when it is not the usual one; `sent` is
        called before each step is sent. Raises as `run` does.
        """

    def close(self) -> None:
        """Leave configuration mode if need be and hang up; never raises."""


@runtime_checkable
class Editor(Session, Protocol):
    """A session with a device that edits a candidate in configuration mode, and commits it."""

    @property
    def above(self) -> str:
        """What the device printed above its last prompt."""

    def edit(self, command: str, *, timeout: float | None = None) -> str:
        """The complete answer to a command in configuration mode, or to one that opens it.

        The mode is not left. Raises as `run` does, with all lines of a refusal.
        """

    def look(self, command: str, *, timeout: float | None = None) -> str:
        """As `edit`, for an answer that is data: an error stands in its first lines or nowhere."""

    def paste(
        self,
        command: str,
        steps: Iterable[Step],
        *,
        ready: str,
        end: str,
        sent: Callable[[Step], None] | None = None,
    ) -> str:
        """Type the steps into a command that reads text until `end`, once it has printed `ready`.

        Raises `CommandRefused` for the first step the device finds fault with, when all were read.
        """
