"""One site of a fleet: made ready, pushed or recovered first, and whatever happens an answer."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from appliance import job as jobs
from appliance import journal
from appliance.cli.common import FAILED, REFUSED, UNKNOWN, code_of
from appliance.cli.online import opener
from appliance.cli.progress import Progress
from appliance.cli.push import CODES
from appliance.cli.recover import recovered
from appliance.cli.signals import code
from appliance.driver import load
from appliance.errors import ApplianceError, Interrupted, SecretError
from appliance.inventory.model import Site
from appliance.job import credentials, prepare
from appliance.journal import fleets
from appliance.push import Options, Outcome, Result, Watcher, push
from appliance.push.fleet import Answer, End, Target
from appliance.push.logins import Logins
from appliance.push.standing import Standing
from appliance.secrets.redact import REDACTOR

ENDS = {
    Outcome.UNCHANGED: End.UNCHANGED,
    Outcome.PLANNED: End.PLANNED,
    Outcome.DECLINED: End.REFUSED,
    Outcome.PUSHED: End.PUSHED,
    Outcome.NOT_SAVED: End.NOT_SAVED,
    Outcome.ROLLED_BACK: End.ROLLED_BACK,
    Outcome.UNKNOWN: End.UNKNOWN,
}


def device(site: Site) -> str:
    """Which device the site's is: two sites may share one."""
    return jobs.device(site, load(site.device.driver))


def readied(site: Site) -> str:
    """The hash of what the site is to become, when all is there that its push will need.

    Raises `ApplianceError` as the push would, before any device was asked.
    """
    used = (site.psk, site.device.password, site.device.enable)
    if any(ref is not None and ref.scheme == "prompt" for ref in used):
        raise SecretError(
            "`prompt:` asks for each site, and a fleet is pushed side by side",
            where=site.where,
            hint="write env:NAME, file:PATH or keyring:SERVICE/NAME, or push this site alone",
        )
    with REDACTOR.meanwhile():
        credentials(site)
        return sha256(repr(prepare(site, key=False).intent).encode()).hexdigest()


class SiteWork:
    """What is done at each site. Called from many threads, once for each site."""

    def __init__(
        self,
        sites: Mapping[str, Site],
        options: Options,
        shown: Progress,
        *,
        run: int | None,
        plans: bool,
    ) -> None:
        self._sites = sites
        self._options = options
        self._shown = shown
        self._run = run
        self._plans = plans
        self._logins = Logins()
        self._former = () if run is None else _left(run)

    def __call__(self, target: Target) -> Answer:
        """Push one site. Nothing it does at one site is an error of another."""
        watcher = _Watcher(target.site, self._shown)
        with REDACTOR.meanwhile():
            try:
                return self._answered(target, watcher)
            finally:
                self._shown.ended(target.site)

    def _answered(self, target: Target, watcher: _Watcher) -> Answer:
        try:
            if self._run is not None:
                fleets.started(self._run, target.number)
            return self._told(target, self._pushed(target, watcher), watcher)
        except ApplianceError as error:
            return failed(target, error, watcher.run)
        except Interrupted as interrupted:
            back = interrupted.ended or "nothing was touched"
            return Answer(
                target=target,
                end=End.INTERRUPTED,
                code=code(interrupted.why) or FAILED,
                why=f"{interrupted}; {back}",
                run=watcher.run,
            )
        except Exception as error:  # noqa: BLE001 -- a defect at one site leaves no other half-way
            why = f"a defect of this tool, please report it: {type(error).__name__}"
            return Answer(target=target, end=End.FAILED, code=FAILED, why=why, run=watcher.run)

    def _pushed(self, target: Target, watcher: Watcher) -> Result:
        site = self._sites[target.site]
        job = prepare(site, key=None)
        connect = self._logins.careful(opener(site, job.driver), credentials(site), site.name)
        for entry in self._former:
            if entry.site == site.name and entry.device == target.device:
                recovered(entry, site, connect, watcher)
        return push(job, connect, self._options, watcher)

    def _told(self, target: Target, result: Result, watcher: _Watcher) -> Answer:
        return Answer(
            target=target,
            end=ENDS[result.outcome],
            code=CODES[result.outcome],
            why=REDACTOR.mask(result.why),
            run=watcher.run,
            plan=result.plan if self._plans else None,
        )


def _left(run: int) -> tuple[journal.Entry, ...]:
    """Pushes that earlier processes of this very run have not brought to an end."""
    began = fleets.record(run).begun
    return tuple(entry for entry in journal.unfinished() if entry.begun >= began)


def failed(target: Target, error: ApplianceError, run: int | None) -> Answer:
    """The answer of a site whose push ended with this error; `run` is its number if it began."""
    found = code_of(error, FAILED)
    end = {UNKNOWN: End.UNKNOWN, REFUSED: End.REFUSED}.get(found, End.FAILED)
    hint = f"\n-> {error.hint}" if error.hint else ""
    why = REDACTOR.mask(f"{error.message}{hint}")
    return Answer(target=target, end=end, code=found, why=why, run=run)


class _Watcher(Watcher):
    """Tells where the push of one site stands."""

    def __init__(self, site: str, shown: Progress) -> None:
        self.run: int | None = None
        self._site = site
        self._shown = shown

    def begun(self, standing: Standing) -> None:
        self.run = standing.run
        self._shown.board.put(standing)

    def said(self, text: str) -> None:
        self._shown.stage(self._site, text)
