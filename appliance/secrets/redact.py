"""Keeping secrets out of what is printed, logged and kept: by value, and by place.

By value is exact, but would blank half a page for a key like "cisco"; by place finds keys that we
were never told, where the devices of the field write them. `Redactor.mask` does both.
"""

from __future__ import annotations

import re
from _thread import allocate_lock  # `threading` is loaded by nothing else at a start
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache

from appliance.model.secret import KEY_MARK, Secret
from appliance.model.words import rare

TYPE_CHECKING = False
if TYPE_CHECKING:
    import logging

MASK = "***"

_SCOPE: ContextVar[set[Secret] | None] = ContextVar("secrets opened meanwhile", default=None)
_HELD_BACK = 64 * 1024


def mask(text: str, secrets: Iterable[Secret]) -> str:
    """`text` without these secrets, as they are or as Base64, hex, URL or JSON would write them.

    Values of fewer than six characters and common configuration words are left to
    `mask_locations`: they stand in too many innocent places.
    """
    return _mask_forms(text, _every_form(frozenset(secrets)))


def mask_locations(text: str) -> str:
    """`text` without what stands where devices, JSON and PEM files write keys and passwords."""
    for place in _places():
        text = place.sub(_blank, text)
    return text


class Redactor:
    """The secrets that this process has opened, and how to keep them out of its output."""

    __slots__ = ("_holders", "_lock", "_secrets")

    def __init__(self) -> None:
        self._secrets: frozenset[Secret] = frozenset()
        self._holders: dict[Secret, int] = {}
        self._lock = allocate_lock()

    def add(self, secret: Secret) -> None:
        """Mask this secret from now on, or as long as `meanwhile` lasts."""
        scope = _SCOPE.get()
        if scope is not None and secret in scope:
            return
        if scope is not None:
            scope.add(secret)
        with self._lock:
            self._holders[secret] = self._holders.get(secret, 0) + 1
            self._secrets = frozenset(self._holders)

    @contextmanager
    def meanwhile(self) -> Iterator[None]:
        """Secrets that this thread opens in the context are masked, everywhere, until it ends.

        For work at many sites: a text of one is never made when those of thousands before it are
        long written, and looking for all their keys would take longer than the work.
        """
        scope: set[Secret] = set()
        token = _SCOPE.set(scope)
        try:
            yield
        finally:
            _SCOPE.reset(token)
            with self._lock:
                for secret in scope:
                    self._holders[secret] -= 1
                self._holders = {one: count for one, count in self._holders.items() if count}
                self._secrets = frozenset(self._holders)

    def mask(self, text: str) -> str:
        """`text` without any secret opened so far and without keys where devices write them."""
        return mask_locations(_mask_forms(text, _every_form(self._secrets)))

    def stream(self) -> Stream:
        """A masked stream of text that arrives in pieces."""
        return Stream(self)

    def filter(self) -> logging.Filter:
        """A filter for logging handlers: message, arguments and traceback are masked."""
        return _log_filter(self)


class Stream:
    """Masks text that arrives in pieces of any size; a key cut in two is still found.

    Whole lines come out at once; the rest waits for its line to end, or for `flush`.
    """

    __slots__ = ("_redactor", "_rest")

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._rest = ""

    def feed(self, chunk: str) -> str:
        """Take a piece; returns what can be shown by now."""
        text = self._rest + chunk
        cut = text.rfind("\n") + 1
        if not cut and len(text) > _HELD_BACK:
            text = self._redactor.mask(text)
            cut = len(text) - _HELD_BACK // 2
        self._rest = text[cut:]
        return self._redactor.mask(text[:cut]) if cut else ""

    def flush(self) -> str:
        """What was still held back, masked; call it when nothing more will come."""
        text, self._rest = self._rest, ""
        return self._redactor.mask(text)


REDACTOR = Redactor()
"""The one of this process: `appliance.secrets.resolve` tells it every secret it opens."""


@lru_cache(maxsize=16)
def _every_form(secrets: frozenset[Secret]) -> frozenset[str]:
    """Asked for when something is masked: opening a secret alone does not pay for it."""
    return frozenset(form for secret in secrets for form in _forms(secret))


