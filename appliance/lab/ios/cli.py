"""One person's command line on a device: prompts, modes, questions, output filters."""

from __future__ import annotations

import re
from collections.abc import Callable

from appliance.lab.cisco.grammar import Failure, Grammar
from appliance.lab.ios.device import Device
from appliance.lab.ios.editor import Editor
from appliance.lab.ios.execs import EXECS
from appliance.lab.ios.filters import filtered
from appliance.lab.ios.modes import grammar as config_grammar
from appliance.lab.ios.rules_exec import PRIVILEGED, USER
from appliance.lab.ios.words import KINDS
from appliance.lab.shell import Dialect, Question

_INVALID = "% Invalid input detected at '^' marker.\n"
_NOT_FOUND = "% Unknown command or computer name, or unable to find computer address\n"
_USER = Grammar(USER, KINDS, weak=True)
_PRIVILEGED = Grammar((*USER, *PRIVILEGED), KINDS, weak=True)
_PIPE = re.compile(r"\s\|\s*")
_DO = re.compile(r"\s*do\s+(?=\S)", re.IGNORECASE)
_BOUNCES = re.compile(r"\s*(no|def\w*|sh\w*|tun\w*)(\s|$)", re.IGNORECASE)
_ENABLED = 15
_DIALECT = Dialect(
    more=" --More-- ",
    unmore="\b" * 9 + " " * 8 + "\b" * 9,
    unknown="% Unrecognized command\n",
)


class Cli:
    """A vty session. `execute()` takes one line and returns what the device prints for it.

    While `question` is set the next line answers it. `closed` says that the session has ended.
    """

    def __init__(self, device: Device, *, user: str = "", privilege: int = 1) -> None:
        self.device = device
        self.user = user or "console"
        self.privilege = privilege
        self.editor: Editor | None = None
        self.question: Question | None = None
        self.closed = False
        self.length = 24
        self.width = 80
        self.dirty = False
        self.monitor = False
        self._boots = device.boots

    @property
    def dialect(self) -> Dialect:
        """How an IOS terminal behaves."""
        return _DIALECT

    @property
    def greeting(self) -> str:
        """The banners that stand above the first prompt."""
        return self.device.banner("motd") + self.device.banner("exec")

    @property
    def configuring(self) -> bool:
        """Whether the session is in a configuration mode."""
        return self.editor is not None

    @property
    def prompt(self) -> str:
        """What the device prints when it waits."""
        if self.question is not None:
            return self.question.text
        if self.editor is not None:
            mode = self.editor.prompt
            return f"{self.device.hostname[:20]}({mode})#" if mode else ""
        return f"{self.device.hostname}{'#' if self.privilege == _ENABLED else '>'}"

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
            answer = self._configure(self.editor, line)
            if self._bounces(self.editor, line):
                self.device.settle()
            return answer
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
        if self.editor is None:
            return
        self.editor = None
        if self.dirty:
            self.device.changed(self.user)
            self.device.log(f"%SYS-5-CONFIG_I: Configured from console by {self.user}")
        self.dirty = False

    def interrupt(self) -> None:
        """Ctrl-C: drop the question; in configuration mode leave it."""
        self.question = None
        self.end()

    def eof(self, line: str) -> str | None:  # noqa: ARG002 -- the signature of a shell
        """Ctrl-D means nothing here."""
        return None

    def hears(self, text: str) -> bool:
        """Log lines with a time go to `terminal monitor`, warnings to everybody."""
        return self.monitor or not text.startswith("*")

    def lost(self) -> None:
        """IOS keeps what was entered, and nothing waits for the session."""

    def help(self, line: str) -> tuple[str, ...]:
        """The words that may follow `line`."""
        if self.editor is None:
            return self._grammar().next_words(line)
        grammar = config_grammar(self.editor.mode, weak=self.device.config.weak)
        return grammar.next_words(line) or config_grammar("config", weak=True).next_words(line)

    def _grammar(self) -> Grammar:
        return _PRIVILEGED if self.privilege == _ENABLED else _USER

    def _configure(self, editor: Editor, line: str) -> str:
        text = line.strip().lower()
        if not editor.in_banner:
            asked = _DO.match(line)
            if asked:
                return self._exec(line[asked.end() :], offset=asked.end())
            if text == "end" or (len(text) > 1 and "exit".startswith(text) and self._outermost()):
                self.end()
                return ""
        mode = self.prompt
        answer = editor.apply(line)
        if isinstance(answer, Failure):
            return self._refuse(answer, line, mode)
        self.dirty = self.dirty or bool(text)
        if text:
            self.device.changed(self.user)
        return f"{answer}\n" if answer else ""

    def _bounces(self, editor: Editor | None, line: str) -> bool:
        """Whether this line may take a live tunnel down, even when the next one undoes it."""
        live = self.device.crypto.live
        if editor is None or not live or not _BOUNCES.match(line):
            return False
        return editor.mode != "interface" or editor.stack[-1].words[1] in self.device.crypto.used()

    def _outermost(self) -> bool:
        return self.editor is not None and len(self.editor.stack) == 1

    def _exec(self, line: str, *, offset: int = 0) -> str:
        text = line.rstrip()
        if not text.strip() or text.lstrip().startswith("!"):
            return ""
        command, *pipes = _PIPE.split(text, maxsplit=1)
        found = self._grammar().match(command)
        if isinstance(found, Failure):
            shifted = Failure(kind=found.kind, column=found.column + offset)
            return self._refuse(shifted, " " * offset + line, self.prompt, command)
        output = EXECS[found.rule.action](self, found)
        return filtered(output, pipes[0]) if pipes else output

    def _refuse(self, failure: Failure, line: str, prompt: str, command: str = "") -> str:
        if failure.kind == "incomplete":
            return "% Incomplete command.\n\n"
        if failure.kind == "ambiguous":
            return f'% Ambiguous command:  "{line.strip()}"\n'
        words = command.split()
        if len(words) == 1 and self.editor is None and failure.column == 0:
            return self._unknown(words[0])
        return " " * (len(prompt) + failure.column) + "^\n" + _INVALID + "\n"

    def _unknown(self, word: str) -> str:
        """A single unknown word at the prompt is taken for a host name, and looked up."""
        if ("no", "ip", "domain", "lookup") in self.device.config.root.children:
            return _NOT_FOUND
        return f'Translating "{word}"...domain server (255.255.255.255)\n{_NOT_FOUND}'
