"""Talking to an ASA: its prompts, questions and errors, who it is, and what it runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakSet

from appliance.driver import Facts
from appliance.errors import CommandRefused, SessionError
from appliance.session import Credentials, Session, Target
from appliance.session.platform import Elevation, Platform, Question
from appliance.session.ssh import Engine, open_ssh

_NAME = r"(?P<name>[\w.\-]{1,64}(?:/[\w.\-]{1,64}){0,5})"

# Prompts, pager and error texts: "Using the Command-Line Interface" of the ASA general operations
# guide. With failover and contexts a prompt has more parts: `fw1/pri/act#`, `fw1/customer-a#`.
ASA = Platform(
    name="Cisco ASA",
    netmiko="cisco_asa",
    prompts=(
        ("configuration", rf"{_NAME}\([\w\-]{{1,40}}\)# ?"),
        ("privileged", rf"{_NAME}# ?"),
        ("user", rf"{_NAME}> ?"),
    ),
    setup=("terminal pager 0",),
    elevation=Elevation(command="enable", asks=r"(?i)password: ?$"),
    enter="configure terminal",
    leave="end",
    errors=(
        (r"% ?Invalid input", "the device does not know this command"),
        (r"% ?Incomplete command", "the command lacks something"),
        (r"% ?Ambiguous command", "the command can be read in more than one way"),
        (r"^(?:ERROR: )?% ?Unknown", "the device does not know this command"),
        (r"(?i)Command authorization failed", "this login may not use this command"),
        (r"(?i)^(?:ERROR: )?Command not allowed", "this login may not use this command"),
        (r"(?i)NOT performed from Standby", "this unit is the standby of a failover pair"),
        (r"(?i)\bis in use\b|\bin use by\b|\bbeing used\b", "something still refers to it"),
        (r"(?i)\bfailed;|\bdoes not exist\b|\bnot allowed\b", "the device could not do it"),
        (r"(?i)^%?(?:ERROR|Error)\b", "the device could not do it"),
        (r"^(?:Usage|usage):|^Type help or '\?'", "the device does not know this command"),
        (r"^(?:Invalid|Unable to|Cannot|Failed to|Bad|Not enough) ", "the device refused it"),
        (r"^%(?!ASA-)", "the device refused it"),
    ),
    benign=(
        r"^WARNING:(?!.*(?i:not performed from standby))",
        r"^INFO:",
        r"^NOTICE:",
        r"^(?:Cryptochecksum|Building configuration|Copy in progress)",
    ),
    log_line=(
        r"^(?:<\d+>)?(?:[A-Z][a-z]{2} +\d+ (?:\d{4} )?[\d:.]+(?: [A-Z]{2,5})?:? ?)?"
        r"(?:[\w.\-]+ ?: )?%(?:ASA|PIX|FTD)(?:-[a-z]+)?-[0-7]-\d{6}: "
    ),
    questions=(
        # A device that was never asked asks once, when somebody first configures it.
        Question(
            command=r"configure terminal",
            asks=r"\[Y\]es, \[N\]o, \[A\]sk later: ?$",
            answer="A",
        ),
    ),
    asking=(
        r"(?i)(?:\[confirm\]|\[(?:yes/no|y/n|no|yes|y|n)\]:?|\(y/n\)\??:?|\[y\]es.*: ?|"
        r"\? ?\[[^\]]*\]:?|\]\?|(?:password|username|passphrase): ?)\s*$"
    ),
    pager=r"<--- More --->\s*$",
    renames=r"(?:no )?(?:hostname|prompt)\b",
    typed=(("?", "\x16?"),),
    conceals=(
        r"\bpre-shared-key (?:[08] )?(?P<secret>\S+)",
        r"\b(?:isakmp|ikev1|crypto isakmp) key (?P<secret>\S+)",
        r"\b(?:passwd|enable password|ldap-login-password|password|secret|key-string|"
        r"snmp-server community|radius-common-pw|failover key|failover ipsec pre-shared-key|"
        r"message-digest-key \d+ md5|authentication-key \d+ md5)"
        r"(?: (?:[0578]|hex))? (?P<secret>\S+)",
        r"(?m)^ *key (?:[08] )?(?P<secret>\S+)",
        r"\bsnmp-server user .* (?:auth \S+|priv \S+(?: \d+)?) (?P<secret>\S+)",
    ),
)

_REVEALING: WeakSet[Session] = WeakSet()
"""Sessions whose operator asked for the keys (`Target.read_keys`): a session does not know it."""
"""Set to 1, `read` asks for the configuration with its keys in clear: see `read`."""

_BUILDING = 60.0  # seconds of silence before a busy device shows a long configuration
_SAVING = 120.0  # seconds of silence that writing to flash may take
_UNITS = {"year": 31_536_000, "day": 86_400, "hour": 3_600, "min": 60, "sec": 1}
_HOSTNAME = re.compile(r"^hostname (\S+)\s*$", re.MULTILINE)


@contextmanager
def connect(
    target: Target, credentials: Credentials, *, engine: Engine = "events"
) -> Iterator[Session]:
    """An open, privileged session; `engine` and what is raised are those of `open_ssh`."""
    with open_ssh(target, credentials, ASA, engine=engine) as session:
        if target.read_keys:
            _REVEALING.add(session)
        yield session


def read(session: Session) -> str:
    """The complete running configuration; a text that lacks its end or its name is never accepted.

    The ASA masks keys in it, so that they cannot be compared. Where the target asks for
    them `more system:running-config` is read instead, which shows them to privilege 15; a login
    that may not gets the masked form. Raises `SessionError` after a second try.
    """
    if session in _REVEALING:
        text = _with_keys(session)
        if text is not None:
            return text
    return masked(session)


def _with_keys(session: Session) -> str | None:
    try:
        text = session.run("more system:running-config", timeout=_BUILDING)
    except CommandRefused:
        return None
    return None if incomplete(text, session.prompt) else text


def masked(session: Session) -> str:
    """The complete running configuration as the device shows it to everybody, keys masked."""
    faults: list[str] = []
    for _ in range(2):
        text = session.run("show running-config", timeout=_BUILDING)
        fault = incomplete(text, session.prompt)
        if not fault:
            return text
        faults.append(fault)
    raise SessionError(
        f"the running configuration is not complete: {faults[-1]}",
        where=session.prompt,
        hint="nothing was decided on it; try again, and look at `show running-config` by hand",
    )


def incomplete(text: str, prompt: str) -> str:
    """Why this is not the whole running configuration of the device so named; "" if it is."""
    last = next((line for line in reversed(text.splitlines()) if line.strip()), "")
    if last.strip() != ": end":
        return f"it does not finish with `: end` but with {last.strip()[:60]!r}"
    names: list[str] = _HOSTNAME.findall(text)
    if not names:
        return "it has no `hostname`"
    custom = re.search(r"^prompt (?!hostname\b)", text, re.MULTILINE)
    shown = prompt.split("/", maxsplit=1)[0]
    if names[0] != shown and not custom:
        return f"it is of {names[0]!r}, but the prompt says {shown!r}"
    return ""


def identify(session: Session) -> Facts:
    """Who answered, from `show version`; what it does not tell stays None."""
    return facts(session.run("show version"), session.prompt.split("/")[0])


def facts(text: str, hostname: str) -> Facts:
    """The facts in the output of `show version` of ASA 8 and 9.

    In a failover pair the line of the pair's own uptime stands below that of the unit.
    """
    version = re.search(
        r"^Cisco (?:Adaptive Security Appliance|PIX Security Appliance) Software "
        r"Version (\S+)",
        text,
        re.MULTILINE,
    )
    uptime = re.search(r"^(?!failover cluster)(\S+) up ((?:\d+ \w+ ?)+)", text, re.MULTILINE)
    serial = re.search(r"^(?:Chassis )?Serial Number: (\S+)", text, re.MULTILINE)
    return Facts(
        hostname=uptime[1] if uptime else hostname,
        version=version[1] if version else None,
        serial=serial[1] if serial else None,
        uptime_seconds=_seconds(uptime[2]) if uptime else None,
    )


def _seconds(words: str) -> int:
    """`1 year 2 days`, `3 days 4 hours`, `5 mins 6 secs` in seconds."""
    parts = re.findall(r"(\d+) (year|day|hour|min|sec)", words)
    return sum(int(count) * _UNITS[unit] for count, unit in parts)


def save(session: Session) -> None:
    """Makes the running configuration survive a reboot.

    Raises `SessionError` unless the device says [OK].
    """
    try:
        answer = session.run("write memory", timeout=_SAVING)
    except CommandRefused as refused:
        answer = refused.answer
    if "[OK]" not in answer:
        raise SessionError(
            f"the running configuration is not saved: {answer.strip() or 'no [OK] was seen'}",
            where=session.prompt,
            hint="the change is active but a reboot loses it; run `write memory` on the device",
        )
