"""What a tunnel remembers of its device: what was brought there, what is not there."""

from __future__ import annotations

from appliance.model.tunnel import Tunnel


def added(tunnel: Tunnel, key: str) -> bool:
    """Whether the section of this key comes to the device with the tunnel, and goes with it."""
    return key in tunnel.objects.get("added", "").split("\n")


def lacks(tunnel: Tunnel, words: str) -> bool:
    """Whether the reader missed a statement that begins so."""
    return any(one.startswith(words) for one in tunnel.missing)


def told(tunnel: Tunnel, path: str, word: str) -> bool:
    """Whether the device has a statement of the tunnel's own with this word for a field.

    The reader points to the section, or to a statement of the whole box, where there is none.
    """
    source = tunnel.sources.get(path)
    boxwide = ("crypto ipsec security-association", "crypto ipsec df-bit")
    return source is None or (word in source.text and not source.text.startswith(boxwide))
