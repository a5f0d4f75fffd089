"""Who may log in: passwords as the configuration holds them."""

from __future__ import annotations

import base64
import hashlib
import hmac

from appliance.lab.junos.tree import Node

_SALT = "labsalt"


def hashed(clear: str) -> str:
    """The lab's stand-in for a SHA-512 crypt: it looks like one and cannot be read back."""
    digest = hashlib.sha512(f"{_SALT}{clear}".encode()).digest()
    return f"$6${_SALT}${base64.b64encode(digest, b'./').decode().rstrip('=')}"


def lets_in(system: Node | None, user: str, password: str) -> bool:
    """Whether this user may log in."""
    return hmac.compare_digest(_known(system, user).encode(), hashed(password).encode())


def _known(system: Node | None, user: str) -> str:
    if system is None:
        return ""
    if user == "root":
        return system.value("root-authentication", "encrypted-password")
    return system.value("login", "user", user, "authentication", "encrypted-password")


def may_configure(system: Node | None, user: str) -> bool:
    """Whether the user's class lets them change the configuration."""
    if user in {"root", "console"} or system is None:
        return True
    kind = system.value("login", "user", user, "class")
    permissions = system.find("login", "class", kind, "permissions")
    own = permissions is not None and any(
        ("configure" in n.words or "all" in n.words) for n in permissions.children.values()
    )
    return kind in {"super-user", "superuser"} or own
