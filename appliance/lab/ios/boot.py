"""A saved configuration becomes a device's: every line is either understood or kept."""

from __future__ import annotations

from appliance.lab.cisco.grammar import Failure, Match
from appliance.lab.cisco.tree import Node
from appliance.lab.ios.configuration import Configuration
from appliance.lab.ios.editor import Editor
from appliance.lab.ios.foreign import opens_section
from appliance.lab.ios.modes import grammar

_NOISE = ("Building configuration", "Current configuration", "Using ", "Load for ", "Time source")


def boot(text: str, release: str) -> Configuration:
    """The configuration that `text` describes on a device of this release.

    Lines are read by their words, not their indentation, as IOS reads its startup configuration.
    What the lab does not understand keeps its place behind the statement before it.
    """
    config = Configuration(release=release, booting=True)
    reader = _Reader(config)
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        reader.read(line)
    config.booting = False
    return config


class _Reader:
    """Reads one line after the other into a configuration that is booting."""

    def __init__(self, config: Configuration) -> None:
        self.config = config
        self.editor = Editor(config=config)
        self.block: Node | None = None  # the section kept as it is that we are in
        self.until_quit = False
        self.last: Node | None = None

    def read(self, line: str) -> None:
        """One line of the text."""
        stripped = line.strip()
        if self.editor.in_banner:
            self.editor.apply(line)
        elif self.block is not None and self._inside(line, stripped):
            self._child(self.block, line)
        elif stripped and not stripped.startswith("!") and not stripped.startswith(_NOISE):
            self.block = None
            self._statement(line, stripped)

    def _inside(self, line: str, stripped: str) -> bool:
        if self.until_quit:
            self.until_quit = stripped != "quit"
            return True
        if stripped.startswith("certificate ") and " nvram:" not in stripped:
            self.until_quit = True  # one that is kept in a file has no lines of its own
        return line[:1] in {" ", "\t"} and bool(stripped) and not self._ours(stripped)

    def _ours(self, stripped: str) -> bool:
        """A crypto or interface statement ends a foreign section even when it is indented."""
        known = isinstance(grammar("config", weak=True).match(stripped), Match)
        return known and stripped.startswith(("crypto ", "interface ", "router bgp "))

    def _statement(self, line: str, stripped: str) -> None:
        if stripped == "end" or stripped in {"exit", "quit"}:
            if stripped == "exit":
                self.editor.leave()
            return
        born = self.config.born
        if opens_section(stripped) or (
            isinstance(self.editor.apply(line), Failure) and not self._dropped(stripped)
        ):
            self._keep(line, stripped)
        self._place(born)

    def _dropped(self, stripped: str) -> bool:
        """A release that refuses weak algorithms loses such lines when it boots."""
        if self.config.weak:
            return False
        section = self.editor.stack[-1].mode
        modes = (section, "config") if section else ("config",)
        return any(isinstance(grammar(m, weak=True).match(stripped), Match) for m in modes)

    def _keep(self, line: str, stripped: str) -> None:
        section = self.editor.stack[-1]
        if line[:1] in {" ", "\t"} and section is not self.config.root:
            self._after(self.config.keep(section, stripped), section)
            return
        del self.editor.stack[1:]
        self.block = self.config.keep(self.config.root, stripped, section=True)

    def _child(self, block: Node, line: str) -> None:
        self.config.born += 1
        raw = line.rstrip()
        block.children[(str(self.config.born),)] = Node(
            words=tuple(raw.split()), raw=raw or " ", born=self.config.born
        )

    def _after(self, node: Node, section: Node) -> None:
        before = [other for other in section.children.values() if other.born < node.born]
        if before:
            node.order = max(before, key=lambda other: other.born).order

    def _place(self, born: int) -> None:
        """Statements kept as they are stay behind the one they followed."""
        root = self.config.root
        for node in reversed(root.children.values()):
            if node.born <= born:
                break
            if node.raw and self.last is not None:
                node.order = self.last.order
            self.last = node
