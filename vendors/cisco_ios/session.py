"""Talking to IOS and IOS-XE: its prompts, questions and errors, who it is, and what it runs."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

from appliance.driver import Facts
from appliance.errors import CommandRefused, SessionError
from appliance.session import Credentials, Session, Target
from appliance.session.platform import Elevation, Platform, Question
from appliance.session.ssh import Engine, open_ssh

_NAME = r"(?P<name>[\w.\-/:@+~]{1,64})"

# Prompts, pager and error texts: "Using the Cisco IOS Command-Line Interface", IOS
# Configuration Fundamentals; submode prompts begin with config, cfg, conf, ipsec-profile, ...
IOS = Platform(
    name="Cisco IOS",
    netmiko="cisco_ios",
    prompts=(
        ("configuration", rf"{_NAME}\((?!tcl\)|boot\))[\w\-+/.: ]{{1,40}}\)# ?"),
        ("privileged", rf"{_NAME}# ?"),
        ("user", rf"{_NAME}> ?"),
    ),
    setup=("terminal length 0", "terminal width 511"),
    elevation=Elevation(command="enable", asks=r"(?i)password: ?$"),
    enter="configure terminal",
    leave="end",
    errors=(
        (r"^% ?Invalid input", "the device does not know this command"),
        (r"^% ?Incomplete command", "the command lacks something"),
        (r"^% ?Ambiguous command", "the command can be read in more than one way"),
        (r"^% ?Unknown command", "the device does not know this command"),
        (r"^(?:% ?)?Bad (?:IP|mask|secrets)", "a value is not what it should be"),
        (r"^BGP is already running; AS is", "the device is another AS already"),
        (r"pre-shared key for address mask .* already exists", "another key stands in the way"),
        (r"(?:^|% ?)Command authorization failed", "this login may not use this command"),
        (r"^% ?Authorization failed", "this login may not use this command"),
        (r"^% ?(?:Access denied|Bad secrets)", "this login may not do that"),
        (r"(?i)\bis in use\b|\bin use by\b", "something still refers to it"),
        (r"^Archive feature not enabled", "`archive` with a `path` is not configured"),
        (r"(?i)^%? ?ERROR\b", "the device could not do it"),
        (r"^%", "the device refused it"),
    ),
    benign=(
        r"^%? ?NOTE:",
        r"^%? ?(?:Warning|WARNING|INFO|Info)\b",
        r"^% ?No Rollback Confirmed Change pending",
        r"^% ?(?:Generating|The key modulus|You already have|Key pair)",
        r"^% ?(?:Removed|Removing|Replacing|Adding|Shutting down|Saving)\b",
        r"^% ?The existing (?:DHCP|IP) ",
        r"^%? ?Not all config may be removed and may reappear\b",  # of a sub-interface that goes
        r"^% ?A profile is deemed incomplete until ",
        r"^% ?(?:Tunnel interface|Interface)\b.*\b(?:will be|is being|has been)\b",
    ),
    log_line=(
        r"^(?:<\d+>)?(?:\d+: )*(?:[\w.\-]+: )?[*.]?"
        r"(?:[A-Z][a-z]{2} +\d+ [\d:. A-Za-z]*: |[\d:wdhy]+: )?"
        r"(?:%[A-Z][A-Z0-9_]*(?:-[A-Z0-9_]+)*-[0-7]-[A-Z0-9_]+: |"
        r"Rollback Confirmed Change: |\*{3} *-* *SHUTDOWN )"  # told to every terminal
    ),
    questions=(
        Question(
            command=r"copy running-config startup-config",
            asks=r"Destination filename \[startup-config\]\? ?$",
            answer="",
        ),
        # First save after an upgrade: "... previously written by a different version ..."
        Question(
            command=r"write memory|copy running-config startup-config",
            asks=r"Overwrite the previous NVRAM configuration\? ?\[confirm\] ?$",
            answer="",
        ),
    ),
    asking=(
        r"(?i)(?:\[confirm\]|\[(?:yes/no|y/n|no|yes|y|n)\]:?|\(y/n\)\??:?|"
        r"\? ?\[[^\]]*\]:?|\]\?|(?:password|username|passphrase): ?)\s*$"
    ),
    pager=r" ?--More-- ?$",
    renames=r"(?:no |default )?hostname\b|configure (?:revert|replace)\b",
    typed=(("?", "\x16?"),),
    conceals=(
        r"\bpre-shared-key (?:local |remote )?(?:(?:address|hostname) \S+(?: [\d.]+)? key )?"
        r"(?:[0-9] |hex )?(?P<secret>(?!(?:local|remote|address|hostname) )\S+)",
        r"\bcrypto isakmp key (?:[06] )?(?P<secret>\S+)",
        r"\b(?:password|secret|key-string|snmp-server community|message-digest-key \d+ md5|"
        r"authentication-key \d+ md5|wpa-psk ascii)(?: [0-9])? (?P<secret>\S+)",
        r"(?m)^ *(?:(?:tacacs|radius)-server .*\b)?key [067] (?P<secret>\S+)",
    ),
)

_SHORTEST_CUT = 20  # IOS shows at least so many letters of a long hostname
_BUILDING = 60.0  # seconds of silence before a busy device shows a long configuration
_SAVING = 120.0  # seconds of silence that writing to a slow NVRAM may take
_UNITS = {
    "year": 31_536_000,
    "week": 604_800,
    "day": 86_400,
    "hour": 3_600,
    "minute": 60,
    "second": 1,
}
_HOSTNAME = re.compile(r"^hostname (\S+)\s*$", re.MULTILINE)


@contextmanager
def connect(
    target: Target, credentials: Credentials, *, engine: Engine = "events"
) -> Iterator[Session]:
    """An open, privileged session; `engine` and what is raised are those of `open_ssh`."""
    with open_ssh(target, credentials, IOS, engine=engine) as session:
        yield session


def read(session: Session) -> str:
    """The complete running configuration; a text that lacks its end or its name is never accepted.

    Raises `SessionError` after a second try.
    """
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
    if last.strip() != "end":
        return f"it does not finish with `end` but with {last.strip()[:60]!r}"
    names: list[str] = _HOSTNAME.findall(text)
    if not names:
        return "it has no `hostname`"
    custom = re.search(r"^prompt ", text, re.MULTILINE)
    cut = len(prompt) >= _SHORTEST_CUT and names[0].startswith(prompt)
    if names[0] != prompt and not cut and not custom:
        return f"it is of {names[0]!r}, but the prompt says {prompt!r}"
    return ""


def identify(session: Session) -> Facts:
    """Who answered, from `show version`; what it does not tell stays None."""
    return facts(session.run("show version"), session.prompt)


def facts(text: str, hostname: str) -> Facts:
    """The facts in the output of `show version` of IOS 12 to IOS-XE 17."""
    uptime = re.search(r"^(\S+) uptime is (.+)$", text, re.MULTILINE)
    software = re.search(r"^(?:Cisco )?IOS (?:Software|\(tm\)).*?\bVersion ([^\s,]+)", text, re.M)
    xe = re.search(r"^Cisco IOS[ -]XE Software.*?\bVersion 0?([^\s,]+)", text, re.MULTILINE)
    serial = re.search(r"^Processor board ID (\S+)", text, re.MULTILINE)
    version = software or xe
    return Facts(
        hostname=uptime[1] if uptime else hostname,
        version=version[1] if version else None,
        serial=serial[1] if serial else None,
        uptime_seconds=_seconds(uptime[2]) if uptime else None,
    )


def _seconds(words: str) -> int:
    """`1 year, 2 weeks, 3 days, 4 hours, 5 minutes` in seconds."""
    parts = re.findall(r"(\d+) (year|week|day|hour|minute|second)s?\b", words)
    return sum(int(count) * _UNITS[unit] for count, unit in parts)


def save(session: Session, *, tries: int = 5, pause: float = 1.0) -> None:
    """Makes the running configuration survive a reboot; waits `pause` seconds when it is busy.

    Raises `SessionError` unless the device says [OK].
    """
    answer = ""
    for attempt in range(tries):
        if attempt:
            time.sleep(pause)
        answer = _written(session)
        if "[OK]" in answer:
            return
        if "busy" not in answer.lower():
            break
    raise SessionError(
        f"the running configuration is not saved: {answer.strip() or 'no [OK] was seen'}",
        where=session.prompt,
        hint="the change is active but a reboot loses it; run `write memory` on the device",
    )


def _written(session: Session) -> str:
    try:
        return session.run("write memory", timeout=_SAVING)
    except CommandRefused as refused:
        return refused.answer
