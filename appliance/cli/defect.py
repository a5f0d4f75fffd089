"""What is told of an error that nobody foresaw: where it happened, without any key in it."""

from __future__ import annotations

import sys
import traceback

from appliance.secrets.redact import REDACTOR


def tell(error: Exception) -> None:
    """Its traceback on standard error; values of variables are never part of it.

    Whatever the work held is in order by then: devices are brought back on the way here.
    """
    words = "".join(traceback.format_exception(error))
    print(REDACTOR.mask(words), end="", file=sys.stderr)
    print(
        "appliance: this error is a defect of the program, not of your files or devices\n"
        "  -> report it with the lines above; keys in them are masked",
        file=sys.stderr,
        flush=True,
    )
