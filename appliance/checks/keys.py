"""Checks of pre-shared keys, without ever showing one. From "VPN Gateway FAQ"."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence

from appliance.checks.check import BREAKING, WARNING, Check, Subject

LONGEST = 128
SHORTEST_WISE = 20

_PUBLISHED = frozenset(
    {
        "abc123",
        "azurea1b2c3",
        "azure@!b2c3",
        "4-v3ry-53cr37-1p53c-5h4r3d-k3y",
        "sharedkey",
        "presharedkey",
        "pre-shared-key",
        "mysharedkey",
        "vpnsharedkey",
        "supersecretkey",
        "yoursharedkey",
        "yourpresharedkey",
        "changeme",
        "password",
        "p@ssw0rd",
        "letmein",
        "cisco",
        "cisco123",
        "juniper",
        "juniper123",
        "azure",
        "azure123",
        "secret",
        "test",
        "testkey",
        "vpn",
        "12345678",
    }
)
"""What stands in documentation and examples, in lower case: the first that anybody tries."""


def _of_key(wrong: Callable[[str], str]) -> Callable[[Subject], Iterator[str]]:
    """A check of a key that is known; `wrong` says what is, without repeating any of it."""

    def find(subject: Subject) -> Iterator[str]:
        key = subject.key
        said = "" if key is None else wrong(key.reveal())
        if said:
            yield said

    return find


def _forbidden(key: str) -> str:
    found = {
        "a blank": " " in key,
        "a tilde": "~" in key,
        "a control character": any(letter != " " and not letter.isprintable() for letter in key),
        "a character that is not ASCII": not key.isascii(),
    }
    return " and ".join(what for what, there in found.items() if there)


def _hyphen(key: str) -> str:
    return "Azure's FAQ excludes hyphens" if "-" in key else ""


def _length(key: str) -> str:
    if not key:
        return "it is empty"
    return f"it is longer than {LONGEST} characters" if len(key) > LONGEST else ""


def _guessable(key: str) -> str:
    if key.casefold() in _PUBLISHED:
        return "it stands in published examples"
    return f"it has fewer than {SHORTEST_WISE} characters" if 0 < len(key) < SHORTEST_WISE else ""


def _reused(subjects: Sequence[Subject]) -> Iterator[tuple[str, str]]:
    """Keys that are known, and references to the same place, count; of one connection once."""
    first: dict[Hashable, Subject] = {}
    for subject in subjects:
        for what in _kept(subject):
            other = first.setdefault(what, subject)
            if _connection(other) != _connection(subject):
                yield subject.site.name, f"the same key as {other.site.name}"
                break


def _kept(subject: Subject) -> Iterator[Hashable]:
    if subject.key is not None:
        yield subject.key
    reference = subject.site.psk
    if reference is not None and reference.scheme != "prompt":
        yield str(reference)


def _connection(subject: Subject) -> Hashable:
    return subject.expectation.id or (subject.site.name, subject.expectation.name)


_NEW = (
    "Set another one (`az network vpn-connection shared-key update`), and the same in the store "
    "that\n`psk` names."
)

CHECKS = (
    Check(
        id="AZ-KEY-001",
        severity=BREAKING,
        title="Azure does not take this pre-shared key",
        page=f"""Keys are printable ASCII without blanks and `~`. Some ways of setting a key
let others through, and then cut or replace them, so that both sides have different keys.

{_NEW}""",
        find=_of_key(_forbidden),
    ),
    Check(
        id="AZ-KEY-002",
        severity=WARNING,
        title="a hyphen in the pre-shared key",
        page=f"""Azure's FAQ excludes hyphens; gateways are known to take them all the same.
When authentication fails and nothing else explains it, try a key without.

{_NEW}""",
        find=_of_key(_hyphen),
    ),
    Check(
        id="AZ-KEY-003",
        severity=BREAKING,
        title="the length of the pre-shared key",
        page=f"""Azure takes 1 to {LONGEST} characters.

{_NEW}""",
        find=_of_key(_length),
    ),
    Check(
        id="AZ-KEY-004",
        severity=WARNING,
        title="the pre-shared key can be guessed",
        page=f"""A key is as good as it is long and random: who records the exchange with a
weak one can try passwords offline. Take {SHORTEST_WISE} random characters or more, letters and
digits for what every device takes.

{_NEW}""",
        find=_of_key(_guessable),
    ),
    Check(
        id="AZ-KEY-005",
        severity=WARNING,
        title="two connections have the same pre-shared key",
        page=f"""Who takes it from one appliance can pose as the other. Both tunnels to an
active-active gateway share a key rightly: it belongs to the connection. Seen by `appliance
validate` over both sites, by the reference in the inventory or by keys that the exports hold.

{_NEW}""",
        across=_reused,
    ),
)
