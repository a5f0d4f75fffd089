"""A session that netmiko's own methods carry: slow, for a device whose prompts defy ours."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from netmiko.base_connection import BaseConnection

from appliance.errors import AuthenticationError
from appliance.model.change import Step
from appliance.model.secret import Secret
from appliance.session.answers import operational, refused, typable
from appliance.session.failures import our_errors
from appliance.session.masking import Mask
from appliance.session.platform import Platform, refusal

_MODE_END = r"[>#] ?$"


class PlainSession:
    """`appliance.session.Session` on netmiko's documented methods, in lock-step."""

    def __init__(
        self, connection: BaseConnection, platform: Platform, *, where: str, timeout: float
    ) -> None:
        self.mask = Mask(platform)
        self._connection = connection
        self._platform = platform
        self._where = where
        self._timeout = timeout
        self._said: list[str] = []
        self._prompt = ""

    @property
    def prompt(self) -> str:
        """The device's own name, cut by netmiko to 16 letters where the platform cuts it."""
        return self._prompt

    @property
    def transcript(self) -> str:
        """All that was said, keys masked."""
        return self.mask("\n".join(self._said))

    def begin(self, enable: Secret | None) -> None:
        """netmiko's own preparation. Raises `AuthenticationError` without privileged mode."""
        logging.getLogger("netmiko").addFilter(self._masked)
        with our_errors(self._where):
            self._connection._try_session_preparation()
            privileged = self._connection.check_enable_mode()
            if not privileged and enable is not None:
                privileged = self._enabled()
        if not privileged:
            raise AuthenticationError(
                "privileged mode is refused",
                where=self._where,
                hint="check where the enable secret of this device comes from",
            )
        self._prompt = self._connection.base_prompt

    def run(self, command: str, *, timeout: float | None = None) -> str:
        """The answer as netmiko reads it; whether it is complete is for the caller to see."""
        typable((Step(text=command),), self._where)
        with our_errors(self._where):
            answer = str(
                self._connection.send_command(command, read_timeout=timeout or self._timeout)
            )
        self._said += [f"{self._prompt}#{command}", answer]
        text, words = operational(self._platform, answer.splitlines())
        if words:
            raise refused(self._platform, self.mask, command, words, where=self._where)
        return text

    def configure(
        self,
        steps: Iterable[Step],
        *,
        enter: str | None = None,
        sent: Callable[[Step], None] | None = None,
    ) -> None:
        """Opens configuration mode, sends the steps, leaves it; stops at the first refused one."""
        todo = typable(steps, self._where)
        with our_errors(self._where):
            self._said.append(self._connection.config_mode(enter or self._platform.enter))
            try:
                for step in todo:
                    self._send(step, sent)
            finally:
                self._said.append(self._connection.exit_config_mode(self._platform.leave))

    def close(self) -> None:
        """Nothing to leave; hanging up is the caller's."""
        logging.getLogger("netmiko").removeFilter(self._masked)

    def _send(self, step: Step, sent: Callable[[Step], None] | None) -> None:
        self.mask.add(step.secret)
        if sent:
            sent(step)
        answer = str(
            self._connection.send_command(
                step.reveal().strip(),
                expect_string=_MODE_END,
                strip_prompt=False,
                read_timeout=self._timeout,
            )
        )
        self._said += [step.text, answer]
        words = refusal(self._platform, answer.splitlines()[:-1])
        if words:
            raise refused(self._platform, self.mask, step.text, words, where=self._where)

    def _enabled(self) -> bool:
        try:
            self._connection.enable()
        except ValueError:  # how netmiko says that the secret is wrong
            return False
        return self._connection.check_enable_mode()

    def _masked(self, record: logging.LogRecord) -> bool:
        """netmiko logs all that it reads and writes at DEBUG; our secrets leave it here."""
        record.msg, record.args = self.mask(record.getMessage()), None
        return True
