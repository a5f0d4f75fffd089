"""Configuration mode: one line after the other, in the mode the lines before it opened."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from appliance.lab.cisco.grammar import Failure, Match
from appliance.lab.cisco.tree import Node
from appliance.lab.ios import policies
from appliance.lab.ios.actions import ACTIONS
from appliance.lab.ios.configuration import VIRTUAL, Configuration
from appliance.lab.ios.foreign import opens_section, plausible
from appliance.lab.ios.lists import remove_entry, remove_numbered
from appliance.lab.ios.modes import PROMPTS, grammar
from appliance.lab.ios.neighbors import forget, home
from appliance.lab.ios.references import refusal

_NEGATION = re.compile(r"(no|default|defaul|defau|defa)\s+(?=\S)", re.IGNORECASE)
_BANNER = re.compile(r"banner\s+(motd|login|exec|incoming|slip-ppp|prompt-timeout)\s+(\^C|\S)")
# Statements that IOS prints with their `no`, being on by default: kept when the lab does not
# understand them.
_DENIABLE = (
    "aaa new-model", "cdp run", "cdp enable", "ip http", "ip domain lookup", "ip domain-lookup",
    "ip classless", "ip source-route", "ip bootp server", "ip finger", "ip redirects",
    "ip proxy-arp", "ip unreachables", "ip route-cache", "lldp", "logging console",
    "logging event", "mop enabled", "mop sysid", "platform punt-keepalive", "service pad",
    "service password-encryption", "service timestamps", "ip gratuitous-arps",
    "ip forward-protocol", "ip subnet-zero", "ip mroute-cache", "ip split-horizon", "keepalive",
)  # fmt: skip
# Words that begin statements both at the top and below sections that are kept as typed.
_INNER = frozenset(("key", "service", "template", "no", "match", "track", "redundancy"))
_MAY_REAPPEAR = (
    "% Not all config may be removed and may reappear after reactivating the sub-interface"
)
_NARROW = 3  # `no crypto map M`: all entries of the map


@dataclass(slots=True, kw_only=True)
class Editor:
    """A person's place in the configuration: the sections opened so far, the last one current."""

    config: Configuration
    stack: list[Node] = field(default_factory=list)
    _banner: tuple[str, list[str]] | None = None

    def __post_init__(self) -> None:
        self.stack = [self.config.root]

    @property
    def mode(self) -> str:
        """The current mode."""
        return self.stack[-1].mode

    @property
    def in_banner(self) -> bool:
        """Whether the next line is text of a banner."""
        return self._banner is not None

    @property
    def prompt(self) -> str:
        """What stands between the parentheses; nothing while a banner is being typed."""
        if self._banner:
            return ""
        name = self.stack[-1].words[-1] if self.mode == "interface" else ""
        return "config-subif" if "." in name else PROMPTS[self.mode]

    def apply(self, line: str) -> str | Failure:
        """Enter one line; what IOS says to it (often nothing), or why it is not understood."""
        if self._banner:
            return self._banner_line(line)
        text = line.strip()
        if not text or text.startswith("!"):
            return ""
        opened = _BANNER.match(text)
        if opened:
            return self._open_banner(text, opened)
        if len(text) > 1 and "exit".startswith(text.lower()):
            self.leave()
            return ""
        return self._statement(line)

    def leave(self) -> None:
        """One section up; the caller handles leaving the outermost."""
        if len(self.stack) > 1:
            self.stack.pop()

    def _statement(self, line: str) -> str | Failure:
        start = len(line) - len(line.lstrip())
        negation = _NEGATION.match(line, start)
        body = line[negation.end() :] if negation else line
        found, depth = self._understand(body, negated=negation is not None)
        if isinstance(found, Match):
            del self.stack[depth + 1 :]
            return self._remove(found) if negation else self._enter(found)
        kept = self._verbatim(line, body.strip(), negated=negation is not None)
        if kept:
            return ""
        shift = negation.end() if negation else 0
        return Failure(kind=found.kind, column=found.column + shift)

    def _understand(self, body: str, *, negated: bool) -> tuple[Match | Failure, int]:
        """The line in the innermost mode that knows it; IOS itself falls back to outer modes."""
        worst: Failure | None = None
        for depth in range(len(self.stack) - 1, -1, -1):
            found = self._match(self.stack[depth], body, negated=negated)
            if isinstance(found, Match) or found.kind != "invalid":
                return found, depth
            if worst is None or found.column > worst.column:
                worst = found
        return worst or Failure(kind="invalid", column=0), 0

    def _match(self, section: Node, body: str, *, negated: bool) -> Match | Failure:
        found = grammar(section.mode, weak=self.config.weak).match(body, partial=negated)
        if isinstance(found, Failure) or found.complete:
            return found
        least = found.rule.least or found.rule.key
        if least and len(found.words) >= least:
            return found
        return Failure(kind="incomplete", column=len(body))

    def _enter(self, found: Match) -> str:
        section = self.stack[-1]
        if found.rule.action == "leave":
            self.leave()
            return ""
        section = home(section, found.rule)
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

    def _remove(self, found: Match) -> str:
        section = home(self.stack[-1], found.rule)
        words = found.words
        if found.rule.action == "entry":
            return remove_entry(self.config, section, words)
        if found.rule.action == "numbered_entry":
            remove_numbered(self.config, section, words)
            return ""
        if found.rule.action == "prefix_list":
            return policies.remove(self.config, section, words)
        refused = "" if self.config.booting else refusal(self.config, section, words)
        if refused:
            return refused
        if words[0] == "interface" and not words[1].startswith(VIRTUAL) and "." not in words[1]:
            return "% Removal of physical interfaces is not permitted"
        return self._take_out(section, found)

    def _take_out(self, section: Node, found: Match) -> str:
        words = found.words
        if words[:2] == ("crypto", "map") and len(words) > _NARROW:
            found = Match(rule=found.rule, words=words[:4])
        if words[:2] == ("crypto", "isakmp") and words[-1] == "255.255.255.255":
            found = Match(rule=found.rule, words=words[:-1])
        removed = self.config.remove(section, found)
        if words[0] == "neighbor":
            forget(section, words)
        if words[0] == "interface" and removed and "." in words[1] and not self.config.booting:
            return _MAY_REAPPEAR
        missing = not removed and not found.rule.sticky
        return _nothing_there(words) if missing and not self.config.booting else ""

    def _verbatim(self, line: str, body: str, *, negated: bool) -> bool:
        """Keep a statement that IOS has and the lab does not understand; False: IOS has it not."""
        text, words = line.strip(), tuple(body.lower().split())
        section = self.stack[-1]
        at_margin = self.config.booting and not line[:1].isspace()
        printed = self.config.booting and not at_margin and section.mode == "interface"
        elsewhere = at_margin or (section.mode == "verbatim" and words[0] not in _INNER)
        known = plausible(section.mode, words) or (printed and not opens_section(text))
        if not known or (elsewhere and plausible("config", words)):
            section = self.config.root
            if not plausible("config", words):
                return False
            del self.stack[1:]
        if negated:
            self._deny(section, text, body)
            return True
        section.children.pop(("no", *body.split()), None)
        node = self.config.keep(section, text, section=opens_section(text))
        if node.mode and section is self.config.root:
            self.stack.append(node)
        return True

    def _deny(self, section: Node, text: str, body: str) -> None:
        words = tuple(body.split())
        for node in list(section.all(*words)):
            if node.raw:
                section.children.pop(node.words)
        if body.startswith(_DENIABLE):
            self.config.keep(section, "no " + body)
        elif text.startswith("no ") and self.config.booting:
            self.config.keep(section, text)

    def _open_banner(self, text: str, opened: re.Match[str]) -> str:
        delimiter = opened[2]
        rest = text[opened.end() :]
        head = f"banner {opened[1]} ^C"
        if delimiter in rest:
            self._keep_banner(head, [rest[: rest.index(delimiter)]])
            return ""
        self._banner = (delimiter, [head, rest])
        return f"Enter TEXT message.  End with the character '{delimiter}'."

    def _banner_line(self, line: str) -> str:
        delimiter, lines = self._banner or ("", [])
        text = line.rstrip("\r\n")
        if delimiter in text:
            self._banner = None
            self._keep_banner(lines[0], [*lines[1:], text[: text.index(delimiter)]])
        else:
            lines.append(text)
        return ""

    def _keep_banner(self, head: str, lines: list[str]) -> None:
        words = tuple(head.split()[:2])
        for node in list(self.config.root.all(*words)):
            self.config.root.children.pop(node.words)
        self.config.keep(self.config.root, head).raw = head + "\n".join(lines) + "^C"


def _nothing_there(words: tuple[str, ...]) -> str:
    """What IOS says when a `no` names something that is not configured; mostly nothing."""
    match words:
        case ("ip", "route", *_):
            return "%No matching route to delete"
        case ("crypto", "map", name, number, *_):
            return f"Could not find crypto map entry {name} {number}"
        case ("crypto", "isakmp", "key", *_):
            return "% Key for this peer does not exist"
        case _:
            return ""
