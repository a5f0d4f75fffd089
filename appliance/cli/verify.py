"""`appliance verify`: the live tunnel, rung by rung."""

from __future__ import annotations

import argparse

from appliance.cli.common import (
    FAILED,
    OK,
    UNDETERMINED,
    emit,
    one_site,
    read_text,
    unwind_on_sigterm,
    with_inventory,
    with_output,
)
from appliance.cli.look import look
from appliance.errors import ConnectError, UsageError
from appliance.job import Job, prepare
from appliance.journal.seen import keep
from appliance.report import verify as report
from appliance.report.hub import states
from appliance.verify import Finding, Outcome, verify

__all__ = ["EXAMPLES", "UNDETERMINED", "configure", "run"]

EXAMPLES = "  appliance verify site-a\n  appliance verify site-a -o json"


def configure(options: argparse.ArgumentParser) -> None:
    """Add the options."""
    options.add_argument("site", metavar="SITE")
    options.add_argument(
        "--learned",
        metavar="FILE",
        help="sites with ExpressRoute: what Azure's VPN gateway has learned (az network "
        "vnet-gateway list-learned-routes -o json), to judge the way back too",
    )
    with_output(options)
    with_inventory(options)


def run(arguments: argparse.Namespace) -> int:
    """Print the ladder: 0 all passed, 1 a rung failed, 3 something could not be determined."""
    job = prepare(one_site(arguments), key=False)
    back = () if arguments.learned is None else _back(job, arguments.learned)
    unwind_on_sigterm()
    unreached = ""
    try:
        findings = (*look(job).findings, *back)
    except ConnectError as error:
        findings = verify(job.intent.tunnels, None, reachable=False, advice=job.driver.advice)
        unreached = str(error)
    keep(job.site.name, "verify", states(job.expectation, findings))
    code = FAILED if unreached else _code(findings)
    if arguments.output == "json":
        why = {"error": unreached} if unreached else {}
        emit({**report.document(job.site.name, findings), "code": code, **why})
    else:
        if unreached:
            print(unreached)
        print(report.text(findings))
    return code


def _back(job: Job, path: str) -> tuple[Finding, ...]:
    """Which path Azure takes; raises `UsageError` where the site has only one."""
    from appliance.verify.returning import learned, returns  # noqa: PLC0415 -- seldom asked for

    if job.intent.edge is None:
        raise UsageError(
            f"{job.site.name} has no express_route, so there is one way back only",
            hint="leave --learned out",
        )
    return tuple(returns(job.intent.edge.networks, learned(read_text(path), path)))


def _code(findings: tuple[Finding, ...]) -> int:
    verdicts = {finding.verdict for finding in findings}
    if Outcome.FAILED in verdicts:
        return FAILED
    return UNDETERMINED if Outcome.UNKNOWN in verdicts else OK
