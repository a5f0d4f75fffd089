"""`commit` and its kind: check, confirmed, and-quit, comment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from appliance.lab.junos.check import check
from appliance.lab.junos.database import PRIVATE, Commit
from appliance.lab.junos.path import MISSING, SYNTAX, Refused
from appliance.lab.junos.tokens import Token

if TYPE_CHECKING:
    from appliance.lab.junos.configuring import Configuring

_WORDS = (
    "check", "and-quit", "confirmed", "comment", "synchronize", "full", "no-synchronize",
    "peers-synchronize",
)  # fmt: skip
_CHECKED = "error: configuration check-out failed"
_DEFAULT, _LONGEST = 10, 65535


@dataclass(slots=True, kw_only=True)
class _Asked:
    check: bool = False
    quit: bool = False
    minutes: int = 0
    comment: str = ""


def commit(config: Configuring, typed: Sequence[Token]) -> str:
    """What the device prints for `commit` with these words. Raises Refused."""
    asked = _asked(typed)
    refused = _barred(config, asked)
    if refused:
        return refused
    config.rebase()
    failed = check(config.tree, config.device.settings.version)
    if failed:
        return failed if asked.check else failed.replace(f"{_CHECKED}:", "error: commit failed:")
    if asked.check:
        config.data.pending = None  # Junos takes a check for a confirmation as well
        return _both(config, "configuration check succeeds")
    return _run(config, asked)


def _run(config: Configuring, asked: _Asked) -> str:
    device = config.device
    entry = Commit(
        tree=config.tree, at=device.clock.now(), user=config.cli.user, comment=asked.comment
    )
    device.commit(config.tree, entry, minutes=asked.minutes)
    config.rebase()
    said = ""
    if asked.minutes:
        said = (
            f"commit confirmed will be automatically rolled back in {asked.minutes} minutes "
            "unless confirmed\n"
        )
    said += _both(config, "commit complete")
    return said + (config.leave() if asked.quit else "")


def _both(config: Configuring, words: str) -> str:
    """The words, said by each half of a device that has two."""
    made = config.device.settings
    halves = ("node0", "node1") if made.cluster else ("re0", "re1") if made.engines else ()
    if not halves:
        return f"{words}\n"
    if words != "commit complete":
        return "".join(f"{half}:\n{words}\n" for half in halves)
    one, other = halves
    return f"{one}:\nconfiguration check succeeds\n{other}:\n{words}\n{one}:\n{words}\n"


def _barred(config: Configuring, asked: _Asked) -> str:
    device, owner = config.device, config.data.owner
    if owner is not None and owner is not config.editing:
        return f"error: configuration database locked by:\n{owner.text(device.clock.now())}"
    if config.editing.mode == PRIVATE and asked.minutes:
        return "error: commit confirmed is not allowed in private mode\n"
    if device.settings.cluster and not device.settings.primary:
        return "error: commit failed: (this node is not the primary of its cluster)\n"
    if device.save_fails and not asked.check:
        text, device.save_fails = device.save_fails, ""
        return f"{text}\n" if text.startswith("error:") else f"error: commit failed: ({text})\n"
    return ""


def _asked(typed: Sequence[Token]) -> _Asked:
    asked = _Asked()
    at = 0
    while at < len(typed):
        word = _word(typed[at].text, at)
        at += 1
        match word:
            case "check":
                asked.check = True
            case "and-quit":
                asked.quit = True
            case "confirmed":
                given = at < len(typed) and typed[at].text.isdecimal()
                asked.minutes = _minutes(typed[at].text, at) if given else _DEFAULT
                at += given
            case "comment":
                if at == len(typed):
                    raise Refused(MISSING, at + 1)
                asked.comment = typed[at].text
                at += 1
            case _:
                pass  # both halves of a device always commit together here
    return asked


def _word(text: str, at: int) -> str:
    found = [word for word in _WORDS if word.startswith(text)]
    if text in _WORDS or len(found) == 1:
        return text if text in _WORDS else found[0]
    raise Refused(f"'{text}' is ambiguous." if found else SYNTAX, at + 1)


def _minutes(text: str, at: int) -> int:
    if not 1 <= int(text) <= _LONGEST:
        raise Refused(f"error: Value {text} is not within range (1..{_LONGEST})", at + 1)
    return int(text)
