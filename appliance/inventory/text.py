"""From the bytes of an inventory to its text, with words for what is no text."""

from __future__ import annotations

import re

from appliance.errors import InventoryError
from appliance.inventory.fault import Fault, failure

_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
# What YAML does not take anywhere, and the line ends that editors do not count as such.
_UNPRINTABLE = re.compile(
    r"[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|\r(?!\n)|\ufeff"
)


def decoded(data: bytes, path: str) -> str:
    """The text of a UTF-8 file, with or without a byte order mark.

    Raises `InventoryError` for any other encoding and for control characters.
    """
    if data.startswith(_UTF16_MARKS) or b"\0\0" in (data[0:4:2], data[1:4:2]):
        raise InventoryError(
            "is UTF-16 text, as PowerShell's '>' writes it",
            where=path,
            hint="save it as UTF-8 (PowerShell: Set-Content -Encoding utf8)",
        )
    data = data.removeprefix(_UTF8_MARK)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        raise failure(
            path, [_at(before, "this byte is no UTF-8; save the file as UTF-8")]
        ) from None
    found = _UNPRINTABLE.search(text)
    if found:
        code = f"U+{ord(found[0][0]):04X}"
        words = f"control character {code}; remove it (a lone CR: save with LF or CRLF line ends)"
        raise failure(path, [_at(text[: found.start()], words)])
    return text


def _at(before: str, text: str) -> Fault:
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return Fault(line, column, text)
