"""Looking at many sites: a device that several of them share is opened and read once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from appliance import driver as drivers
from appliance.cli.online import connector
from appliance.errors import ApplianceError, CommandRefused, SessionError
from appliance.fleet import each
from appliance.inventory.model import Site
from appliance.job import Job, device, prepare

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    from appliance.session import Session

    A = TypeVar("A")
    R = TypeVar("R")


def by_device(sites: Iterable[Site]) -> tuple[tuple[Site, ...], ...]:
    """The sites of each device together, devices in the order of their first site.

    One logs in alike for all of them: the inventory refuses what differs.
    """
    found: dict[str, list[Site]] = {}
    for site in sites:
        somewhere = site.device.host is not None
        where = device(site, drivers.load(site.device.driver)) if somewhere else site.name
        found.setdefault(where, []).append(site)
    return tuple(map(tuple, found.values()))


def visit(
    sites: Iterable[Site],
    ask: Callable[[Job, Session, str], A],
    judge: Callable[[Job, A], R],
    *,
    workers: int,
) -> Iterator[tuple[Site, R | ApplianceError]]:
    """Every site with what became of it, or why it could not be looked at, as they come in.

    `ask` is given the device's session and the configuration that it holds; `judge` what came of
    that, when the device is let go. What is wrong with one site is no matter of the others on its
    device; a device that cannot be reached is told for each of them, and tried once.
    """

    def whole(box: Sequence[Site]) -> list[tuple[Site, R | ApplianceError]]:
        jobs, failed = _prepared(box)
        answers = list(_asked(jobs, ask))  # to the end: the device is let go before it is judged
        return [*failed, *((job.site, _judged(judge, job, answer)) for job, answer in answers)]

    for _, answers in each(whole, by_device(sites), workers=workers):
        if isinstance(answers, ApplianceError):
            raise answers
        yield from answers


def just_read(_job: Job, _session: Session, text: str) -> str:
    """For `visit`: nothing but the configuration is asked of the device."""
    return text


def _prepared(box: Sequence[Site]) -> tuple[list[Job], list[tuple[Site, ApplianceError]]]:
    jobs: list[Job] = []
    failed: list[tuple[Site, ApplianceError]] = []
    for site in box:
        try:
            jobs.append(prepare(site))
        except ApplianceError as error:
            failed.append((site, error))
    return jobs, failed


def _asked(
    jobs: Sequence[Job], ask: Callable[[Job, Session, str], A]
) -> Iterator[tuple[Job, A | ApplianceError]]:
    """What the device answers for each; a session that is lost at one is opened anew for the rest.

    The configuration is read in the first session only.
    """
    left, text = list(jobs), None
    while left:
        first = left[0]
        try:
            with connector(first)() as session:
                text = first.driver.read(session) if text is None else text
                lost = False
                while left and not lost:
                    answer = _answer(ask, left[0], session, text)
                    yield left.pop(0), answer
                    lost = _is_loss(answer)
        except ApplianceError as error:
            yield from ((job, _of(error, first.site, job.site)) for job in left)
            return


def _answer(
    ask: Callable[[Job, Session, str], A], job: Job, session: Session, text: str
) -> A | ApplianceError:
    try:
        return ask(job, session, text)
    except ApplianceError as error:
        return error


def _judged(
    judge: Callable[[Job, A], R], job: Job, answer: A | ApplianceError
) -> R | ApplianceError:
    if isinstance(answer, ApplianceError):
        return answer
    try:
        return judge(job, answer)
    except ApplianceError as error:
        return error


def _is_loss(answer: object) -> bool:
    """Whether the session may be of no use any more; what a device refuses it answers for."""
    return isinstance(answer, SessionError) and not isinstance(answer, CommandRefused)


def _of(error: ApplianceError, first: Site, site: Site) -> ApplianceError:
    """The error of one site, told of another on the same device."""
    if site is first:
        return error
    found = type(error).__new__(type(error))
    found.args = error.args
    vars(found).update(vars(error))
    if error.where.startswith(first.name):
        found.where = f"{site.name}{error.where[len(first.name) :]}"
    return found
