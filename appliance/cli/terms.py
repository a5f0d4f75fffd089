"""How sites are pushed, and how a fleet is gone through: the options of `push` and `rollback`."""

from __future__ import annotations

import argparse

from appliance.cli.common import with_inventory
from appliance.cli.gate import gate
from appliance.errors import UsageError
from appliance.gates import NAMES as GATES
from appliance.job import Job
from appliance.push import Options
from appliance.push.stop import Stop


def with_fleet(options: argparse.ArgumentParser) -> None:
    """Add how a fleet is gone through; each None when it is not said."""
    options.add_argument(
        "--canary",
        type=int,
        metavar="N",
        help="so many sites must be pushed and verified before any other is begun (default: 1)",
    )
    options.add_argument(
        "--serial", metavar="N|N%", help="then so many in a batch (default: all in one)"
    )
    options.add_argument(
        "--max-fail",
        metavar="N|N%",
        help="so many may fail before no more are begun (default: 0)",
    )
    options.add_argument("--workers", type=int, metavar="N", help="devices at a time (default: 20)")
    options.add_argument(
        "--resume", type=int, metavar="RUN", help="what this fleet run has not done"
    )
    options.add_argument(
        "--even-if-changed",
        action="store_true",
        help="with --resume: also where intents or the selection are others now",
    )


def with_rehearsal(options: argparse.ArgumentParser) -> None:
    """Add whether it is tried before; a way back never is, so that nothing holds it up."""
    options.add_argument(
        "--rehearse",
        action="store_true",
        help="two IKE daemons must find before that it would work (`appliance rehearse`)",
    )


def with_terms(options: argparse.ArgumentParser) -> None:
    """Add how a site is pushed, and what is printed."""
    options.add_argument(
        "--dry-run", "--check", action="store_true", help="stop before anything is sent"
    )
    options.add_argument(
        "--diff", action="store_true", help="show the plan even with --yes or -o json"
    )
    options.add_argument("--yes", action="store_true", help="do not ask; gates stay closed")
    with_guard(options)
    options.add_argument(
        "--allow",
        action="append",
        default=[],
        type=gate,
        metavar="GATE",
        help=f"open one safety gate by name: {', '.join(GATES)}, or the id of a breaking check "
        "(`appliance explain` lists them)",
    )
    options.add_argument(
        "-o",
        "--output",
        choices=("text", "json", "jsonl"),
        default="text",
        help="default: text; jsonl is one line for each site, as it ends",
    )
    with_inventory(options)


def with_guard(options: argparse.ArgumentParser) -> None:
    """Add how long is waited for what, and what takes the change back."""
    options.add_argument(
        "--confirm-minutes",
        type=int,
        default=5,
        metavar="N",
        help="after how long the device reverts by itself, 1 to 120 (default: 5)",
    )
    wait = options.add_mutually_exclusive_group()
    wait.add_argument(
        "--wait-seconds",
        type=float,
        default=90.0,
        metavar="S",
        help="how long the tunnel may take to come up (default: 90)",
    )
    wait.add_argument(
        "--no-wait", action="store_true", help="do not wait for the tunnel: Azure is not ready yet"
    )
    options.add_argument(
        "--protection",
        choices=("timer", "inverse"),
        default="timer",
        help="the device's own revert timer, or (with no timer on it) the recorded inverse",
    )


def terms(arguments: argparse.Namespace, stop: Stop) -> Options:
    """How each site is pushed. Raises `UsageError` for what cannot be meant."""
    if not 1 <= arguments.confirm_minutes <= 120:  # noqa: PLR2004 -- IOS's own range
        raise UsageError(
            "--confirm-minutes must be 1 to 120",
            hint="after so long the device takes back by itself what nobody confirmed",
        )
    if not 0 <= arguments.wait_seconds <= 7200:  # noqa: PLR2004 -- the longest timer; not nan
        raise UsageError(
            "--wait-seconds must be 0 to 7200",
            hint="--no-wait does not wait for the tunnel at all",
        )
    if not arguments.no_wait and arguments.wait_seconds > 60 * arguments.confirm_minutes - 30:
        raise UsageError(
            "the device's own timer would end before the wait for the tunnel does",
            hint="raise --confirm-minutes, or lower --wait-seconds",
        )
    return Options(
        minutes=arguments.confirm_minutes,
        wait_seconds=0.0 if arguments.no_wait else arguments.wait_seconds,
        inverse=arguments.protection == "inverse",
        allow=frozenset(arguments.allow),
        dry_run=arguments.dry_run,
        rehearse=arguments.rehearse,
        rehearsal=_rehearsal,
        stop=stop,
    )


def _rehearsal(job: Job, text: str) -> str:
    from appliance.cli.rehearsed import gate  # noqa: PLC0415 -- the twin is only for who asks

    return gate(job, text)
