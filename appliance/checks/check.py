"""What a check is, what it looks at, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network

from appliance.azure.expectation import Expectation
from appliance.inventory.model import Acceptance, Site
from appliance.model.difference import Severity
from appliance.model.intent import Intent
from appliance.model.secret import Secret
from appliance.model.tunnel import Mode
from appliance.record import dataclass

BREAKING, WARNING, INFORMATION = Severity.BREAKING, Severity.WARNING, Severity.INFORMATION


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One site as it is known before its device is asked.

    `resolved` are the addresses of the name that Azure dials, None when it was not looked up.
    """

    site: Site
    expectation: Expectation
    intent: Intent
    resolved: tuple[IPv4Address, ...] | None = None

    @property
    def circuits_only(self) -> bool:
        """Whether the VPN is on the device of another site, where it is looked at."""
        return self.site.vpn_site is not None

    @property
    def prefixes(self) -> tuple[IPv4Network, ...]:
        """Networks of the site, the inventory's and those of Azure's local network gateway."""
        both = (*self.site.on_premises.prefixes, *self.expectation.on_premises.prefixes)
        return tuple(dict.fromkeys(both))

    @property
    def speaks_bgp(self) -> bool:
        """Whether a session is meant: both sides have it on."""
        return self.expectation.bgp_enabled and self.site.on_premises.bgp is not None

    @property
    def route_based(self) -> bool:
        """Whether routes lead into the tunnels, rather than selectors."""
        return all(tunnel.mode is Mode.ROUTE_BASED for tunnel in self.intent.tunnels)

    @property
    def key(self) -> Secret | None:
        """The pre-shared key where it is known: to the inventory, or else to the export."""
        keys = (tunnel.psk for tunnel in self.intent.tunnels)
        told = next((key for key in keys if isinstance(key, Secret)), None)
        return told or self.expectation.psk


def _nothing(_: object) -> Iterable[str]:
    return ()


def _nobody(_: object) -> Iterable[tuple[str, str]]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that Azure is known to refuse, to suffer from or to do worse with.

    `title` says what was found, in words that need no context; `page` why it matters and what to
    do, in Markdown. `find` yields a sentence for each finding of one site; `across` looks at many
    sites together and yields the name of the site and the sentence.
    """

    id: str
    severity: Severity
    title: str
    page: str
    find: Callable[[Subject], Iterable[str]] = _nothing
    across: Callable[[Sequence[Subject]], Iterable[tuple[str, str]]] = _nobody

    @property
    def gate(self) -> bool:
        """Whether what it finds keeps a push of one site from beginning."""
        return self.severity is Severity.BREAKING and self.find is not _nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a check found at a site; `accepted` is the acceptance that covers it today."""

    check: Check
    site: str
    detail: str
    accepted: Acceptance | None = None

    @property
    def stops(self) -> bool:
        """Whether it keeps a push from beginning."""
        return self.check.severity is Severity.BREAKING and self.accepted is None


def shown(values: Sequence[object], most: int = 5) -> str:
    """Some of the values, and how many more there are."""
    more = f" and {len(values) - most} more" if len(values) > most else ""
    return ", ".join(map(str, values[:most])) + more


def one(found: Sequence[object], sentence: str) -> Iterator[str]:
    """A single sentence about everything found (`{}` in it), or none."""
    if found:
        yield sentence.replace("{}", shown(found), 1)
