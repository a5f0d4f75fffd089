"""A Linux host for the laws: files in memory, edited by code apart from the driver's."""

from __future__ import annotations

import re

from appliance.model.change import Change

OUTSIDE = "# file: /etc/swanctl/swanctl.conf\ninclude conf.d/*.conf\n"
ODD = "frobnicate the flux 7"

PARTNER = """\
connections {
    partner : defaults {
        remote_addrs = 192.0.2.200
        remote { auth = psk
            id = 192.0.2.200 }
        children { net { local_ts = 10.10.0.0/16
            remote_ts = 172.16.0.0/24 } }
    }
}
defaults {
    version = 2
    local_addrs = 203.0.113.10
    proposals = aes256-sha256-modp2048
    local { auth = psk }
}
secrets { ike-partner { id = 192.0.2.200
    secret = "partner's key" } }
"""

Tree = dict[str, "Tree | str"]


class LinuxBox:
    """A host whose own files are written again in another style than ours, as people do."""

    def __init__(self) -> None:
        self.files = {"/etc/swanctl/conf.d/partner.conf": PARTNER}
        self.trees: dict[str, Tree] = {}
        self.units: dict[str, list[tuple[str, str]]] = {}
        self.rules: dict[str, list[str]] = {}
        self.done: list[str] = []

    def running(self) -> str:
        files = dict(self.files)
        files |= {path: _nested(tree, "") for path, tree in self.trees.items()}
        files |= {path: _unit(lines) for path, lines in self.units.items()}
        files |= {path: "\n".join(lines) for path, lines in self.rules.items()}
        return OUTSIDE + "".join(
            f"# file: {path}\n{text}\n" for path, text in sorted(files.items())
        )

    def apply(self, change: Change) -> None:
        path = ""
        for step in change.steps:
            text = step.reveal()
            word, _, rest = text.strip().partition(" ")
            if text.startswith(" ") and path in self.rules:
                self.rules[path].append(text[1:])
            elif text.startswith(" "):
                self._edit(path, text.strip())
            elif word in ("create", "replace") and rest.endswith(".nft"):
                assert (rest in self.rules) is (word == "replace")
                self.rules[path := rest] = []
            elif word in ("create", "edit"):
                self._open(rest, new=word == "create")
                path = rest
            elif word == "delete":
                held = (self.trees.pop(rest, None), self.units.pop(rest, None))
                assert any(one is not None for one in (*held, self.rules.pop(rest, None)))
            else:
                assert word == "do"
                assert rest.split()[0] in ("swanctl", "networkctl", "ip", "nft")
                self.done.append(rest)

    def _open(self, path: str, *, new: bool) -> None:
        known = path in self.trees or path in self.units
        assert known is not new, f"{path}: create and edit are told apart"
        if new and path.startswith("/etc/systemd/network/"):
            self.units[path] = []
        elif new:
            assert re.match(r"/etc/(strongswan/)?swanctl/conf\.d/appliance-", path)
            self.trees[path] = {}

    def _edit(self, path: str, text: str) -> None:
        gone = text.startswith("no ")
        text = text.removeprefix("no ")
        if path in self.units:
            self._edit_unit(self.units[path], text, gone=gone)
            return
        slot, _, value = text.partition(" = ")
        *parents, key = slot.split(".")
        tree = self.trees[path]
        for name in parents:
            inner = tree.setdefault(name, {})
            assert isinstance(inner, dict)
            tree = inner
        if gone:
            del tree[key]
        else:
            assert value
            tree[key] = value

    def _edit_unit(self, lines: list[tuple[str, str]], text: str, *, gone: bool) -> None:
        section, _, setting = text.partition(" ")
        key = setting.partition("=")[0]
        repeated = section == "[Route]"
        held = [
            line
            for line in lines
            if line[0] == section
            and (line[1] == setting if repeated else line[1].partition("=")[0] == key)
        ]
        assert held or not gone
        for line in held:
            lines.remove(line)
        if not gone:
            lines.append((section, setting))


def _nested(tree: Tree, indent: str) -> str:
    """Sections first, values in no order of ours, as some hand might have written it."""
    text = ""
    for name, value in sorted(tree.items(), key=lambda pair: isinstance(pair[1], str)):
        if isinstance(value, str):
            text += f"{indent}{name}={value} # set\n"
        elif value:
            text += f"{indent}{name}\n{indent}{{\n{_nested(value, indent + '    ')}{indent}}}\n"
    return text


def _unit(lines: list[tuple[str, str]]) -> str:
    return "".join(f"{section}\n{setting}\n" for section, setting in lines)


def make() -> LinuxBox:
    """A host with a partner's tunnel, in a file of its own."""
    return LinuxBox()


def disturb(text: str, number: int) -> tuple[str, str]:
    """One more line in one of the sections of swanctl's files."""
    lines = text.splitlines()
    inside = [at for at, line in enumerate(lines) if line.startswith("  ")]
    lines.insert(inside[number % len(inside)], f"    {ODD}")
    return "\n".join(lines), ODD
