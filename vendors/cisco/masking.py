"""Taking keys out of lines of configuration before anybody reads them."""

from __future__ import annotations

import re

from appliance.model.secret import KEY_MARK

# Most lines hold none of these, and most of the patterns below are then never compiled: all of
# them together would take 1 ms of every start.
_HINTS = ("key", "pre", "pass", "-pw", "secret", "psk", "auth", "communit", "md5", "string")
_ISAKMP = r"cry\w*\s+isa"
_KEYED = (
    # crypto isakmp key KEY address|hostname ... : the last "address" ends the key
    (
        "isa",
        r"(?P<head>\S*.*?\bcry\w*\s+isa\w*\s+ke?y?\s+)(?P<key>.+?)"
        r"(?P<tail>\s+(?:ad\w*|hostname)\s+\S+(?:\s+[\d.]+)?(?:\s+no-xauth)?)?$",
    ),
    # crypto keyring: pre-shared-key address A [M] key KEY
    (
        "pre-sh",
        r"(?P<head>.*?\bpre-sh[\w-]*\s+(?:ad\w*|hostname)\s+(?:ipv6\s+)?\S+\s+(?:\d[\d.]*\s+)?key\s+)"
        r"(?P<key>.+)(?P<tail>)$",
    ),
    # crypto ikev2 keyring: pre-shared-key [local|remote] KEY; and inline in an ikev2 profile
    ("pre-share", r"(?P<head>.*?\bpre-share\s+key\s+)(?P<key>.+)(?P<tail>)$"),
    (
        "pre",
        r"(?P<head>(?:.*?\bpre-sh[\w-]*|\s*(?:no\s+)?pre(?!fix|empt|fer|ced|-login)[\w-]*)\s+(?:(?:local|remote)\s+(?=\S))?)"
        r"(?P<key>\S.*)(?P<tail>)$",
    ),
)
_WORDED = (
    r"(?P<head>(?:^|.*?\s)(?:[\w-]*passw(?:or)?d|[\w-]*secret|[\w-]+-pw|key-string|[\w-]*-?key|psk|md5|authentication-key|authentication"
    r"|community|passphrase|auth-string|message-digest-key)\s+)(?P<key>\S.*)$"
)
_HARMLESS = (
    r"(?:authentication|auth)\s+(?:pre-share|rsa-\w+|ecdsa-\w+|local|remote|mode|method)\b"
    r"|tunnel\s+key\s|key\s+(?:chain|config-key)|description\s|remark\s|keyring\b"
    r"|aaa\s|ip\s+(?:address|route|access)|(?:pre-sh\w*|authentication\s+pre\w*)$"
)


def mask(text: str) -> str:
    """`text` with every key or password in it replaced by a mark; linear in its length."""
    folded = text.casefold()
    hinted = any(hint in folded for hint in _HINTS)
    if not hinted and not ("isa" in folded and re.search(_ISAKMP, text, re.IGNORECASE)):
        return text
    for hint, pattern in _KEYED:
        found = re.match(pattern, text, re.IGNORECASE) if hint in folded else None
        if found is not None:
            return f"{found['head']}{KEY_MARK}{found['tail'] or ''}"
    if re.match(_HARMLESS, text.lstrip(), re.IGNORECASE):
        return text
    return re.sub(_WORDED, r"\g<head><secret>", text, count=1, flags=re.IGNORECASE)
