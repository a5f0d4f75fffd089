"""Taking keys out of lines of configuration before anybody reads them."""

from __future__ import annotations

import re

from appliance.model.change import KEY_MARK

_HINTS = re.compile(r"key|pre|pass|secret|psk|auth|communit|md5|string|cry\w*\s+isa", re.IGNORECASE)
_KEYED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # crypto isakmp key KEY address|hostname ... : the last "address" ends the key
        r"(?P<head>\S*.*?\bcry\w*\s+isa\w*\s+ke?y?\s+)(?P<key>.+?)"
        r"(?P<tail>\s+(?:ad\w*|hostname)\s+\S+(?:\s+[\d.]+)?(?:\s+no-xauth)?)?$",
        # crypto keyring: pre-shared-key address A [M] key KEY
        r"(?P<head>.*?\bpre-sh[\w-]*\s+(?:ad\w*|hostname)\s+(?:ipv6\s+)?\S+\s+(?:\d[\d.]*\s+)?key\s+)"
        r"(?P<key>.+)(?P<tail>)$",
        # crypto ikev2 keyring: pre-shared-key [local|remote] KEY; and inline in an ikev2 profile
        r"(?P<head>.*?\bpre-share\s+key\s+)(?P<key>.+)(?P<tail>)$",
        r"(?P<head>(?:.*?\bpre-sh[\w-]*|\s*(?:no\s+)?pre(?!fix|empt|fer|ced|-login)[\w-]*)\s+(?:(?:local|remote)\s+(?=\S))?)"
        r"(?P<key>\S.*)(?P<tail>)$",
    )
)
_SECRET = re.compile(
    r"(?P<head>(?:^|.*?\s)(?:[\w-]*password|[\w-]*secret|key-string|[\w-]*-?key|psk|md5|authentication-key|authentication"
    r"|community|passphrase|auth-string|message-digest-key)\s+)(?P<key>\S.*)$",
    re.IGNORECASE,
)
_HARMLESS = re.compile(
    r"(?:authentication|auth)\s+(?:pre-share|rsa-\w+|ecdsa-\w+|local|remote|mode|method)\b"
    r"|tunnel\s+key\s|key\s+(?:chain|config-key)|description\s|remark\s|keyring\b"
    r"|aaa\s|ip\s+(?:address|route|access)|(?:pre-sh\w*|authentication\s+pre\w*)$",
    re.IGNORECASE,
)


def mask(text: str) -> str:
    """`text` with every key or password in it replaced by a mark; linear in its length."""
    if _HINTS.search(text) is None:
        return text
    for pattern in _KEYED:
        found = pattern.match(text)
        if found is not None:
            return f"{found['head']}{KEY_MARK}{found['tail'] or ''}"
    if _HARMLESS.match(text.lstrip()):
        return text
    return _SECRET.sub(lambda found: f"{found['head']}<secret>", text, count=1)