@lru_cache(maxsize=1024)
def _forms(secret: Secret) -> frozenset[str]:
    """The spellings in which a secret may turn up."""
    value = secret.reveal()
    if not rare(value):
        return frozenset()
    from base64 import b64encode, urlsafe_b64encode  # noqa: PLC0415 -- only with a secret at hand
    from json import dumps  # noqa: PLC0415 -- as above
    from urllib.parse import quote, quote_plus  # noqa: PLC0415 -- as above

    forms = {value, dumps(value)[1:-1], repr(value)[1:-1], quote(value, ""), quote_plus(value)}
    for data in (value.encode(), value.encode("utf-16-le")):
        encoded = {b64encode(data).decode(), urlsafe_b64encode(data).decode()}
        forms |= {text.rstrip("=") for text in encoded}
        forms |= {data.hex(), data.hex().upper()}
    return frozenset(forms)


def _mask_forms(text: str, forms: frozenset[str]) -> str:
    return _pattern(forms).sub(MASK, text) if forms else text


@lru_cache(maxsize=16)
def _pattern(forms: frozenset[str]) -> re.Pattern[str]:
    """Longest first, so that no part of a longer form is left standing."""
    return re.compile("|".join(map(re.escape, sorted(forms, key=lambda form: (-len(form), form)))))


def _blank(found: re.Match[str]) -> str:
    """The match with its group `key` masked; marks of ours stay as they are."""
    key = found["key"]
    if key == MASK or key.strip("\"'") == KEY_MARK:
        return found[0]
    start, end = found.start("key") - found.start(), found.end("key") - found.start()
    return found[0][:start] + MASK + found[0][end:]


