"""Every error this package raises on purpose.

ApplianceError
├── UsageError            the command line asks for something that does not make sense
├── InventoryError        inventory.yaml (or a file it names) is wrong; carries every fault found
├── ExpectationError      an Azure export is wrong, incomplete or contradicts itself
├── SecretError           a referenced secret cannot be read, or may not be
├── UnsupportedError      the device (or its version) cannot say what the intent asks
├── ParseError            text of a device cannot be read as what it should be
├── RefusedError          a safety gate stopped the operation; nothing was touched
├── SessionError          talking to a device failed
│   ├── ConnectError          it could not be reached, or is not who it was
│   ├── AuthenticationError   it did not let us in
│   ├── SessionTimeout        it stopped answering; what it did is unknown
│   └── CommandRefused        it answered a command with an error
└── RollbackError         the state of the device is unknown: a person is needed

Every error names a place (`where`), says what is wrong (its text) and what to do about it (`hint`).
None may carry a secret: text that comes from a device is masked before it gets here.
"""

from __future__ import annotations


class ApplianceError(Exception):
    """Root of the tree; `where` is a file with its position, a site, or a device."""

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        text = f"{self.where}: {self.message}" if self.where else self.message
        return f"{text}\n  -> {self.hint}" if self.hint else text


class UsageError(ApplianceError):
    """The command line asks for something that does not make sense."""


class InventoryError(ApplianceError):
    """The inventory is wrong; `faults` holds one line for each fault, in file order."""

    def __init__(
        self, message: str, *, faults: tuple[str, ...] = (), where: str = "", hint: str = ""
    ) -> None:
        super().__init__(message, where=where, hint=hint)
        self.faults = faults

    def __str__(self) -> str:
        return "\n".join((*self.faults, super().__str__()))


class ExpectationError(ApplianceError):
    """An Azure export is wrong, incomplete or contradicts itself; `where` is file and JSON path."""


class SecretError(ApplianceError):
    """A referenced secret cannot be read, or may not be."""


class UnsupportedError(ApplianceError):
    """The device, or its version, cannot say what the intent asks."""


class ParseError(ApplianceError):
    """Text of a device cannot be read as what it should be."""


class RefusedError(ApplianceError):
    """A safety gate stopped the operation; nothing was touched."""


class SessionError(ApplianceError):
    """Talking to a device failed."""


class ConnectError(SessionError):
    """The device could not be reached, or is not who it was."""


class AuthenticationError(SessionError):
    """The device did not let us in."""


class SessionTimeout(SessionError):  # noqa: N818 -- the field's word, as in TimeoutError
    """The device stopped answering; what it did meanwhile is unknown."""


class CommandRefused(SessionError):  # noqa: N818 -- reads as what happened
    """The device answered `command` with the error `answer` (both masked)."""

    def __init__(self, message: str, *, command: str, answer: str, where: str = "") -> None:
        super().__init__(message, where=where)
        self.command = command
        self.answer = answer


class RollbackError(ApplianceError):
    """The state of the device is unknown or its rollback unconfirmed: a person is needed now."""


class Interrupted(BaseException):
    """Somebody asked for an end, and the work came to a safe one; `why` says who: a signal's name.

    `ended` is what became of a push, in the journal's word; empty when nothing was touched. Not an
    `ApplianceError`, so that nothing takes it for a failure of a device.
    """

    def __init__(self, why: str, ended: str = "") -> None:
        super().__init__(f"interrupted by {why}")
        self.why = why
        self.ended = ended
