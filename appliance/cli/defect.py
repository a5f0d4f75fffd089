"""What is told of an error that nobody foresaw: where it happened, without any key in it."""

from __future__ import annotations

import errno
import os
import sys
import traceback

from appliance.secrets.redact import REDACTOR

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def tell(error: Exception) -> None:
    """Its traceback on standard error; values of variables are never part of it.

    Whatever the work held is in order by then: devices are brought back on the way here.
    """
    if isinstance(error, OSError) and error.errno in _NO_ROOM and error.filename is None:
        unheard(error)
        return
    words = "".join(traceback.format_exception(error))
    print(REDACTOR.mask(words), end="", file=sys.stderr)
    print(
        "appliance: this error is a defect of the program, not of your files or devices\n"
        "  -> report it with the lines above; keys in them are masked",
        file=sys.stderr,
        flush=True,
    )


def unheard(error: OSError) -> None:
    """Say that standard output takes nothing more, and let Python not try again at its end."""
    print(
        f"appliance: standard output cannot be written: {error.strerror}",
        file=sys.stderr,
        flush=True,
    )
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
