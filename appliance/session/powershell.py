"""Sessions with Windows over PowerShell remoting: cmdlets and parameters as data, never as text.

A command is a JSON document: `{"cmdlet": "Get-Date", "parameters": {"Year": 2026}}`, or a list of
these for a pipeline. Names, networks and keys thus never meet PowerShell's own parser.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from appliance.errors import CommandRefused, SessionError, SessionTimeout
from appliance.model.change import Step
from appliance.model.secret import KEY_MARK, Secret
from appliance.model.words import rare
from appliance.session import Credentials, Session, Target

if TYPE_CHECKING:
    from pypsrp.powershell import PowerShell, RunspacePool

_QUIET = ("pypsrp", "spnego", "urllib3", "requests")
_LARGEST_INT = 2**31 - 1
_OPERATION_SECONDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwrap:
    """The constant script that turns a SecureString into the one plain parameter of a cmdlet.

    Called with the parameters (`P`), the key (`K`) and the word `operation` (`Op`).
    """

    script: str
    operation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remoting:
    """What a vendor knows of its cmdlets: those that take a key, and how long some may work.

    `before_key` raises `RefusedError` where a key would end up in a log of the server.
    """

    name: str
    key_parameter: str
    unwraps: Mapping[str, Unwrap]
    before_key: Callable[[Session], None]
    patience: Mapping[str, float] = field(default_factory=dict)


class Mask:
    """Replaces secrets by value in what is shown; also as they are written inside JSON."""

    def __init__(self) -> None:
        self._values: set[str] = set()

    def add(self, secret: Secret | None) -> None:
        """From now on this value is masked, unless it is a usual word."""
        if secret is not None and rare(secret.reveal()):
            value = secret.reveal()
            self._values |= {value, json.dumps(value)[1:-1]}

    def __call__(self, text: str) -> str:
        """The text without secrets, longer ones first."""
        for value in sorted(self._values, key=len, reverse=True):
            text = text.replace(value, KEY_MARK)
        return text


class PowerShellSession:
    """One runspace on the server; pipelines run one after the other."""

    def __init__(self, pool: RunspacePool, target: Target, remoting: Remoting, mask: Mask) -> None:
        self._pool = pool
        self._target = target
        self._remoting = remoting
        self._mask = mask
        self._said: list[str] = []
        self._cleared = False

    @property
    def prompt(self) -> str:
        """Where the server is, as the inventory says."""
        return self._target.host

    @property
    def transcript(self) -> str:
        """All commands and answers, keys masked."""
        return "".join(self._said)

    def run(self, command: str, *, timeout: float | None = None) -> str:
        """The output of a pipeline, one object a line; see `Session.run`."""
        shell = self._shell()
        for name, parameters in _pipeline(command):
            shell.add_cmdlet(name)
            for parameter, value in parameters.items():
                shell.add_parameter(parameter, _typed(value))
        return self._invoke(shell, command, timeout)

    def configure(
        self,
        steps: Iterable[Step],
        *,
        enter: str | None = None,  # noqa: ARG002 -- there are no modes to enter
        sent: Callable[[Step], None] | None = None,
    ) -> None:
        """Run the steps one by one; see `Session.configure`."""
        for step in steps:
            command = step.reveal()
            if sent is not None:
                sent(step)
            self._mask.add(step.secret)
            if step.secret is None:
                self.run(command, timeout=self._patience(command))
            else:
                self._run_with_key(command, step)

    def _run_with_key(self, command: str, step: Step) -> None:
        """The key goes as a SecureString beside the constant script, never as a parameter."""
        from pypsrp.serializer import TaggedValue  # noqa: PLC0415 -- loads slowly

        if not self._cleared:
            self._remoting.before_key(self)
            self._cleared = True
        ((name, parameters),) = _pipeline(command)
        key = parameters.pop(self._remoting.key_parameter, None)
        unwrap = self._remoting.unwraps.get(name)
        if unwrap is None or not isinstance(key, str):
            raise SessionError(f"{name} takes no key", where=self.prompt)
        self._mask.add(Secret(key))
        with _our_errors(self.prompt, self._mask):
            self._pool.exchange_keys()
        shell = self._shell()
        shell.add_script(unwrap.script)
        shell.add_parameter("P", _typed(parameters))
        shell.add_parameter("K", TaggedValue("SS", key))
        shell.add_parameter("Op", unwrap.operation)
        self._invoke(shell, step.text, self._patience(step.text))

    def _patience(self, command: str) -> float | None:
        return self._remoting.patience.get(_pipeline(command)[-1][0])

    def _shell(self) -> PowerShell:
        from pypsrp.powershell import PowerShell  # noqa: PLC0415 -- loads slowly

        return PowerShell(self._pool)

    def _invoke(self, shell: PowerShell, shown: str, timeout: float | None) -> str:
        from pypsrp.complex_objects import PSInvocationState  # noqa: PLC0415 -- loads slowly

        shown = self._mask(shown)
        self._said.append(f"> {shown}\n")
        seconds = timeout or self._target.timeout
        deadline = time.monotonic() + seconds
        with _our_errors(self.prompt, self._mask):
            shell.begin_invoke()
            while shell.state == PSInvocationState.RUNNING:
                left = deadline - time.monotonic()
                if left <= 0:
                    raise _late(shown, seconds, self.prompt)
                shell.poll_invoke(timeout=max(1, min(_OPERATION_SECONDS, int(left))))
        return self._answer(shell, shown)

    def _answer(self, shell: PowerShell, shown: str) -> str:
        """Its output. An error is an error, whether it stopped the pipeline or not."""
        output = self._mask("\n".join(map(_text, shell.output)))
        errors = [self._mask(_text(error)) for error in shell.streams.error]
        self._said += [f"{line}\n" for line in (output, *errors) if line]
        if errors or shell.had_errors:
            answer = "; ".join(errors) or "it failed without a reason"
            cmdlet = _pipeline(shown)[-1][0]
            raise CommandRefused(
                f"{cmdlet}: {answer}", command=shown, answer=answer, where=self.prompt
            )
        return output

    def close(self) -> None:
        """End the runspace; never raises."""
        with suppress(Exception):
            self._pool.close()


def _late(shown: str, seconds: float, where: str) -> SessionTimeout:
    cmdlet = _pipeline(shown)[-1][0]
    return SessionTimeout(
        f"{cmdlet} has not finished after {seconds:.0f} s",
        where=where,
        hint="read the device back before anything else: what it did meanwhile is unknown",
    )


def _pipeline(command: str) -> list[tuple[str, dict[str, object]]]:
    """Names and parameters of a command. Raises `SessionError` for what is none."""
    try:
        given = json.loads(command)
        listed = given if isinstance(given, list) else [given]
        return [(str(one["cmdlet"]), dict(one.get("parameters") or {})) for one in listed]
    except (ValueError, TypeError, KeyError):
        raise SessionError(
            "a command must be a JSON document with `cmdlet` and `parameters`"
        ) from None


def _typed(value: object) -> object:
    """A value as its PowerShell type: Python's numbers would all become Int32."""
    from pypsrp.serializer import TaggedValue  # noqa: PLC0415 -- loads slowly

    if isinstance(value, dict):
        return {name: _typed(one) for name, one in value.items()}
    if isinstance(value, int) and not isinstance(value, bool) and value > _LARGEST_INT:
        return TaggedValue("U32", value)
    return value


