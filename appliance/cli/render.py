"""`appliance render`: a site's configuration for a person to review."""

from __future__ import annotations

import argparse
import os
import stat
from collections.abc import Iterator

from appliance.capability import check
from appliance.cli.common import (
    FAILED,
    OK,
    emit,
    one_site,
    read_text,
    tell,
    with_inventory,
    with_output,
)
from appliance.driver import change, place
from appliance.errors import RefusedError, UsageError
from appliance.job import Job, prepare
from appliance.model.change import Step
from appliance.model.edge import Held
from appliance.model.intent import Observed
from appliance.model.pairing import mine

UNDETERMINED = FAILED
EXAMPLES = (
    "  appliance render site-a\n"
    "  appliance render site-a --running site-a.cfg     names that are free on that device\n"
    "  appliance render site-a --with-secrets --out site-a.cfg"
)


def configure(options: argparse.ArgumentParser) -> None:
    """Add the options."""
    options.add_argument("site", metavar="SITE")
    options.add_argument("--running", metavar="FILE", help="a saved configuration of the device")
    options.add_argument("--out", metavar="FILE", help="write here (0600) instead of the terminal")
    options.add_argument(
        "--with-secrets", action="store_true", help="put the key in; only into a file of --out"
    )
    with_output(options)
    with_inventory(options)


def run(arguments: argparse.Namespace) -> int:
    """Print or write the configuration."""
    if arguments.with_secrets and (arguments.out is None or arguments.output == "json"):
        raise UsageError("--with-secrets writes only into a private file", hint="add --out FILE")
    job = prepare(one_site(arguments), key=bool(arguments.with_secrets))
    check(job.intent, job.driver)
    steps = _steps(job, arguments.running)
    for note in (*job.intent.notes, *_before(job, arguments.running)):
        tell(f"note: {note}")
    if arguments.output == "json":
        emit(_document(job, steps))
        return OK
    text = _text(job, steps, with_secrets=arguments.with_secrets)
    if arguments.out is None:
        print(text, end="")
    else:
        _write(arguments.out, text)
        tell(f"wrote {arguments.out}")
    return OK


def _before(job: Job, running: str | None) -> Iterator[str]:
    """What must stand on the device first, where nobody has looked at it."""
    first = [one.site for one in job.intent.beside if one.first and one.intent is not None]
    if first and running is None:
        yield (
            f"written for a device that holds {', '.join(first)} already, which is a site there "
            "too: enter that first, or render for what the device holds (--running FILE)"
        )


def _steps(job: Job, running: str | None) -> tuple[Step, ...]:
    intent = job.intent
    if running is None:
        observed = _unseen(job)
    else:
        from appliance.cli.given import of_file  # noqa: PLC0415 -- only for a saved one
        from appliance.compare.settle import settle  # noqa: PLC0415 -- only for a saved one

        with of_file(running):
            observed = job.driver.parse(read_text(running))
        intent = settle(intent, observed)  # as a plan does: what Azure would take as well stays
    target = place(job.driver, intent, observed)
    own = mine(intent, target.tunnels)
    if target.edge is None:
        return job.driver.render(own)
    return change(job.driver, Held(), Held(tunnels=own, edge=target.edge)).steps


def _unseen(job: Job) -> Observed:
    """A device that nobody has looked at: empty, or as the sites before this one will make it."""
    if not job.intent.beside:
        return Observed(driver=job.driver.name)
    from appliance.plan import foreseen  # noqa: PLC0415 -- only where sites share a device

    return foreseen(job.intent, job.driver)


def _text(job: Job, steps: tuple[Step, ...], *, with_secrets: bool) -> str:
    """The file for a reviewer; a script of its own kind asks for the key when it is run."""
    if job.driver.script is not None:
        if with_secrets:
            raise UsageError(
                f"a script for {job.driver.name} never holds the key",
                hint="leave --with-secrets out: the script asks for the key when it is run",
            )
        header = "".join(f"{line}\n" for line in _header(job))
        return header + job.driver.script(steps)
    texts = [step.reveal() if with_secrets else step.text for step in steps]
    return "".join(f"{line}\n" for line in (*_header(job), *texts))


def _header(job: Job) -> tuple[str, ...]:
    """What a reviewer must know; no date, so that equal input gives equal bytes."""
    mark, expectation = job.driver.comment, job.expectation
    gateways = ", ".join(str(endpoint.address) for endpoint in expectation.endpoints)
    policy = "Azure's default policy" if expectation.policy.default else "custom policy"
    return (
        f"{mark} {job.site.name}: {job.driver.name}, Azure connection {expectation.name} "
        f"(gateway {gateways}, IKEv{int(expectation.ike_version)}, {policy})",
        mark,
    )


def _document(job: Job, steps: tuple[Step, ...]) -> dict[str, object]:
    return {
        "schema": "appliance/rendered/1",
        "site": job.site.name,
        "driver": job.driver.name,
        "lines": [{"text": step.text, "why": step.why} for step in steps],
        "notes": list(job.intent.notes),
    }


def _write(path: str, text: str) -> None:
    """Into a file nobody else can read; one that others can read is refused, not changed."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise UsageError(
            f"cannot write {path}: {error.strerror}",
            hint="name a file in a folder that is there and may be written to",
        ) from error
    with open(descriptor, "wb", buffering=0) as file:  # noqa: PTH123 -- by descriptor
        if stat.S_IMODE(os.fstat(descriptor).st_mode) & 0o077:
            raise RefusedError(f"{path} can be read by others", hint=f"chmod 600 {path}")
        file.truncate()
        data = text.encode()
        try:
            while data:
                data = data[file.write(data) :]
        except OSError as error:
            file.truncate(0)  # half a configuration is worse than none
            raise UsageError(
                f"cannot write {path}: {error.strerror}",
                hint="nothing is left of it; make room, or name another place",
            ) from error