# A key goes on to the end of its line, since it may hold blanks and quotes; where more follows on
# the line, up to that. Lines may be those of a diff (+, -) or stand behind a prompt. No pattern may
# try more than a few ways to read one line: hostile text must not take longer than any other.
_LINE = r"^[ \t+-]*(?:\w[\w.()-]*[#>][ \t]*)?(?:no[ \t]+)?"
_REST = r"(?P<key>\S+(?:[ \t]+\S+)*)"
_KINDS = r"(?:local|remote|ascii-text|hexadecimal|hex)"
_PLACES = (
    # IOS keyrings and ASA tunnel groups (Cisco IOS Security Command Reference)
    rf"\bpre-shared-key(?:[ \t]+{_KINDS}\b)*(?:[ \t]+[0-9])?[ \t]+"
    rf"(?!{_KINDS}\b|(?:address|hostname)\b|[0-9][ \t]+\S){_REST}",
    r"\bpre-shared-key[ \t]+(?:address|hostname)[ \t]+\S+(?:[ \t]+[0-9.]{7,15})?"
    rf"[ \t]+key[ \t]+(?:[0-9][ \t]+)?{_REST}",
    rf"\bpre-share[ \t]+key[ \t]+(?:[0-9][ \t]+)?{_REST}",
    # a key alone on its line (client groups, servers); a bare number is that of a key chain
    rf"{_LINE}key[ \t]+(?![0-9]+[ \t]*$)(?P<key>\S+)[ \t]*$",
    r"\b(?:message-digest-key|authentication-key)[ \t]+[0-9]+[ \t]+md5[ \t]+"
    r"(?![0-9][ \t])(?P<key>\S+)",
    rf"{_LINE}ip[ \t]+(?:ospf[ \t]+authentication-key|nhrp[ \t]+authentication)[ \t]+"
    r"(?:[0-9][ \t]+)?(?P<key>\S+)[ \t]*$",
    rf"{_LINE}(?:standby|vrrp)[ \t]+[0-9]+[ \t]+authentication[ \t]+(?:text[ \t]+)?"
    r"(?!md5\b)(?P<key>\S+)[ \t]*$",
    r"\bwpa-psk[ \t]+(?:ascii|hex)[ \t]+(?:[0-9][ \t]+)?(?P<key>\S+)",
    r"\bisakmp[ \t]+key[ \t]+(?:[0-9][ \t]+)?(?P<key>\S+(?:[ \t]+\S+){0,3}?)[ \t]+"
    r"(?:address|hostname)\b",
    # passwords and secrets with their type (0 clear, 5, 7, 8, 9), wherever they stand
    r"\b(?:password|secret|key|key-string|md5)[ \t]+[0-9][ \t]+(?P<key>(?!md5\b)\S+)",
    rf"{_LINE}(?:enable[ \t]+|username[ \t]+\S+[ \t]+(?:\S+[ \t]+){{0,12}}?|"
    r"neighbor[ \t]+\S+[ \t]+)?"
    r"(?:password|secret)[ \t]+(?:level[ \t]+[0-9]+[ \t]+)?(?:[0-9][ \t]+)?(?P<key>\S+)[ \t]*$",
    rf"{_LINE}key-string[ \t]+(?![0-9][ \t]){_REST}",
    rf"{_LINE}(?:tacacs|radius)-server\b.*?[ \t]key[ \t]+(?:[0-9][ \t]+)?{_REST}",
    r"\bsnmp-server[ \t]+community[ \t]+(?P<key>\S+)",
    r"\bsnmp-server[ \t]+host[ \t]+\S+[ \t]+(?:(?:traps|informs)[ \t]+)?"
    r"(?:version[ \t]+(?:1|2c)[ \t]+)?(?P<key>(?!version\b)\S+)",
    rf"{_LINE}snmp-server[ \t]+user\b.*?[ \t]auth[ \t]+\S+[ \t]+(?P<key>\S+)",
    rf"{_LINE}snmp-server[ \t]+user\b.*?[ \t]priv[ \t]+(?:(?:des|3des|aes)[ \t]+)?"
    r"(?:[0-9]+[ \t]+)?(?P<key>\S+)",
    # ASA: what stands behind the key is its kind (Cisco ASA Command Reference)
    r"\b(?:passwd|password)[ \t]+(?:level[ \t]+[0-9]+[ \t]+)?(?:[0-9][ \t]+)?"
    r"(?P<key>\S+)(?=[ \t]+(?:encrypted|pbkdf2|nt-encrypted|mschap|privilege)\b)",
    rf"{_LINE}(?:failover[ \t]+key|ldap-login-password)[ \t]+(?:hex[ \t]+|[0-9][ \t]+)?{_REST}",
    r"\bsnmp-server[ \t]+host[ \t]+\S+[ \t]+\S+[ \t]+(?:(?:poll|trap)[ \t]+)?"
    r"community[ \t]+(?:[0-9][ \t]+)?(?P<key>\S+)",
    # Junos: quoted words after those that name a secret, what it marks itself, SNMP communities
    r"\b(?:(?:encrypted|plain-text|simple|md5|authentication|privacy)-?"
    r"(?:password(?:-value)?|key)|secret|md5[ \t]+[0-9]+[ \t]+key)[ \t]+"
    r"(?P<key>\"(?:[^\"\\\n]|\\.)+\")",
    r"(?<=[ \t])(?P<key>\"(?:[^\"\\\n]|\\.)*\"|[^\s\";]+);[ \t]*##[ \t]*SECRET-DATA",
    r"\bsnmp[ \t]+community[ \t]+(?P<key>\S+)",
    # strongSwan: swanctl.conf, ipsec.secrets
    rf"{_LINE}secret[ \t]*=[ \t]*{_REST}",
    rf":[ \t]*(?:PSK|XAUTH|EAP|NTLM)[ \t]+{_REST}",
    # PowerShell: a parameter's value in a table of parameters
    r"\bSharedSecret['\"]?[ \t]*=[ \t]*(?P<key>\"[^\"\n]*\"|'(?:[^'\n]|'')*')",
    # anybody's `psk=...`, in logs and scripts
    r"(?<![\w-])(?:psk|pre[-_]?shared[-_]?key|shared[-_]?(?:key|secret))[ \t]*=[ \t]*"
    r"(?P<key>\"[^\"\n]*\"|'[^'\n]*'|[^\s,;'\"]+)",
    # JSON (Azure's sharedKey, the `value` of `az ... shared-key show`) and command lines
    r"\"(?:sharedKey|sharedSecret|presharedKey|pre_shared_key|psk|password|secret|value)\""
    r"[ \t]*:[ \t]*\"(?P<key>(?:[^\"\\\n]|\\.)+)",
    r"(?<!\w)--?shared-?(?:key|secret)[ \t=]+(?P<key>\"[^\"\n]*\"|'[^'\n]*'|\S+)",
    r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?P<key>[^-]*(?:-(?!----)[^-]*)*)-----END",
    # salted or reversible hashes, whatever stands before them
    r"(?P<key>\$[1589]\$[\w./$-]{8,})",
)


@cache
def _places() -> tuple[re.Pattern[str], ...]:
    """Compiled when something is masked: that takes 4 ms, a third of a bare start of Python."""
    return tuple(re.compile(pattern, re.MULTILINE | re.IGNORECASE) for pattern in _PLACES)


def _log_filter(redactor: Redactor) -> logging.Filter:
    import logging  # noqa: PLC0415 -- not on the way of commands that log nothing

    class Masking(logging.Filter):
        def filter(self, record: logging.LogRecord) -> bool:
            record.msg, record.args = redactor.mask(record.getMessage()), ()
            if record.exc_info:
                record.exc_text = redactor.mask(
                    logging.Formatter().formatException(record.exc_info)
                )
                record.exc_info = None
            if record.stack_info:
                record.stack_info = redactor.mask(record.stack_info)
            return True

    return Masking()
