"""What `plan` and `push` share: taking away what the site made and does not ask for any more."""

from __future__ import annotations

import argparse

from appliance.job import Job
from appliance.record import replace


def with_leftovers(options: argparse.ArgumentParser) -> None:
    """Add `--remove-leftovers`."""
    options.add_argument(
        "--remove-leftovers",
        action="store_true",
        help="also take away tunnels and links of circuits that are labelled as this site's and "
        "that it does not have any more",
    )


def cleared(job: Job, arguments: argparse.Namespace) -> Job:
    """The job as it was asked for."""
    if not arguments.remove_leftovers:
        return job
    return replace(job, intent=replace(job.intent, clears=True))
