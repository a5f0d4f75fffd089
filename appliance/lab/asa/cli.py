"""One person's command line on an ASA: prompts, modes, questions, output filters."""

from __future__ import annotations

import re
from collections.abc import Callable

from appliance.lab.asa.device import AsaDevice
from appliance.lab.asa.editor import Editor
from appliance.lab.asa.execs import EXECS
from appliance.lab.asa.filters import filtered
from appliance.lab.asa.modes import grammar as config_grammar
from appliance.lab.asa.rules_exec import PRIVILEGED, USER
from appliance.lab.asa.words import KINDS
from appliance.lab.cisco.grammar import Failure, Grammar
from appliance.lab.shell import Dialect, Question

_INVALID = "ERROR: % Invalid input detected at '^' marker.\n"
_USER = Grammar(USER, KINDS, weak=True)
_PRIVILEGED = Grammar((*USER, *PRIVILEGED), KINDS, weak=True)
_PIPE = re.compile(r"\s\|\s*")
# A statement that may take a live tunnel down, even when the next one undoes it.
_BOUNCES = re.compile(r"\s*(no|clear|shutdown|tunnel)\s", re.IGNORECASE)
_DIALECT = Dialect(
    more="<--- More --->", unmore="\r              \r", unknown="ERROR: % Unrecognized command\n"
)
_FAILOVER = {"active": ("pri", "act"), "standby": ("sec", "stby"), "": ("pri", "noFailover")}


class Cli:
    """A session. `execute()` takes one line and returns what the device prints for it.

    While `question` is set the next line answers it. `closed` says that the session has ended.
    """

    def __init__(self, device: AsaDevice, *, user: str = "") -> None:
        self.device = device
        self.user = user or "enable_15"
        self.enabled = False
        self.editor: Editor | None = None
        self.question: Question | None = None
        self.closed = False
        self.monitor = False
        self.context = device.settings.context if device.settings.mode == "multiple" else ""
        lines = device.config.root.value("pager", "lines")
        self._pager = int(lines) if lines else 24
        self._boots = device.boots

    @property
    def length(self) -> int:
        """Lines of a page: what `pager lines` and `terminal pager` say, not the terminal."""
        return self._pager

    @length.setter
    def length(self, rows: int) -> None:
        """The terminal's own height does not count."""

    @property
    def width(self) -> int:
        """Columns: what `terminal width` says, a statement of the configuration."""
        return int(self.device.config.root.value("terminal", "width") or 80)

    @width.setter
    def width(self, columns: int) -> None:
        """The terminal's own width does not count."""

    def page(self, lines: int) -> None:
        """`terminal pager`: 0 turns paging off."""
        self._pager = lines

    @property
    def dialect(self) -> Dialect:
        """How an ASA's terminal behaves."""
        return _DIALECT

    @property
    def greeting(self) -> str:
        """What is printed after login."""
        device = self.device
        return (
            f"{device.banner('motd')}User {self.user} logged in to {device.hostname}\n"
            "Logins over the last 1 days: 1.  \nFailed logins since the last login: 0.  \n"
            f"{device.banner('exec')}Type help or '?' for a list of available commands.\n"
        )

    @property
    def configuring(self) -> bool:
        """Whether the session is in a configuration mode."""
        return self.editor is not None

    @property
    def prompt(self) -> str:
        """What the device prints when it waits."""
        if self.question is not None:
            return self.question.text
        mode = f"({self.editor.prompt})" if self.editor is not None else ""
        return f"{self._name}{mode}{'#' if self.enabled else '>'} "

    @property
    def _name(self) -> str:
        """The name as `prompt` composes it; in several contexts theirs comes behind."""
        device = self.device
        unit, state = _FAILOVER[device.settings.failover]
        domain = device.config.root.value("domain-name")
        parts = {"hostname": device.hostname, "priority": unit, "state": state,
                 "context": self.context, "domain": domain}  # fmt: skip
        wanted = device.config.root.value("prompt").split() or ["hostname", "context"]
        return "/".join(parts[word] for word in wanted if parts.get(word))

    def become(self) -> None:
        """Enter configuration mode with all rights, as an applet does."""
        self.enabled = True
        self.editor = Editor(config=self.device.config)

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
        if self.editor is not None:
            return self._configure(self.editor, line)
        self.device.settle()
        return self._exec(line)

    def ask(
        self, text: str, answer: Callable[[str], str], *, hidden: bool = False, single: bool = False
    ) -> str:
        """Put a question; what the command prints before it."""
        self.question = Question(text=text, answer=answer, hidden=hidden, single=single)
        return ""

    def end(self) -> None:
        """Leave configuration mode (`end`, Ctrl-Z)."""
        self.editor = None

    def interrupt(self) -> None:
        """Ctrl-C: drop the question."""
        self.question = None

    def eof(self, line: str) -> str | None:  # noqa: ARG002 -- the signature of a shell
        """Ctrl-D means nothing here."""
        return None

    def lost(self) -> None:
        """The line is gone; an ASA keeps nothing for a session."""

    def hears(self, text: str) -> bool:
        """Log lines go to `terminal monitor`, shutdown warnings to everybody."""
        return self.monitor or "%ASA" not in text

    def help(self, line: str) -> tuple[str, ...]:
        """The words that may follow `line`."""
        words = self._grammar().next_words(line)
        if self.editor is None:
            return words
        weak = self.device.config.weak
        inner = config_grammar(self.editor.mode, weak=weak).next_words(line)
        outer = config_grammar("config", weak=weak).next_words(line)
        return inner or outer or words

    def _grammar(self) -> Grammar:
        return _PRIVILEGED if self.enabled else _USER

    def _configure(self, editor: Editor, line: str) -> str:
        text = line.strip().lower()
        if text == "end":
            self.end()
            return ""
        if text in {"quit", "logout"} or (len(text) > 1 and "exit".startswith(text)):
            return self._left(editor)
        if text and not editor.knows(line) and self._is_exec(line):
            self.device.settle()
            return self._exec(line)
        mode = self.prompt
        answer = editor.apply(line)
        if isinstance(answer, Failure):
            return self._refuse(answer, mode)
        self.device.applets.watch(self.device.config, self.device.clock.now())
        if _BOUNCES.match(line):
            self.device.settle()
        return f"{answer}\n" if answer else ""

    def _is_exec(self, line: str) -> bool:
        """Whether this is an exec command, which an ASA takes in configuration mode too."""
        found = self._grammar().match(_PIPE.split(line, maxsplit=1)[0])
        return not isinstance(found, Failure)

    def _left(self, editor: Editor) -> str:
        if len(editor.stack) > 1:
            editor.leave()
        else:
            self.end()
        return ""

    def _exec(self, line: str) -> str:
        text = line.rstrip()
        if not text.strip() or text.lstrip()[0] in "!:":
            return ""
        command, *pipes = _PIPE.split(text, maxsplit=1)
        found = self._grammar().match(command)
        if isinstance(found, Failure):
            return self._refuse(found, self.prompt)
        output = EXECS[found.rule.action](self, found)
        return filtered(output, pipes[0]) if pipes else output

    def _refuse(self, failure: Failure, prompt: str) -> str:
        if failure.kind == "incomplete":
            return "ERROR: % Incomplete command\n"
        caret = " " * (len(prompt) + failure.column) + "^\n"
        if failure.kind == "ambiguous":
            return f"{caret}ERROR: % Ambiguous command\n"
        return f"{caret}{_INVALID}"
