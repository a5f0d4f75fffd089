"""Talking to Junos: its prompts, questions and errors, who it is, and what it runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from appliance.driver import Facts
from appliance.errors import CommandRefused, RefusedError, SessionError
from appliance.session import Credentials, Editor, Session, Target
from appliance.session.platform import Elevation, Platform, Question
from appliance.session.ssh import Engine, open_ssh

_HOST = r"(?P<name>[\w.\-]{1,255})"
_USER = r"[\w.\-]{1,64}"

# Prompts, pager and error texts: "CLI User Guide for Junos OS"; root logs in to a UNIX shell, and
# `{primary:node0}` or `{master}` stands above the prompt of a cluster or of two routing engines.
JUNOS = Platform(
    name="Junos",
    netmiko="juniper_junos",
    prompts=(
        ("configuration", rf"{_USER}@{_HOST}# ?"),
        ("privileged", rf"{_USER}@{_HOST}> ?"),
        ("user", rf"(?:{_USER}@)?(?P<name>[\w.\-]{{0,255}})(?::[\w~/.\-]*)? ?[%#] ?"),
    ),
    setup=(
        "set cli screen-length 0",
        "set cli screen-width 0",
        "set cli complete-on-space off",
    ),
    elevation=Elevation(command="cli", asks=None),
    enter="configure exclusive",
    leave="exit configuration-mode",
    errors=(
        (r"^error: configuration database (?:locked|modified)", "somebody else is editing"),
        (r"^error: configuration check-out failed", "the configuration does not hold together"),
        (r"^error: commit failed", "the device could not commit it"),
        (r"^error:", "the device refused it"),
        (
            r"^(?:\S+:\d+:(?:\(\d+\))?:? ?)?syntax error\b",
            "the device does not know this statement",
        ),
        (r"^(?:\S+:\d+:(?:\(\d+\))?:? ?)?unknown command\b", "the device does not know it"),
        (r"^(?:\S+:\d+:(?:\(\d+\))?:? ?)?missing (?:mandatory )?argument\b", "it lacks something"),
        (r"^(?:\S+:\d+:(?:\(\d+\))?:? ?)?invalid (?:\w+ )*(?:value|type)\b", "a value is wrong"),
        (r"^\S+:\d+:\(\d+\)", "the device refused a line"),
        (r"'.*' is ambiguous\.?$", "the command can be read in more than one way"),
        (r"\bis not within range\b", "a value is out of range"),
        (r"(?i)^permission denied\b", "this login may not do that"),
        (r"(?i)\bmust be defined\b", "it refers to something that is not there"),
        (r"^load complete \([1-9]\d* errors?\)", "the device refused some of the lines"),
        (r"^could not (?:lock|commit)\b", "the device could not do it"),
    ),
    benign=(
        r"^warning: statement (?:not found|already|does not)",
        r"^warning: (?!.*(?:locked|failed))",
    ),
    log_line=(
        r"^(?:Message from syslogd@\S+ at |Broadcast Message from |"
        r"[A-Z][a-z]{2} +\d+ \d\d:\d\d:\d\d +\S+ \S+\[\d+\]: )"
    ),
    questions=(
        # Of the shared candidate: what others have left in it stays there.
        Question(
            command=r"exit configuration-mode",
            asks=r"Exit with uncommitted changes\? \[yes,no\] \(yes\) ?$",
            answer="yes",
        ),
        # Of `configure exclusive`, which is entered only when nobody else's changes are there.
        Question(
            command=r"exit configuration-mode",
            asks=r"Discard uncommitted changes\? \[yes,no\] \(yes\) ?$",
            answer="yes",
        ),
    ),
    asking=(
        r"(?i)(?:\[(?:yes,no|y,n|yes/no|y/n)\] ?(?:\((?:yes|no|y|n)\))?|\[confirm\]|"
        r"\((?:yes/no|y/n)\)\??:?|(?:password|passphrase|login):)\s*$"
    ),
    pager=r"---\(more(?: \d+%)?\)--- ?$",
    conceals=(
        r'\b(?:ascii-text|hexadecimal) (?P<secret>"(?:[^"\\]|\\.)*"|[^\s;"]+)',
        r"(?P<secret>\$[89]\$[^\s;\"]+)",
        r"\b(?:plain-text-password-value|encrypted-password|authentication-key|secret|community|"
        r'simple-password|md5 \d+ key) (?P<secret>"(?:[^"\\]|\\.)*"|[^\s;"{]+)',
    ),
    above=(
        r"^(?:\[edit.*\]|\{(?:primary|secondary|master|backup|linecard|hold|ineligible|disabled|lost)"
        r"[^}]*\}(?:\[edit.*\])?|# commit confirmed will be rolled back in .*)$"
    ),
    blames=r"^\S+:(?P<line>\d+):",
)

_LONG = 120.0  # seconds of silence before a busy device shows a long configuration
_COUNT = re.compile(r"^Count: (\d+) lines", re.MULTILINE)
_STATEMENT = re.compile(r"(?:set|deactivate|activate|protect|unprotect|#)\b ?|#|$")
_HOSTNAME = re.compile(r'^set system host-name "?([^\s"]+)"?\s*$', re.MULTILINE)
_UNITS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}


@contextmanager
def connect(
    target: Target, credentials: Credentials, *, engine: Engine = "events"
) -> Iterator[Session]:
    """An open session in operational mode; `engine` and what is raised are those of `open_ssh`."""
    with open_ssh(target, credentials, JUNOS, engine=engine) as session:
        yield session


def editor(session: Session) -> Editor:
    """The session as one that can edit. Raises `RefusedError` for an engine that cannot."""
    if not isinstance(session, Editor):
        raise RefusedError(
            "this kind of session cannot stay in configuration mode",
            where=session.prompt,
            hint="use the usual engine for this device",
        )
    return session


def read(session: Session) -> str:
    """The complete running configuration in `set` form; never a partial one.

    The device is asked how many lines it has. Raises `SessionError` after a second try.
    """
    faults: list[str] = []
    for _ in range(2):
        text = session.run("show configuration | display set", timeout=_LONG)
        told = _COUNT.search(session.run("show configuration | display set | count", timeout=_LONG))
        fault = incomplete(text, session.prompt, None if told is None else int(told[1]))
        if not fault:
            return text
        faults.append(fault)
    raise SessionError(
        f"the running configuration is not complete: {faults[-1]}",
        where=session.prompt,
        hint="nothing was decided on it; try again, and look at `show configuration` by hand",
    )


def incomplete(text: str, prompt: str, count: int | None) -> str:
    """Why this is not the whole configuration of the device so named; "" if it is.

    `count` is how many lines the device says it has, None when it does not say.
    """
    rows = [row for row in text.splitlines() if row.strip()]
    odd = next((row for row in rows if not _STATEMENT.match(row)), None)
    if odd is not None:
        return f"`{odd.split()[0][:40]} ...` is no statement"
    if not rows:
        return "it is empty"
    if count is None:
        return "the device does not tell how many lines it has"
    if count not in {len(rows), len(text.splitlines())}:
        return f"it has {len(rows)} lines, the device says {count}"
    names = _HOSTNAME.findall(text)
    if names and prompt and names[-1].partition(".")[0] != prompt.partition(".")[0]:
        return f"it is of {names[-1]!r}, but the prompt says {prompt!r}"
    return ""


def identify(session: Session) -> Facts:
    """Who answered; what it does not tell stays None."""
    found = facts(session.run("show version"), session.prompt)
    return Facts(
        hostname=found.hostname,
        version=found.version,
        serial=serial(_told(session, "show chassis hardware")),
        uptime_seconds=uptime(_told(session, "show system uptime")),
    )


def _told(session: Session, command: str) -> str:
    try:
        return session.run(command)
    except CommandRefused:
        return ""  # this login may not ask


def facts(text: str, hostname: str) -> Facts:
    """Name and release in the output of `show version`, of the first node of a cluster."""
    name = re.search(r"^Hostname: (\S+)", text, re.MULTILINE)
    version = re.search(r"^Junos: (\S+)", text, re.MULTILINE) or re.search(
        r"^JUNOS .*?\[([^\]]+)\]", text, re.MULTILINE
    )
    return Facts(hostname=name[1] if name else hostname, version=version[1] if version else None)


def serial(text: str) -> str | None:
    """The serial number in the output of `show chassis hardware`."""
    match = re.search(r"^Chassis +(?:REV \S+ +\S+ +)?([A-Z0-9]{6,})\b", text, re.MULTILINE)
    return match[1] if match else None


def uptime(text: str) -> int | None:
    """Seconds since boot in the output of `show system uptime`: `(3w0d 16:00 ago)`."""
    match = re.search(r"^System booted: .*\(([^)]+) ago\)", text, re.MULTILINE)
    if match is None:
        return None
    total = sum(
        int(count) * _UNITS[unit] for count, unit in re.findall(r"(\d+)([wdhms])", match[1])
    )
    clock = re.search(r"(\d+):(\d+)(?::(\d+))?", match[1])
    if clock:
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        total += 3_600 * hours + 60 * minutes + seconds
    return total
