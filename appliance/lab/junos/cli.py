"""One person's command line on an SRX: prompts, modes, questions, and how refusals look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from appliance.lab.junos.commands import next_words, understood
from appliance.lab.junos.configuring import WORDS, Configuring
from appliance.lab.junos.operations import COMMANDS
from appliance.lab.junos.path import Refused
from appliance.lab.junos.pipes import piped, shown_as, split
from appliance.lab.junos.tokens import Unbalanced, tokens
from appliance.lab.junos.unix import unix
from appliance.lab.shell import Dialect, Question

if TYPE_CHECKING:
    from appliance.lab.junos.device import SrxDevice

_MORE = "---(more {percent}%)---"
_DIALECT = Dialect(
    more=_MORE, unmore="\r" + " " * 40 + "\r", unknown="No valid completions\n", quoting=True
)
_TEXT = Dialect(more=_MORE, unmore="\r" + " " * 40 + "\r", unknown="", literal=True)
_BANNER = "--- JUNOS {version} Kernel 64-bit  JNPR-12.1\n"


class Cli:
    """A session. `execute()` takes one line and returns what the device prints for it.

    While `question` is set the next line answers it, while `config.loading` it is text for `load`,
    which Ctrl-D (`eof`) ends. `closed` says that the session has ended.
    """

    def __init__(
        self, device: SrxDevice, *, user: str = "", pid: int = 4200, shell: bool = False
    ) -> None:
        self.device = device
        self.user = user or "console"
        self.pid = pid
        self.terminal = f"pts/{len(device.sessions)}"
        self.since = device.clock.now()
        self.unix = [True] if shell else [False]
        self.config: Configuring | None = None
        self.question: Question | None = None
        self.closed = False
        self.length = 24
        self.width = 80
        self.settings = {"complete-on-space": "on", "idle-timeout": "disabled"}
        self._boots = device.boots

    @property
    def dialect(self) -> Dialect:
        """How the terminal behaves: text for `load` is taken as it is."""
        return _TEXT if self.config is not None and self.config.loading else _DIALECT

    @property
    def greeting(self) -> str:
        """The kernel's line and the login announcement."""
        said = self.device.banner("announcement").rstrip("\n")
        return _BANNER.format(version=self.device.settings.version) + (f"{said}\n" if said else "")

    @property
    def prompt(self) -> str:
        """What the device prints when it waits, the lines above the prompt included."""
        if self.question is not None:
            return self.question.text
        if self.config is not None and self.config.loading:
            return ""
        if self.unix[-1]:
            return f"{self.user}@{self.device.hostname}:~ # "
        name = f"{self.user}@{self.device.hostname}"
        if self.config is None:
            return f"\n{self._node()}{name}> "
        return f"{self.config.reminder()}\n{self._node(join=True)}{self.config.level}\n{name}# "

    def _node(self, *, join: bool = False) -> str:
        made = self.device.settings
        if not made.cluster:
            return ""
        return f"{{{'primary' if made.primary else 'secondary'}:node0}}{'' if join else chr(10)}"

    @property
    def configuring(self) -> bool:
        """Whether the session is in configuration mode."""
        return self.config is not None

    def execute(self, line: str) -> str:
        """What the device prints for one line, without the prompt that follows."""
        with self.device.lock:
            return self._execute(line)

    def _execute(self, line: str) -> str:
        self.device.tick()
        if self._boots != self.device.boots:
            self.closed = True
            return ""
        if self.question is not None:
            asked, self.question = self.question, None
            return asked.answer(line)
        if self.config is not None and self.config.loading:
            self.config.take(line)
            return ""
        self.device.settle()
        if self.unix[-1]:
            return unix(self, line.strip())
        if self.config is not None:
            return self.config.execute(line)
        return self.operate(line)

    def operate(self, line: str, *, offset: int = 0) -> str:
        """Run an operational command; `offset` is where it begins on the line typed."""
        text, *pipes = split(line)
        try:
            typed = tokens(text, notes=False)
            if not typed or typed[0].text.startswith("#"):
                return ""
            displays, filters = shown_as(pipes)
            found, given = understood(COMMANDS, typed)
            return piped(found.handler(self, replace(given, displays=displays)), filters)
        except Unbalanced as fault:
            return self.caret(offset + fault.column, "syntax error: unbalanced quotes")
        except Refused as refused:
            at = typed[refused.at].column if refused.at < len(typed) else len(text.rstrip()) + 1
            return self.refusal(refused.words, offset + at)

    def refusal(self, words: str, column: int) -> str:
        """A refusal: with the caret below the place unless it is an error of its own."""
        return f"{words}\n" if words.startswith("error: statement") else self.caret(column, words)

    def caret(self, column: int, words: str) -> str:
        """The caret below a column of the line typed, and the words."""
        name = f"{self.user}@{self.device.hostname}> "
        return " " * (len(name) + column) + f"^\n{words}\n"

    def ask(
        self, text: str, answer: Callable[[str], str], *, hidden: bool = False, single: bool = False
    ) -> str:
        """Put a question; what the command prints before it."""
        self.question = Question(text=text, answer=answer, hidden=hidden, single=single)
        return ""

    def end(self) -> None:
        """Ctrl-Z means nothing here."""

    def interrupt(self) -> None:
        """Ctrl-C: drop the question, or the text that is being loaded."""
        self.question = None
        if self.config is not None:
            self.config.forget()

    def eof(self, line: str) -> str | None:
        """Ctrl-D: the end of text for `load`, or of the session in the UNIX shell."""
        with self.device.lock:
            if self.config is not None and self.config.loading:
                if line:
                    self.config.take(line)
                return self.config.load()
            if self.unix[-1] and not line:
                return unix(self, "exit")
        return None

    def leave(self) -> str:
        """Out of the CLI: to the UNIX shell it was started from, or away."""
        if len(self.unix) > 1:
            self.unix.pop()
        else:
            self.closed = True
        return ""

    def lost(self) -> None:
        """The line is gone: what was not committed in exclusive or private mode goes with it."""
        with self.device.lock:
            if self.config is not None:
                self.config.lost()
            if self in self.device.sessions:
                self.device.sessions.remove(self)

    def help(self, line: str) -> tuple[str, ...]:
        """The words that may follow `line`."""
        if self.unix[-1]:
            return ()
        words = line.split()
        if self.config is None:
            return next_words(COMMANDS, words)
        return self.config.help(words) if words else tuple(sorted(WORDS))

    def hears(self, text: str) -> bool:
        """Broadcasts reach every terminal; the log reaches none."""
        return text.startswith("\nBroadcast")
