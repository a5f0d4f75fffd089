"""Talking to a Linux host with strongSwan: who it is, and the files that matter."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager

from appliance.driver import Facts
from appliance.errors import CommandRefused, SessionError
from appliance.session import Credentials, Session, Target
from appliance.session.linux import open_linux
from appliance.session.platform import Platform
from vendors.strongswan import own
from vendors.strongswan.files import heading, split
from vendors.strongswan.settings import includes

LINUX = Platform(
    name="Linux",
    netmiko="linux",
    prompts=(),
    setup=(),
    elevation=None,
    enter="",
    leave="",
    errors=(
        (r"(?i)permission denied|operation not permitted", "this login may not do that"),
        (r"(?i)no space left on device", "the file system is full"),
        (r"(?i)read-only file system", "the file system is mounted read-only"),
        (r"(?i)connecting to '.*' failed|connecting to .* URI failed", "charon does not run"),
        (r"(?i)loading connection .* failed|loaded \d+ of \d+ connections", "charon refuses it"),
        (r"(?i)command not found|: not found", "the host does not have this command"),
    ),
    benign=(r"^plugin '[^']*': failed to load\b",),  # swanctl's own, which it does not need
    log_line=r"(?!)",
    questions=(),
    asking=r"(?!)",
    pager=r"(?!)",
    conceals=(
        r"(?m)^\s*secret\w*\s*=\s*(?P<secret>\S.*?)\s*$",
        r"(?mi)^[^#\n]*:\s*(?:PSK|EAP|XAUTH|NTLM)\s+(?P<secret>\"[^\"\n]*\"|\S+)",
    ),
)

END = "# end of files"
"""The last line of what the host is asked for: without it the text is not complete."""

_ROUNDS = 8  # includes of includes


@contextmanager
def connect(target: Target, credentials: Credentials) -> Iterator[Session]:
    """An open session with root's rights; raises what `open_linux` raises."""
    with open_linux(target, credentials, LINUX) as session:
        yield session


def read(session: Session) -> str:
    """All files that say something of tunnels, each under its heading; never a part of them.

    Those of swanctl and all that they include, ipsec.conf with its secrets, and networkd's.
    Raises `SessionError` when they cannot be read whole.
    """
    found: dict[str, str] = {}
    wanted = _first()
    for _ in range(_ROUNDS):
        found |= _files(session, wanted, found)
        wanted = tuple(_included(found))
        if not wanted:
            break
    return "".join(f"{heading(path)}\n{text.rstrip()}\n" for path, text in found.items())


def _first() -> tuple[str, ...]:
    folders = (own.SWANCTL, own.SWANCTL_ELSEWHERE)
    return (
        *(f"{folder}/swanctl.conf" for folder in folders),
        *("/etc/ipsec.conf", "/etc/ipsec.secrets"),
        *(f"{own.NETWORKD}/*.netdev", f"{own.NETWORKD}/*.network"),
    )


def _included(found: dict[str, str]) -> Iterator[str]:
    """Patterns of includes that bring in something we have not asked for yet."""
    for path, text in found.items():
        if path.startswith(own.NETWORKD):
            continue
        for pattern in includes(text):
            folder = path.rpartition("/")[0]
            absolute = pattern if pattern.startswith("/") else f"{folder}/{pattern}"
            if absolute not in found:
                yield absolute


def _files(session: Session, patterns: tuple[str, ...], known: dict[str, str]) -> dict[str, str]:
    """The files that these patterns name, but for those that are known."""
    globs = " ".join(map(_glob, patterns))
    text = session.run(
        f'for f in {globs}; do [ -f "$f" ] || continue; '
        f'printf \'\\n%s%s\\n\' {shlex.quote(heading(""))} "$f"; cat "$f" || exit 1; done; '
        f"printf '\\n%s\\n' {shlex.quote(END)}"
    )
    body, end, _ = text.rpartition(f"\n{END}")
    if not end:
        raise SessionError(
            "the files of the host were not read to their end",
            where=session.prompt,
            hint="nothing was decided on them; try again",
        )
    return {file.path: file.text for file in split(body) if file.path and file.path not in known}


def _glob(pattern: str) -> str:
    """A pattern for the shell, in which only wildcards mean something."""
    return "".join(
        part if part in "*?[]" else shlex.quote(part)
        for part in re.split(r"([*?\[\]])", pattern)
        if part
    )


def identify(session: Session) -> Facts:
    """Who answered; what the host does not tell stays None."""
    version = re.search(r"strongSwan (\d[\w.]*)", _said(session, "swanctl --version"))
    uptime = re.match(r"(\d+)", _said(session, "cat /proc/uptime"))
    return Facts(
        hostname=session.prompt,
        version=version[1] if version else None,
        serial=_said(session, "cat /etc/machine-id").strip() or None,
        uptime_seconds=int(uptime[1]) if uptime else None,
    )


def _said(session: Session, command: str) -> str:
    try:
        return session.run(command)
    except CommandRefused as refused:
        return refused.answer if "strongSwan" in refused.answer else ""
