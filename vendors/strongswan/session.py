"""Talking to a Linux host with strongSwan: who it is, and the files that matter."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager

from appliance.driver import Facts
from appliance.errors import SessionError
from appliance.session import Credentials, Session, Target
from appliance.session.linux import open_linux
from appliance.session.platform import Platform
from vendors.strongswan import own
from vendors.strongswan.files import heading, split
from vendors.strongswan.loading import includes

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


@contextmanager
def connect(target: Target, credentials: Credentials) -> Iterator[Session]:
    """An open session with root's rights; raises what `open_linux` raises."""
    with open_linux(target, credentials, LINUX) as session:
        yield session


def read(session: Session) -> str:
    """All files that say something of tunnels, each under its heading; never a part of them.

    Those of swanctl and all that they include, ipsec.conf with its secrets, networkd's, and our
    tables of nftables, with which of them are loaded.
    Raises `SessionError` when they cannot be read whole.
    """
    found: dict[str, str] = {}
    asked: set[str] = set()
    while wanted := tuple(dict.fromkeys(p for p in _wanted(found) if p not in asked)):
        asked |= set(wanted)
        found |= _files(session, wanted, found)
    if any(own.rules_label(path) for path in found):
        ours = own.table("")
        found[own.LOADED] = session.run(f"nft list tables 2>/dev/null | grep {ours} || true")
    return "".join(f"{heading(path)}\n{text.rstrip()}\n" for path, text in found.items())


_FIRST = (
    *(f"{folder}/swanctl.conf" for folder in (own.SWANCTL, own.SWANCTL_ELSEWHERE)),
    *(
        f"{folder}/ipsec.{kind}"
        for folder in ("/etc", "/etc/strongswan")
        for kind in ("conf", "secrets")
    ),
    *(f"{own.NETWORKD}/*.netdev", f"{own.NETWORKD}/*.network", own.rules_file("*")),
)


def _wanted(found: dict[str, str]) -> Iterator[str]:
    """Patterns of all files that matter, as far as they are known: includes name more of them."""
    yield from _FIRST
    for path, text in found.items():
        if path.startswith((own.NETWORKD, own.NFTABLES)):
            continue
        for pattern in includes(text):
            folder = path.rpartition("/")[0]
            yield pattern if pattern.startswith("/") else f"{folder}/{pattern}"


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
    said = session.run(
        "swanctl --version 2>&1; echo; echo uptime $(cat /proc/uptime); "
        "echo serial $(cat /etc/machine-id 2>/dev/null)"
    )
    version = re.search(r"strongSwan (?:swanctl )?U?(\d[\w.]*)", said)
    uptime = re.search(r"^uptime (\d+)", said, re.MULTILINE)
    serial = re.search(r"^serial (\S+)", said, re.MULTILINE)
    return Facts(
        hostname=session.prompt,
        version=version[1] if version else None,
        serial=serial[1] if serial else None,
        uptime_seconds=int(uptime[1]) if uptime else None,
    )
