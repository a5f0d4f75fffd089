"""Our command line as a shell starts it in the foreground."""

from __future__ import annotations

import sys

_HEARS = (
    "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "signal.signal(signal.SIGHUP, signal.SIG_DFL); "
    "from appliance.cli import main; sys.exit(main())"
)


def command(*words: str) -> list[str]:
    """What to run. Ctrl-C and a hang-up are heard, also where whoever runs the tests has them
    ignored: a shell does that to what it starts in the background, nohup does, and children
    inherit it."""
    return [sys.executable, "-c", _HEARS, *words]