def _text(value: object) -> str:
    """An object of the answer, or what an error record says."""
    exception = getattr(value, "exception", None)
    told = getattr(exception, "extended_properties", None) or {}
    return str(told.get("Message") or value).strip()


@contextmanager
def open_powershell(
    target: Target, credentials: Credentials, remoting: Remoting
) -> Iterator[Session]:
    """An open session, closed at the end of the context.

    The server's certificate is the pinned one, or signed by an authority; over http, messages are
    encrypted. Raises `ConnectError` or `AuthenticationError`.
    """
    try:
        from appliance.session import winrm  # noqa: PLC0415 -- pypsrp loads slowly
    except ImportError as error:
        raise SessionError(
            f"PowerShell remoting is not installed: {error}",
            where=target.host,
            hint="pip install 'appliance[rras]'",
        ) from None
    winrm.possible(target, credentials)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)  # they log whole messages
    mask = Mask()
    mask.add(credentials.password)
    with _our_errors(target.host, mask):
        pool = winrm.pool(target, credentials)
        with winrm.compared(target):
            pool.open()
    session = PowerShellSession(pool, target, remoting, mask)
    try:
        yield session
    finally:
        session.close()


@contextmanager
def _our_errors(where: str, mask: Mask) -> Iterator[None]:
    from appliance.session.remoting_failures import our_errors  # noqa: PLC0415 -- loads slowly

    with our_errors(where, mask):
        yield
