"""A session that netmiko's own methods carry: slow, for a device whose prompts defy ours."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from netmiko.base_connection import BaseConnection
from netmiko.exceptions import ReadTimeout

from appliance.errors import AuthenticationError, RefusedError
from appliance.model.change import Step
from appliance.model.secret import Secret
from appliance.session.answers import operational, refused, typable
from appliance.session.failures import our_errors
from appliance.session.masking import Mask
from appliance.session.platform import Platform, prompt_in, refusal

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
        """The device's own name; cut as netmiko cuts it where we do not know its prompt."""
        return self._prompt

    @property
    def transcript(self) -> str:
        """All that was said, keys masked."""
        return self.mask("\n".join(self._said))

    def begin(self, enable: Secret | None) -> None:
        """netmiko's own preparation. Raises `AuthenticationError` without privileged mode."""
        logging.getLogger("netmiko").addFilter(self._masked)
        self._connection.read_timeout_override = self._timeout
        with our_errors(self._where):
            self._connection._try_session_preparation()
            if not self._privileged(enable):
                raise AuthenticationError(
                    "privileged mode is refused",
                    where=self._where,
                    hint="check where the enable secret of this device comes from",
                )
            shown = prompt_in(self._platform, self._connection.find_prompt())
        self._prompt = shown.name if shown else self._connection.base_prompt

    def run(self, command: str, *, timeout: float | None = None) -> str:
        """The answer as netmiko reads it; whether it is complete is for the caller to see."""
        typable((Step(text=command),), self._where)
        with our_errors(self._where):
            self._connection.read_timeout_override = timeout or self._timeout
            answer = str(self._connection.send_command(command))
        self._said += [f"{self._prompt}#{command}", answer]
        text, words = operational(self._platform, command, answer.splitlines())
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
        self._typable_here(todo)
        self._connection.read_timeout_override = self._timeout
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
            )
        )
        self._said += [step.text, answer]
        words = refusal(self._platform, answer.splitlines()[:-1])
        if words:
            raise refused(self._platform, self.mask, step.text, words, where=self._where)

    def _typable_here(self, steps: Iterable[Step]) -> None:
        special = [character for character, _ in self._platform.typed]
        for step in steps:
            if any(character in step.reveal() for character in special):
                raise RefusedError(
                    f"netmiko cannot type one of {' '.join(special)} in {step.text.strip()!r}",
                    where=self._where,
                    hint="use the usual engine for this device, or another key",
                )

    def _privileged(self, enable: Secret | None) -> bool:
        if self._connection.check_enable_mode():
            return True
        try:
            if enable is not None:
                self._connection.enable()
        except (ValueError, ReadTimeout):  # the two ways netmiko takes a wrong secret
            return False
        return self._connection.check_enable_mode()

    def _masked(self, record: logging.LogRecord) -> bool:
        """netmiko logs all that it reads and writes at DEBUG; our secrets leave it here."""
        record.msg, record.args = self.mask(record.getMessage()), None
        return True
