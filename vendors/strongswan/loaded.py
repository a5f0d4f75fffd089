"""What charon says when it reads its files again: only what it says of ours stops a push.

`swanctl --load-all` fails when any connection does, also one that was broken before we came.
"""

from __future__ import annotations

import re

from appliance.model.change import Change

COMMAND = "swanctl --load-all"

_OF_ONE = re.compile(r"^loading connection '(?P<name>[^']*)' failed.*$", re.MULTILINE)
_NOISE = re.compile(
    r"^plugin '[^']*': failed to load\b|^opening directory '.*' failed|^loading '[^']*' failed"
)
"""Plugins that swanctl does without, folders that are not there, certificates of others."""

_WRONG = re.compile(r"\bfailed\b|\bError:|\bunable to\b")
_DONE = re.compile(
    r"^(?:successfully )?loaded \d+ (?:of \d+ )?connections\b|^no connections found", re.MULTILINE
)


def connections(change: Change) -> frozenset[str]:
    """The names of the connections that a change touches."""
    found = re.findall(r"^ (?:no )?connections\.([^.\s]+)\.", change.text, re.MULTILINE)
    return frozenset(found)


def refusal(said: str, ours: frozenset[str]) -> str:
    """What charon holds against a connection of ours, or against everything; "" if nothing."""
    for match in _OF_ONE.finditer(said):
        if match["name"] in ours:
            return match[0].strip()
    lines = [line.strip() for line in said.splitlines() if not _NOISE.match(line)]
    wrong = [line for line in lines if _WRONG.search(line) and not _OF_ONE.match(line)]
    general = [line for line in wrong if not _DONE.match(line)]
    if general:
        return general[0]
    return "" if _DONE.search(said) else (lines or ["it said nothing"])[-1]
