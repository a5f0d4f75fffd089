"""Talking to Cool OS: what its command line looks like, who it is, and what it runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from appliance.driver import Facts
from appliance.errors import SessionError
from appliance.session import Credentials, Session, Target
from appliance.session.platform import Platform
from appliance.session.ssh import open_ssh

COOL = Platform(
    name="Cool OS",
    netmiko="generic",
    prompts=(
        ("configuration", r"(?P<name>[\w.-]{1,64})\(edit\)# ?"),
        ("privileged", r"(?P<name>[\w.-]{1,64})# ?"),
    ),
    setup=("page off",),
    elevation=None,
    enter="edit",
    leave="done",
    errors=((r"^! ", "the device refused it"),),
    benign=(),
    log_line=r"^\*\*\* ",
    questions=(),
    asking=r"\[y/n\] ?$",
    pager=r"-- more -- ?$",
    conceals=(r"\bkey (?P<secret>\S+)",),
)


@contextmanager
def connect(target: Target, credentials: Credentials) -> Iterator[Session]:
    """An open session; raises what `open_ssh` raises."""
    with open_ssh(target, credentials, COOL) as session:
        yield session


def identify(session: Session) -> Facts:
    """Who answered, from `show version`; what it does not tell stays None."""
    text = session.run("show version")
    found = re.search(r"Cool OS (\S+), serial (\S+), up (\d+) s", text)
    return Facts(
        hostname=session.prompt,
        version=found[1] if found else None,
        serial=found[2] if found else None,
        uptime_seconds=int(found[3]) if found else None,
    )


def read(session: Session) -> str:
    """The complete configuration; a text without its last line or its name is never accepted."""
    text = session.run("show config")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines or lines[-1] != "end" or f"hostname {session.prompt}" not in lines:
        raise SessionError(
            "the configuration is not complete",
            where=session.prompt,
            hint="nothing was decided on it; try again, and look at `show config` by hand",
        )
    return text
