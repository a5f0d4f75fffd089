"""One site made ready for work: inventory entry, Azure's expectation, intent and driver."""

from __future__ import annotations

import sys
import time
from functools import cache

from appliance import driver as drivers
from appliance.azure import cache as kept
from appliance.azure.expectation import Expectation
from appliance.driver import Driver
from appliance.errors import ApplianceError, SecretError, UsageError
from appliance.intend import disagreements, intend
from appliance.intend.fit import fit
from appliance.inventory.model import AzureSource, Neighbour, Site
from appliance.model.difference import Difference
from appliance.model.intent import Beside, Intent
from appliance.model.secret import Hidden, Secret, SecretRef
from appliance.record import dataclass, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from appliance.azure.importer import Outcome
    from appliance.model.reach import JumpHost
    from appliance.session import Credentials, Hop, Target

DAY = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A site and all that is known of it before its device is asked.

    `disagreements` are those between inventory and Azure; `age_seconds` is that of Azure's export,
    None when nothing tells it.
    """

    site: Site
    expectation: Expectation
    intent: Intent
    driver: Driver
    disagreements: tuple[Difference, ...]
    age_seconds: float | None

    @property
    def port(self) -> int:
        """Where the device listens."""
        return port(self.site, self.driver)

    @property
    def stale(self) -> bool:
        """Whether Azure's export is older than the inventory allows."""
        limit = self.site.azure.max_age_days
        return limit is not None and self.age_seconds is not None and self.age_seconds > limit * DAY


def prepare(site: Site, *, key: bool | None = None) -> Job:
    """All that can be known of a site without asking its device.

    `key` True demands the pre-shared key (`SecretError` without it), None takes it when it can be
    read and says why not otherwise, False does not look. Raises `ExpectationError`, `UsageError`.
    """
    expectation = expect(site, key=key is not False)
    psk = _psk(site, expectation, key)
    driver = drivers.load(site.device.driver)
    asked = _with_others(intend(site, expectation, psk), site)
    intent = _with_edge(fit(asked, driver), site, expectation, key)
    return Job(
        site=site,
        expectation=expectation if intent.tunnels else replace(expectation, endpoints=()),
        intent=intent,
        driver=driver,
        disagreements=disagreements(site, expectation, psk),
        age_seconds=_age(expectation),
    )


def _with_edge(intent: Intent, site: Site, expectation: Expectation, key: bool | None) -> Intent:  # noqa: FBT001 -- three-valued, see prepare
    if site.express_route is None:
        return intent
    from appliance.intend.edge import called, with_edge  # noqa: PLC0415 -- few sites have one

    keys = {
        circuit.name: None if circuit.md5 is None else _read(circuit.md5, site, key)
        for circuit in site.express_route.circuits
    }
    made = with_edge(intent, site, expectation, keys)
    edge = drivers.load(site.device.driver).edge
    return made if edge is None else called(made, edge.interface)


def _with_others(intent: Intent, site: Site) -> Intent:
    """With the sites that are on the same device, as far as they can be known."""
    if not site.beside:
        return intent
    others = tuple(map(_other, site.beside))
    notes = tuple(
        f"{other.site} is on this device too, and what it needs is not known: {other.unknown}"
        for other in others
        if other.unknown
    )
    return replace(intent, beside=others, notes=(*intent.notes, *notes))


def _other(neighbour: Neighbour) -> Beside:
    """Another site on the device. What is wrong there is no error of this one."""
    site = neighbour.site
    if site is None:
        unknown = "its entry in the inventory has faults"
        return Beside(site=neighbour.name, first=neighbour.first, unknown=unknown)
    try:
        asked = intend(site, expect(site, key=False), Hidden("the key of another site"))
        made = fit(asked, drivers.load(site.device.driver))
    except ApplianceError as error:
        where = f"{error.where}: " if error.where else ""
        unknown = f"{where}{error.message}"
        return Beside(site=neighbour.name, first=neighbour.first, unknown=unknown)
    return Beside(site=neighbour.name, intent=made, first=neighbour.first)


def expect(site: Site, *, key: bool = True) -> Expectation:
    """What Azure expects of the site: from its export, the values in the inventory, or Azure.

    With `key` False the pre-shared key is not asked of Azure.
    """
    source = site.azure
    if source.live is not None:
        from appliance.azure.live import source as azure  # noqa: PLC0415 -- loads azure-core

        return azure.expectation(source.live, source.connection, key=key)
    if source.values is not None:
        from appliance.azure import inline  # noqa: PLC0415 -- a site has one or the other

        ours = [str(network) for network in site.on_premises.prefixes]
        values = {"on_premises_prefixes": ours, **source.values}
        return inline.load(values, name=source.connection or site.name, where=site.where)
    return kept.lookup(source.exports, source.connection) or _imported(source)


def forget() -> None:
    """Let the next command of this process read the exports again; one command reads them once."""
    kept.forget()
    _exports.cache_clear()
    live = sys.modules.get("appliance.azure.live.source")
    if live is not None:  # only where something was read live, which loads what that takes
        live.forget()


def _imported(source: AzureSource) -> Expectation:
    from appliance.azure.importer import choose  # noqa: PLC0415 -- 15 modules; see azure.cache

    return choose(_exports(source.exports), source.connection)


