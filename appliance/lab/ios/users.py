"""Who may log in: users and the enable secret, stored in the configuration as IOS stores them."""

from __future__ import annotations

import base64
import hashlib
import hmac

from appliance.lab.cisco.tree import Key, Node

_SALT = "lab"


def hashed(clear: str) -> str:
    """The lab's stand-in for a type 9 hash: it looks like one and cannot be read back."""
    digest = hashlib.sha256(f"{_SALT}{clear}".encode()).digest()
    return f"$9${_SALT}${base64.b64encode(digest).decode().rstrip('=')}"


def stored(words: Key) -> Key:
    """A `username` or `enable` statement with its clear secret replaced by a hash."""
    if "secret" not in words:
        return words
    at = words.index("secret") + 1
    rest = words[at:]
    if len(rest) > 1 and rest[0] in {"5", "8", "9"}:
        return words
    clear = rest[1] if len(rest) > 1 and rest[0] == "0" else " ".join(rest)
    return (*words[:at], "9", hashed(clear))


def lets_in(root: Node, user: str, password: str) -> bool:
    """Whether this user may log in."""
    found = root.find("username", user)
    return found is not None and _matches(" ".join(found.words).split(), password)


def privilege(root: Node, user: str) -> int:
    """The level a user starts at."""
    found = root.find("username", user)
    words = " ".join(found.words).split() if found else []
    return int(words[words.index("privilege") + 1]) if "privilege" in words else 1


def enables(root: Node, password: str) -> bool:
    """Whether this is the enable secret; without one nobody gets there over the network."""
    for kind in ("secret", "password"):
        found = root.find("enable", kind)
        if found is not None:
            return _matches(" ".join(found.words).split(), password)
    return False


def has_enable(root: Node) -> bool:
    """Whether an enable secret or password is configured."""
    return root.find("enable") is not None


def _matches(words: list[str], password: str) -> bool:
    kind = "secret" if "secret" in words else "password"
    if kind not in words:
        return "nopassword" in words
    rest = words[words.index(kind) + 1 :]
    known = rest[-1] if rest else ""
    offered = hashed(password) if known.startswith("$9$") else password
    return hmac.compare_digest(known.encode(), offered.encode())
