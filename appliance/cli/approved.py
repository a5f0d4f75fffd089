"""Pushing what a plan file says: who approved it, and that it still holds."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import partial

from appliance.cli.gate import known
from appliance.driver import Facts
from appliance.errors import RefusedError, UsageError
from appliance.job import Job
from appliance.model.change import Plan
from appliance.model.intent import Observed
from appliance.push.asked import host_key
from appliance.push.terms import Approval

TYPE_CHECKING = False
if TYPE_CHECKING:
    from appliance.planfile import PlanFile, Signer


def with_plan(options: argparse.ArgumentParser) -> None:
    """Add what was approved before."""
    options.add_argument(
        "--plan",
        metavar="FILE",
        help="push what `appliance plan --out FILE` has written, if nothing has moved since",
    )
    options.add_argument(
        "--signers",
        metavar="FILE",
        help="with --plan: FILE.sig must be the signature of one of these (as ssh-keygen has them)",
    )


def read(arguments: argparse.Namespace) -> Callable[[Job], Approval] | None:
    """What makes the approval out of the plan file that is named; None where none is.

    The site and the gates to open become those of the file. Raises `UsageError` where it does not
    fit what else the command line says, `RefusedError` where it is no plan file.
    """
    if arguments.plan is None:
        if arguments.signers is not None:
            raise UsageError("--signers goes with --plan", hint="`appliance plan SITE --out FILE`")
        return None
    if arguments.allow:
        raise UsageError(
            "--allow does not go with --plan: the plan file says which gates it opens",
            hint="`appliance plan SITE --out FILE --allow GATE` makes one that opens a gate",
        )
    from appliance import planfile  # noqa: PLC0415 -- only for plan files

    file, data = planfile.read(arguments.plan)
    if arguments.sites not in ([], [file.site]):
        raise UsageError(f"{arguments.plan} is a plan for {file.site}", hint="name that or no site")
    for gate in file.gates:
        if not known(gate):
            raise RefusedError(
                f"it opens a gate that there is not: {gate}",
                where=arguments.plan,
                hint="nothing was touched; make a new one: `appliance plan SITE --out FILE`",
            )
    arguments.sites, arguments.allow = [file.site], list(file.gates)
    return partial(_approval, arguments.plan, arguments.signers, file, data)


def _approval(path: str, signers: str | None, file: PlanFile, data: bytes, job: Job) -> Approval:
    """What a push asks: whether the plan still holds. Its signature is checked here, if asked for.

    `signers` is the file of allowed signers from the command line. Raises `RefusedError` for a
    signature that is not good.
    """
    from appliance import planfile  # noqa: PLC0415 -- as above

    required = job.site.signers
    if required is not None and signers is not None:
        raise UsageError(
            f"site {job.site.name} has allowed signers of its own: {required}",
            where=job.site.where,
            hint="leave --signers out",
        )
    allowed = required or signers
    signer = None if allowed is None else planfile.verify(data, f"{path}.sig", allowed)

    def hold(facts: Facts, observed: Observed, plan: Plan) -> None:
        seen = planfile.Seen(
            job=job, facts=facts, host_key=host_key(job), observed=observed, plan=plan
        )
        planfile.hold(file, seen, time.time())

    words = f"plan file {path}, {_words(file, signer)}; SHA-256 {planfile.sha256(data)}\n"
    return Approval(words=words, signed=signer is not None, hold=hold)


def _words(file: PlanFile, signer: Signer | None) -> str:
    from appliance.planfile import told  # noqa: PLC0415 -- as above

    by = f"signed by {signer.name} with {signer.key}" if signer else "its signature was not checked"
    return f"made {told(file.made)} by {file.who} with appliance {file.tool}; {by}"
