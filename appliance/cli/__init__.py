"""The command line: a table of verbs; each verb's module is imported when it is called."""

from __future__ import annotations

import atexit
import gc
import io
import os
import sys
from collections.abc import Sequence

from appliance.errors import UsageError

VERBS = {
    "init": "write a commented example inventory",
    "validate": "check the inventory and Azure's side; needs no secret",
    "explain": "why is it down? from a log or the device; and what a check is for",
    "import": "read Azure's exports, or Azure itself: `import azure PATH...`, `--live SITE`",
    "render": "write a site's device configuration for review",
    "trust": "show a device's host key and pin it",
    "plan": "show what a push would change, and the way back",
    "rehearse": "let two IKE daemons try the tunnels before anything is pushed",
    "push": "apply the plan; leaves the device verified or reverted",
    "verify": "look at the live tunnel, rung by rung",
    "drift": "compare devices with what Azure expects, by meaning",
    "prove": "what gets through a site's tunnels, end to end, and which line decides",
    "status": "all sites at a glance, with how old each fact is",
    "report": "all sites on one HTML page, to be read, sent and printed",
    "parse": "read a saved configuration or show output, without inventory",
    "schema": "print the JSON Schema of the inventory",
    "recover": "end pushes whose process died: finish them, or bring the device back",
    "rollback": "take a site back to what an earlier push found; a push of its own",
    "history": "what was pushed to a site, when, by whom, and what became of it",
    "lab": "serve embedded lab devices on loopback",
    "doctor": "what of the tool can be used on this machine, and how to get the rest",
}

CODES = """exit codes:
  0    in sync; or pushed and verified; or nothing to do
  1    the operation failed; the device is in its previous state
  2    drift found, or a plan has changes
  3    could not be determined for at least one site
  4    refused by a safety gate; nothing was touched
  5    applied, verification failed, rolled back and the old state confirmed
  6    state unknown or rollback not confirmed: a person is needed now
  64   usage error
  129, 130, 143   hung up, interrupted, terminated; after cleaning up"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb and return its exit code."""
    if arguments is None:
        _collect_little()
        _open_closed()
        _print_anything()
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or words[0] in ("-h", "--help", "help"):
        print(_help())
        return 0 if words else 64
    if words[0] in ("-V", "--version"):
        print(f"appliance {_version()}")
        return 0
    try:
        return _dispatch(words[0], words[1:])
    except UsageError as error:
        print(f"appliance: {error}", file=sys.stderr)
        return 64
    except KeyboardInterrupt:  # while modules are loaded: nothing has begun
        print("appliance: interrupted", file=sys.stderr)
        return 130


def _collect_little() -> None:
    """Tell the garbage collector that this process is a command: 8 ms of 50.

    A start makes ten thousand objects that all stay, and is searched for cycles every 700; at the
    end all is searched three times more. Cycles of long runs are still found.
    """
    gc.set_threshold(50_000, 20, 20)
    atexit.register(gc.freeze)


def _open_closed() -> None:
    """Standard streams that the caller has closed (`>&-`) are /dev/null.

    Else the next file or socket would get their number, and what is meant for standard error
    would be printed among the data.
    """
    if None not in (sys.stdin, sys.stdout, sys.stderr):
        return
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:  # noqa: PLR2004 -- standard error
        pass
    os.close(number)
    sys.stdin = sys.stdin or open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 -- for the process
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 -- as above
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 -- as above


def _print_anything() -> None:
    """What the output's encoding has no character for is escaped: logs hold names of any script."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _help() -> str:
    verbs = "\n".join(f"  {name:10} {text}" for name, text in VERBS.items())
    return (
        "usage: appliance VERB [options]\n\n"
        "Configure on-premises VPN appliances for site-to-site IPsec to Azure VPN Gateway.\n\n"
        f"verbs:\n{verbs}\n\n"
        "`appliance VERB --help` tells the rest.\n\n"
        f"{CODES}"
    )


def _version() -> str:
    from importlib.metadata import version  # noqa: PLC0415 -- slow to import, rarely needed

    return version("appliance")


def _dispatch(name: str, words: list[str]) -> int:
    if name not in VERBS:
        from difflib import get_close_matches  # noqa: PLC0415 -- only for a mistyped verb

        near = get_close_matches(name, VERBS, n=1)
        hint = f"did you mean `{near[0]}`?" if near else "`appliance --help` lists the verbs"
        raise UsageError(f"there is no verb {name!r}", hint=hint)
    module = "import_" if name == "import" else name
    from appliance.cli.common import guarded, parser  # noqa: PLC0415 -- argparse: not for --help

    # Built in: importlib and `warnings`, which it loads, are 0.5 ms that --help need not pay.
    verb = __import__(f"appliance.cli.{module}", fromlist=("run",))
    options = parser(name, VERBS[name], verb.EXAMPLES)
    verb.configure(options)
    code = 0
    try:
        # Intermixed, for `import azure --connection NAME exports/`; its own help leaves words out.
        helping = "-h" in words or "--help" in words
        read = options.parse_args if helping else options.parse_intermixed_args
        code = guarded(lambda: verb.run(read(words)), undetermined=verb.UNDETERMINED)
        return _heard(code, verb.UNDETERMINED)
    except Exception as error:  # noqa: BLE001 -- the last place where keys can be taken out of it
        from appliance.cli import defect  # noqa: PLC0415 -- nobody should ever need it

        defect.tell(error)
        return code or int(verb.UNDETERMINED)


def _heard(code: int, undetermined: int) -> int:
    """The exit code, unless nobody could be told: that is no success."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        from appliance.cli import defect  # noqa: PLC0415 -- as above

        defect.unheard(error)
        return code or undetermined
    return code