@cache
def _exports(paths: tuple[str, ...]) -> tuple[Outcome, ...]:
    """Read once: the sites of a fleet often share one folder of exports."""
    from appliance.azure.importer import outcomes  # noqa: PLC0415 -- as above

    made_from = kept.key(paths)
    found = outcomes(paths)
    kept.store(paths, made_from, found)
    return found


def _age(expectation: Expectation) -> float | None:
    exported = expectation.exported_at
    return None if exported is None else max(0.0, time.time() - exported)


def _psk(site: Site, expectation: Expectation, key: bool | None) -> Secret | Hidden:  # noqa: FBT001 -- three-valued, see prepare
    if key is False:
        return Hidden("no key was asked for")
    if site.vpn_site is not None:
        return Hidden(f"the tunnels are on the device of {site.vpn_site}")
    if site.psk is None:
        if expectation.psk is not None:
            from appliance.secrets.redact import REDACTOR  # noqa: PLC0415 -- only with a key

            REDACTOR.add(expectation.psk)
            return expectation.psk
        if key:
            raise SecretError(
                "no pre-shared key is named",
                where=site.where,
                hint="add psk: env:NAME, file:PATH, prompt: or keyring:SERVICE/NAME to the site",
            )
        return Hidden("the inventory names no key")
    return _read(site.psk, site, key)


def _read(reference: SecretRef, site: Site, key: bool | None) -> Secret | Hidden:  # noqa: FBT001 -- three-valued, see prepare
    """A secret that the inventory names, or why it cannot be read where it need not be."""
    if key is False:
        return Hidden("no key was asked for")
    from appliance.secrets import resolve  # noqa: PLC0415 -- only where a secret is named

    try:
        return resolve(reference, where=site.where)
    except SecretError as error:
        if key:
            raise
        return Hidden(error.message)


def port(site: Site, driver: Driver) -> int:
    """Where the site's device listens: what the inventory says, else the usual of its kind."""
    return site.device.port or driver.port


def pinned(site: Site, driver: Driver) -> str | None:
    """The key that is pinned for the site's device: trusted once is trusted for all sites there.

    Raises `ConnectError` when the file is not only ours to write, or damaged.
    """
    from appliance.session import hostkeys  # noqa: PLC0415 -- only verbs that connect pay for it

    names = (site.name, *(other.name for other in site.beside))
    host, number = site.device.host or "", port(site, driver)
    return next((key for name in names if (key := hostkeys.lookup(name, host, number))), None)


def target(site: Site, driver: Driver, host_key: str | None) -> Target:
    """Where the site's device is. Raises `UsageError` when the inventory gives no host."""
    from appliance.session import Target  # noqa: PLC0415 -- only verbs that connect pay for it

    device = site.device
    if device.host is None:
        raise UsageError(
            f"site {site.name} has no device.host",
            where=site.where,
            hint="add device.host, or compare a saved configuration: drift --running FILE",
        )
    return Target(
        site=site.name,
        host=device.host,
        port=port(site, driver),
        host_key=host_key,
        legacy=device.legacy,
        timeout=device.timeout,
        winrm=device.winrm,
        read_keys=device.read_keys,
        hop=None if device.jump_host is None else _hop(device.jump_host, site),
    )


def device(site: Site, driver: Driver) -> str:
    """Which device the site's is, as host:port, with the jump host that leads there: sites may
    share one, and behind another jump host the same address is another device.
    """
    hop = site.device.jump_host
    behind = "" if hop is None else f" behind {hop.host}:{hop.port}"
    return f"{site.device.host}:{port(site, driver)}{behind}"


def jump_host(site: Site) -> Target:
    """Where the site's jump host is. Raises `UsageError` where it has none."""
    from appliance.session import Target, hostkeys  # noqa: PLC0415 -- only verbs that connect

    hop = site.device.jump_host
    if hop is None:
        hint = "without --jump-host the device's own key is meant"
        raise UsageError(f"site {site.name} has no device.jump_host", where=site.where, hint=hint)
    return Target(
        site=site.name,
        host=hop.host,
        port=hop.port,
        host_key=hostkeys.lookup(hostkeys.jump(hop.host, hop.port), hop.host, hop.port),
        legacy=hop.legacy,
        timeout=site.device.timeout,
        forwards=True,
    )


def _hop(hop: JumpHost, site: Site) -> Hop:
    from appliance.secrets import resolve  # noqa: PLC0415 -- only where there is one
    from appliance.session import Credentials, Hop  # noqa: PLC0415 -- as above

    password = None if hop.password is None else resolve(hop.password, where=site.where)
    who = Credentials(username=hop.username, password=password, key_file=hop.key_file)
    return Hop(at=jump_host(site), who=who)


def credentials(site: Site) -> Credentials:
    """How to log in. Raises `SecretError` when a named secret cannot be read."""
    from appliance.secrets import resolve  # noqa: PLC0415 -- only verbs that connect pay for it
    from appliance.session import Credentials  # noqa: PLC0415 -- as above

    device = site.device
    if device.username is None:
        hint = "add device: {username: NAME}"
        raise UsageError(f"site {site.name} has no device.username", where=site.where, hint=hint)
    return Credentials(
        username=device.username,
        password=None if device.password is None else resolve(device.password, where=site.where),
        enable=None if device.enable is None else resolve(device.enable, where=site.where),
        key_file=device.key_file,
    )
