"""Configuration mode: one line after the other, in the mode the lines before it opened."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from appliance.lab.asa.actions import ACTIONS
from appliance.lab.asa.configuration import Configuration
from appliance.lab.asa.effects import INVALID
from appliance.lab.asa.foreign import kept_negative, opens_section, plausible
from appliance.lab.asa.modes import PROMPTS, grammar
from appliance.lab.asa.removal import remove
from appliance.lab.asa.wiping import wipe
from appliance.lab.cisco.grammar import Failure, Match
from appliance.lab.cisco.tree import Key, Node

_NO = re.compile(r"no\s+(?=\S)", re.IGNORECASE)
_CLEAR = re.compile(r"(?:clear|cle|clea)\s+conf(?:i|ig|igu|igur|igure)?\s+(?=\S)", re.IGNORECASE)
_NETWORK = re.compile(r"(?:host )?\d+(?:\.\d+){3}(?: \d+(?:\.\d+){3})?")
_SPELLED_BY_NAME = frozenset(
    ("access-list", "network-object", "host", "subnet", "crypto", "route", "ip", "tunnel", "http",
     "ssh", "telnet", "no")
)  # fmt: skip

# What a release before this one does not have (release notes): by the mode that a statement
# opens, or by what it does.
SINCE = {
    "applet": (9, 2),
    "bgp": (9, 2),
    "ipsec-profile": (9, 7),
    "profile_proposals": (9, 8),
}


@dataclass(slots=True, kw_only=True)
class Editor:
    """A person's place in the configuration: the sections opened so far, the last one current."""

    config: Configuration
    stack: list[Node] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.stack = [self.config.root]

    @property
    def mode(self) -> str:
        """The current mode."""
        return self.stack[-1].mode

    @property
    def prompt(self) -> str:
        """What stands between the parentheses."""
        return PROMPTS[self.mode]

    def apply(self, line: str) -> str | Failure:
        """Enter one line; what the ASA says to it (often nothing), or why it is not understood."""
        text = line.strip()
        if not text or text[0] in "!:":
            return ""
        if len(text) > 1 and "exit".startswith(text.lower()):
            self.leave()
            return ""
        cleared = _CLEAR.match(text)
        if cleared:
            del self.stack[1:]
            return wipe(self.config, text[cleared.end() :])
        return self._statement(line)

    def knows(self, line: str) -> bool:
        """Whether this is a statement of the modes one is in, and not just one of the ASA's."""
        start = len(line) - len(line.lstrip())
        negation = _NO.match(line, start)
        body = self._addresses(line[negation.end() :] if negation else line)
        found, _ = self._understand(body, negated=negation is not None)
        return isinstance(found, Match)

    def leave(self) -> None:
        """One section up; the caller handles leaving the outermost."""
        if len(self.stack) > 1:
            self.stack.pop()

    def _statement(self, line: str) -> str | Failure:
        start = len(line) - len(line.lstrip())
        negation = _NO.match(line, start)
        body = self._addresses(line[negation.end() :] if negation else line)
        found, depth = self._understand(body, negated=negation is not None)
        if isinstance(found, Match):
            del self.stack[depth + 1 :]
            if negation:
                return remove(self.config, self.stack, found)
            return self._enter(found)
        if self._verbatim(line.strip(), body.strip(), negated=negation is not None):
            return ""
        shift = negation.end() if negation else 0
        return Failure(kind=found.kind, column=found.column + shift)

    def _addresses(self, body: str) -> str:
        """Names of `name` statements stand for their addresses wherever an address may."""
        names = self.config.names
        if not names or not body.strip() or body.split(maxsplit=1)[0] not in _SPELLED_BY_NAME:
            return body
        return re.sub(r"(?<=\s)\S+", lambda found: names.get(found[0], found[0]), body)

    def _understand(self, body: str, *, negated: bool) -> tuple[Match | Failure, int]:
        """The line in the innermost mode that knows it; the ASA falls back to outer modes."""
        start = len(body) - len(body.lstrip())
        failures: list[Failure] = []
        for depth in range(len(self.stack) - 1, -1, -1):
            found = self._match(self.stack[depth], body, negated=negated)
            if isinstance(found, Match):
                return found, depth
            failures.append(found)
        begun = (one for one in failures if one.column > start or one.kind != "invalid")
        return next(begun, failures[-1]), 0

    def _match(self, section: Node, body: str, *, negated: bool) -> Match | Failure:
        found = grammar(section.mode, weak=self.config.weak).match(body, partial=negated)
        if isinstance(found, Failure):
            return found
        found = Match(rule=found.rule, words=_flat(found.words), complete=found.complete)
        least = found.rule.least or found.rule.key
        if found.complete or (least and len(found.words) >= least):
            return found
        return Failure(kind="incomplete", column=len(body))

    def _enter(self, found: Match) -> str:
        section = self.stack[-1]
        if found.rule.action == "leave":
            self.leave()
            return ""
        since = SINCE.get(found.rule.enters) or SINCE.get(found.rule.action)
        if since is not None and self.config.number < since and not self.config.booting:
            return INVALID
        words, message = found.words, ""
        action = ACTIONS.get(found.rule.action)
        if action is not None:
            effect = action(self.config, section, found)
            if effect.words is None:
                return effect.message
            words, message = effect.words, effect.message
        node = self.config.put(section, found.rule, words)
        if node.mode:
            self.stack.append(node)
        return message

    def _verbatim(self, text: str, body: str, *, negated: bool) -> bool:
        """Keep a statement that the ASA has and the lab does not understand; False: it has not."""
        section = self.stack[-1]
        if section.mode == "verbatim" and not plausible(body):
            self._below(section, text)
            return True
        if not plausible(body):
            return False
        del self.stack[1:]
        root = self.config.root
        if negated:
            self._deny(root, text, body)
            return True
        root.children.pop(("no", *body.split()), None)
        node = self.config.keep(root, text, section=opens_section(text))
        if node.mode:
            self.stack.append(node)
        return True

    def _below(self, section: Node, text: str) -> None:
        self.config.edits += 1
        self.config.born += 1
        if text.startswith("no "):
            for key, child in list(section.children.items()):
                if child.raw.strip().startswith(text[3:]):
                    section.children.pop(key)
            return
        node = Node(words=tuple(text.split()), raw=f" {text}", born=self.config.born)
        section.children[node.words] = node

    def _deny(self, root: Node, text: str, body: str) -> None:
        words = tuple(body.split())
        for node in list(root.all(*words)):
            if node.raw and (len(words) > 1 or node.words == words):
                self.config.discard(root, node)
        if kept_negative(text):
            self.config.keep(root, text)


def _flat(words: Key) -> Key:
    """A network is one argument and several words."""
    flat: list[str] = []
    for word in words:
        flat.extend(word.split() if " " in word and _NETWORK.fullmatch(word) else [word])
    return tuple(flat)
