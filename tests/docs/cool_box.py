"""A Cool OS device in memory: takes commands, shows its configuration in its own normalised form.

It shares nothing with the example driver: what passes here has passed a second opinion.
"""

from __future__ import annotations

from appliance.model.change import Change
from tests.session.server import Shell

DEFAULTS = {
    "ike": "AES-128 SHA1 modp1024",
    "ike-life": "86400",
    "esp": "AES-128 SHA1",
    "rekey-seconds": "3600",
    "rekey-kilobytes": "never",
}
WORDS = (
    *("key", "port", "gateway", "gateway-id", "local-id", "address", "mtu", "mss", "dpd"),
    *("esp", "pfs", "ike", "ike-life", "rekey-kilobytes", "rekey-seconds", "off", "remark"),
)
PARTNER = {
    "port": "wan1",
    "gateway": "192.0.2.99",
    "key": "partner-key-1",
    "address": "of wan1",
    "ike": "AES-256 SHA2-384 ecp384",
}


OUTSIDE = "port wan1 203.0.113.10/24\n"
ODD = "frobnicate the flux 7"


def make() -> CoolBox:
    """A device with a partner's tunnel."""
    return CoolBox()


def disturb(text: str, number: int) -> tuple[str, str]:
    """One more line in one of the tunnels."""
    lines = text.splitlines()
    inside = [at for at, line in enumerate(lines) if line.startswith(" ")]
    lines.insert(inside[number % len(inside)], f" {ODD}")
    return "\n".join(lines), ODD


class CoolBox:
    """One device with a tunnel to a partner that must stay as it is."""

    def __init__(self, *, peer_up: bool = True) -> None:
        self.vpns: dict[str, dict[str, str]] = {"t100": dict(PARTNER)}
        self.routes: list[tuple[str, str]] = [("172.16.0.0/12", "t100")]
        self.peer_up = peer_up
        self.current = ""
        self.guard: tuple[dict[str, dict[str, str]], list[tuple[str, str]]] | None = None
        self.saved = self.running()

    def running(self) -> str:
        """The configuration: defaults hidden, words in the device's own order."""
        lines = ["# Cool OS", "version 4.2", "hostname branch"]
        lines += ["port wan1 203.0.113.10/24", "port lan1 10.10.0.1/16", "port lan2 dhcp"]
        for name, said in self.vpns.items():
            lines.append(f"vpn {name}")
            shown = (word for word in WORDS if said.get(word) not in (None, DEFAULTS.get(word)))
            lines += [f" {word} {said[word]}".rstrip() for word in shown]
        lines += [f"route {prefix} {name}" for prefix, name in self.routes]
        return "\n".join([*lines, "end", ""])

    def apply(self, change: Change) -> None:
        """Type every command; a refused one fails the test."""
        for step in change.steps:
            answer = self.edit(step.reveal())
            assert not answer, f"{step.text!r}: {answer}"

    def edit(self, command: str) -> str:
        """One line of configuration; what the device says when it refuses it."""
        words = command.split()
        if self.current and words[words[0] == "no"] in WORDS:
            return self._set(words)
        if words[0] == "no":
            return self._remove(words[1:])
        if words[0] == "vpn":
            self.current = words[1]
            self.vpns.setdefault(words[1], {})
        elif words[0] == "route" and words[2] in self.vpns:
            self.routes.append((words[1], words[2]))
        else:
            return f"! cannot: {command}"
        return ""

    def _set(self, words: list[str]) -> str:
        said = self.vpns[self.current]
        if words[0] == "no":
            return "" if said.pop(words[1], None) is not None else f"! not set: {words[1]}"
        said[words[0]] = " ".join(words[1:])
        return ""

    def _remove(self, words: list[str]) -> str:
        self.current = ""
        if words[0] == "route" and (words[1], words[2]) in self.routes:
            self.routes.remove((words[1], words[2]))
            return ""
        if words[0] == "vpn" and words[1] in self.vpns:
            if any(name == words[1] for _, name in self.routes):
                return f"! {words[1]} is in use by a route"
            del self.vpns[words[1]]
            return ""
        return f"! there is no {' '.join(words)}"

    def execute(self, command: str) -> str:
        """One operational command; the whole answer."""
        if command.startswith("guard "):
            return self._guarded(command.split()[1])
        if command == "save":
            self.saved = self.running()
            return ""
        if command == "page off" or command.startswith("ping "):
            return ""
        routes = "".join(f"{prefix} via {name}\n" for prefix, name in self.routes)
        shown = {
            "show version": "Cool OS 4.2, serial C00L-1, up 3600 s\n",
            "show config": self.running(),
            "show guard": "none armed\n" if self.guard is None else "armed, 240 s left\n",
            "show vpn": self._vpns(),
            "show route": f"prefix\n{routes}",
        }
        return shown.get(command, f"! unknown command: {command}\n")

    def _vpns(self) -> str:
        up = "up" if self.peer_up else "down"
        rows = [
            f"{name} {said['gateway']} 203.0.113.10 {up} {up} 7 9\n"
            for name, said in self.vpns.items()
        ]
        return "tunnel gateway local ike child in out\n" + "".join(rows)

    def _guarded(self, word: str) -> str:
        if word.isdigit():
            if self.guard is not None:
                return "! a guard is armed already\n"
            self.guard = {name: dict(said) for name, said in self.vpns.items()}, [*self.routes]
            return ""
        if self.guard is None:
            return "! no guard is armed\n"
        if word == "back":
            self.vpns, self.routes = self.guard
        self.guard = None
        return ""

    def typed(self, shell: Shell, line: str) -> bool:
        """The command line over SSH; the shell keeps what leaves and logs out."""
        if line == "edit":
            shell.mode, self.current = "(edit)", ""
        elif line == "done":
            shell.mode = ""
        elif not line or line in ("exit", "logout"):
            return False
        else:
            answer = self.edit(line) if shell.mode else self.execute(line)
            shell.say("".join(f"{row}\r\n" for row in answer.splitlines()))
        return True
