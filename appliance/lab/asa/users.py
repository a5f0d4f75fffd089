"""Who may log in: users and the enable password, stored in the configuration as hashes."""

from __future__ import annotations

import base64
import hashlib
import hmac

from appliance.lab.cisco.tree import Key, Node

_HASHED = ("pbkdf2", "encrypted")


def hashed(clear: str) -> str:
    """The lab's stand-in for a PBKDF2 hash: it looks like one and cannot be read back."""
    digest = hashlib.sha512(f"lab{clear}".encode()).digest()
    return f"$sha512$5000$bGFi${base64.b64encode(digest[:18]).decode()}"


def stored(words: Key) -> Key:
    """A `username` or `enable` statement with its clear password replaced by a hash."""
    if "password" not in words:
        return words
    at = words.index("password") + 1
    if words[at + 1 : at + 2] and words[at + 1] in _HASHED:
        return words
    return (*words[:at], hashed(words[at]), "pbkdf2", *words[at + 1 :])


def _user(root: Node, user: str) -> Node | None:
    return root.children.get(("username", user))


def lets_in(root: Node, user: str, password: str) -> bool:
    """Whether this user may log in."""
    found = _user(root, user)
    if found is None:
        return False
    return "nopassword" in found.words or _matches(found.words, password)


def privilege(root: Node, user: str) -> int:
    """The level of a user; 2 unless the configuration says otherwise."""
    found = _user(root, user)
    words = found.words if found else ()
    return int(words[words.index("privilege") + 1]) if "privilege" in words else 2


def enables(root: Node, password: str) -> bool:
    """Whether this is the enable password; without one, an empty line is."""
    found = root.find("enable", "password")
    return _matches(found.words, password) if found is not None else not password


def _matches(words: Key, password: str) -> bool:
    known = words[words.index("password") + 1]
    return hmac.compare_digest(known.encode(), hashed(password).encode())
