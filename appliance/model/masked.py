"""What tools that keep or share configurations put in the place of a key."""

from __future__ import annotations

import re

_MASKED = (
    r"[*xX.]{3,}|<[^<>]*>|\[(?i:removed|redacted|hidden|masked)\]"
    r"|(?i:(?:netconan)?removed\d*|redacted|hidden|secret-data|masked|scrubbed|sanitized)"
)


def masked(text: str) -> bool:
    """Whether a key, as a text has it, only says that somebody took the key away."""
    return re.fullmatch(_MASKED, text) is not None
