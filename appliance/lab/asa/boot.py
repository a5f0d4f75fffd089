"""A saved configuration becomes a device's: every line is either understood or kept."""

from __future__ import annotations

import re

from appliance.lab.asa.configuration import Configuration
from appliance.lab.asa.editor import Editor
from appliance.lab.asa.foreign import opens_section
from appliance.lab.asa.modes import grammar
from appliance.lab.cisco.grammar import Failure, Match
from appliance.lab.cisco.tree import Node

_NOISE = ("ASA Version", "Cryptochecksum", ":", "!", "PIX Version")


def boot(text: str, release: str) -> Configuration:
    """The configuration that `text` describes on a device of this release.

    Where nothing is indented, a line belongs to the section before it that knows it. What the lab
    does not understand is kept as it is.
    """
    config = Configuration(release=release, booting=True)
    reader = _Reader(config, indented=re.search(r"^ \S", text, re.MULTILINE) is not None)
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        reader.read(line)
    config.booting = False
    return config


class _Reader:
    """Reads one line after the other into a configuration that is booting."""

    def __init__(self, config: Configuration, *, indented: bool) -> None:
        self.config = config
        self.indented = indented
        self.editor = Editor(config=config)
        self.block: Node | None = None
        self.until_quit = False

    def read(self, line: str) -> None:
        """One line of the text."""
        stripped = line.strip()
        if self.until_quit:
            self.until_quit = stripped != "quit"
            self._child(line)
        elif self.block is not None and line[:1].isspace() and stripped:
            self.until_quit = stripped.startswith("certificate ")
            self._child(line)
        elif stripped and not stripped.startswith(_NOISE):
            self.block = None
            self._statement(line, stripped)

    def _statement(self, line: str, stripped: str) -> None:
        if self.indented and not line[:1].isspace():
            del self.editor.stack[1:]
        if not isinstance(self.editor.apply(line), Failure):
            last = self.editor.stack[-1]
            self.block = last if last.mode == "verbatim" and last.raw else None
            return
        if self._dropped(stripped):
            return
        section = self.editor.stack[-1]
        if line[:1].isspace() and section is not self.config.root:
            self.config.keep(section, stripped)
            return
        node = self.config.keep(self.config.root, stripped, section=opens_section(stripped))
        self.block = node if node.mode else None

    def _dropped(self, stripped: str) -> bool:
        """A release that refuses weak algorithms loses such lines when it boots."""
        if self.config.weak:
            return False
        modes = (self.editor.stack[-1].mode, "config")
        return any(isinstance(grammar(m, weak=True).match(stripped), Match) for m in modes)

    def _child(self, line: str) -> None:
        if self.block is None:
            return
        self.config.born += 1
        raw = line.rstrip()
        self.block.children[(str(self.config.born),)] = Node(
            words=tuple(raw.split()), raw=raw, born=self.config.born
        )
