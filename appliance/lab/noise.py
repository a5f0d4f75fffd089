"""What a bad line does to the text on it."""

from __future__ import annotations

from collections.abc import Mapping

from appliance.lab.faults import Fault, Kind

_ODD = ("\x00", "\x7f", "#", "\ufffd", "\x1b[2K", "%")
_EVERY = 7


def spoilt(output: str, struck: Mapping[Kind, Fault]) -> str:
    """The output with a log line in its middle, and every seventh character another."""
    if Kind.SYSLOG in struck:
        lines = output.split("\n")
        lines.insert(len(lines) // 2, struck[Kind.SYSLOG].text)
        output = "\n".join(lines)
    if Kind.GARBLE in struck:
        output = "".join(
            _ODD[at // _EVERY % len(_ODD)] if at % _EVERY == _EVERY - 1 and char != "\n" else char
            for at, char in enumerate(output)
        )
    return output
