"""`show crypto ...` and what clears SAs: the live state in IOS's layouts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from appliance.lab.cisco.words import dotted
from appliance.lab.ios.clock import clock_span
from appliance.lab.ios.network import Network
from appliance.lab.screens import screen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from appliance.lab.associations import Association
    from appliance.lab.cisco.grammar import Match
    from appliance.lab.ios.cli import Cli
    from appliance.lab.ios.device import Device
    from appliance.lab.link import Esp, Link, Offer
    from appliance.lab.matcher import Outcome

_IKEV2 = 2
_KILOBYTES = 4608000
# IKEv2 names the truncated hashes by their length in bits.
_HASHES = {"sha1": "SHA96", "md5": "MD596", "": "None"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One selector pair as IOS prints it; `alive` says whether it has SAs."""

    local: str
    local_mask: str
    remote: str
    remote_mask: str
    alive: bool
    sent: int
    received: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One tunnel with everything the screens ask for."""

    number: int
    link: Link
    outcome: Outcome
    age: int
    key_age: int
    port: int
    inbound: int
    outbound: int
    flows: tuple[Flow, ...]

    @property
    def ike(self) -> Offer | None:
        """The IKE combination, if the IKE SA is up."""
        return self.outcome.ike

    @property
    def status(self) -> str:
        """The word of `show crypto session`."""
        if self.outcome.up:
            return "UP-ACTIVE"
        return "UP-IDLE" if self.ike else "DOWN-NEGOTIATING" if self.outcome.answered else "DOWN"

    @property
    def remaining(self) -> int:
        """Seconds the child SA has left."""
        return max(0, self.link.lifetime - self.key_age)

    @property
    def volume(self) -> int:
        """Kilobytes the child SA has left."""
        return _KILOBYTES - 1 if any(flow.sent for flow in self.flows) else _KILOBYTES

    @property
    def ike_remaining(self) -> str:
        """Time the IKE SA has left; IKEv1 uses the shorter of both sides' lifetimes."""
        own = self.ike.lifetime if self.ike else 0
        return clock_span(max(0, own - self.age))

    @property
    def map_tag(self) -> str:
        """What the crypto map is called; a tunnel interface has one of its own."""
        return self.link.map_entry.split()[0] if self.link.map_entry else f"{self.link.name}-head-0"

    @property
    def cipher(self) -> str:
        """The IKE cipher as IOS names it with its key size."""
        name = self.ike.encryption if self.ike else ""
        if not name.startswith("aes"):
            return name.upper()
        mode = "AES-GCM" if name.endswith("gcm") else "AES-CBC"
        return f"{mode}, keysize: {name.removeprefix('aes').removesuffix('gcm')}"

    @property
    def hash(self) -> str:
        """The IKE integrity as IOS names it."""
        digest = self.ike.integrity if self.ike else ""
        return _HASHES.get(digest, digest.upper())


def rows(device: Device) -> list[Row]:
    """Every tunnel that is up or trying, in the order of the configuration."""
    found = [_live(device, held) for held in device.crypto.live.values()]
    found += [_trying(link, outcome) for link, outcome in device.crypto.failed.values()]
    return [replace(row, number=number) for number, row in enumerate(found, start=1)]


def _live(device: Device, held: Association) -> Row:
    now = device.clock.now()
    counts = device.crypto.packets(Network(config=device.config), held, now)
    natted = device.settings.nat.get(held.link.local, held.link.local) != held.link.local
    return Row(
        number=0,
        link=held.link,
        outcome=held.outcome,
        age=int((now - held.since).total_seconds()),
        key_age=int((now - held.keyed).total_seconds()),
        port=4500 if natted else 500,
        inbound=held.spi("in"),
        outbound=held.spi("out"),
        flows=tuple(_flows(held.link, held.outcome, counts)),
    )


def _trying(link: Link, outcome: Outcome) -> Row:
    return Row(
        number=0,
        link=link,
        outcome=outcome,
        age=0,
        key_age=0,
        port=500,
        inbound=0,
        outbound=0,
        flows=tuple(_flows(link, outcome, (0, 0))),
    )


def _flows(link: Link, outcome: Outcome, counts: tuple[int, int]) -> Iterator[Flow]:
    for local, remote in link.selectors:
        alive = (local, remote) in outcome.flows
        yield Flow(
            local=local.split("/")[0],
            local_mask=_mask(local),
            remote=remote.split("/")[0],
            remote_mask=_mask(remote),
            alive=alive,
            sent=counts[0] if alive else 0,
            received=counts[1] if alive else 0,
        )


def _mask(prefix: str) -> str:
    bits = int(prefix.split("/")[1])
    return dotted((0xFFFFFFFF << (32 - bits)) & 0xFFFFFFFF)


def transform(esp: Esp) -> str:
    """The cipher the way `show crypto ipsec sa` writes it: backwards."""
    name = esp.encryption
    if name.endswith("gcm"):
        return f"esp-gcm {name.removeprefix('aes').removesuffix('gcm')} "
    cipher = f"esp-{name.removeprefix('aes')}-aes" if name.startswith("aes") else f"esp-{name}"
    cipher = "esp-aes" if name == "aes128" else cipher
    digest = "sha" if esp.integrity == "sha1" else esp.integrity
    return f"{cipher} esp-{digest}-hmac " if digest else f"{cipher} "


def _chosen(cli: Cli, found: Match, version: int = 0) -> list[Row]:
    words = found.words
    named = next((words[words.index(w) + 1] for w in ("peer", "remote") if w in words), "")
    interface = words[words.index("interface") + 1] if "interface" in words else ""
    return [
        row
        for row in rows(cli.device)
        if (not version or row.link.version == version)
        and (not named or row.outcome.peer == named)
        and (not interface or row.link.interface == interface)
    ]


def _ikev2_sa(cli: Cli, found: Match) -> str:
    shown = [row for row in _chosen(cli, found, _IKEV2) if row.status != "DOWN"]
    return screen(
        "cisco_ios/show_crypto_ikev2_sa",
        rows=shown,
        detailed="detailed" in found.words,
        dpd={row.number: _dpd(cli.device, row) for row in shown},
    )


def _dpd(device: Device, row: Row) -> tuple[str, ...]:
    profile = device.config.root.find("crypto", "ikev2", "profile", row.link.profile)
    words = profile.value("dpd") if profile else ""
    return tuple((words or device.config.root.value("crypto", "ikev2", "dpd") or "0 0").split())


def _isakmp_sa(cli: Cli, found: Match) -> str:
    name = "show_crypto_isakmp_sa" + ("_detail" if "detail" in found.words else "")
    return screen(f"cisco_ios/{name}", rows=_chosen(cli, found, 1))


def _session(cli: Cli, found: Match) -> str:
    return screen(
        "cisco_ios/show_crypto_session",
        rows=_chosen(cli, found),
        detail="detail" in found.words,
        span=clock_span,
    )


def _ipsec_sa(cli: Cli, found: Match) -> str:
    return screen("cisco_ios/show_crypto_ipsec_sa", rows=_chosen(cli, found), transform=transform)


def _map(cli: Cli, found: Match) -> str:
    config = cli.device.config
    wanted = found.words[found.words.index("tag") + 1] if "tag" in found.words else ""
    entries = [
        node
        for node in config.root.all("crypto", "map")
        if node.words[3].isdecimal() and wanted in {"", node.words[2]}
    ]
    using = {
        node.words[2]: [
            i.words[1]
            for i in config.root.all("interface")
            if i.value("crypto", "map").split()[:1] == [node.words[2]]
        ]
        for node in entries
    }
    lists = {
        node.words[3]: [" ".join(e.words[1:]) for e in node.children.values()]
        for node in config.root.all("ip", "access-list", "extended")
    }
    if not entries:
        return "No crypto maps found.\n"
    return screen("cisco_ios/show_crypto_map", entries=entries, using=using, lists=lists)


def _ikev2_proposal(cli: Cli, found: Match) -> str:
    wanted = found.words[4] if len(found.words) > 4 else ""  # noqa: PLR2004 -- a name was given
    shown = [
        (node.words[3], node)
        for node in cli.device.config.root.all("crypto", "ikev2", "proposal")
        if wanted in {"", node.words[3]}
    ]
    return screen(
        "cisco_ios/show_crypto_ikev2_proposal",
        proposals=shown,
        default=wanted in {"", "default"},
        modern=cli.device.config.modern,
    )


def _clear(cli: Cli, found: Match) -> str:
    words = found.words
    named = next((words[words.index(w) + 1] for w in ("peer", "remote") if w in words), "")
    own = words[words.index("local") + 1] if "local" in words else ""
    cli.device.crypto.clear(named, own)
    cli.device.settle(force=True)
    return ""


VPN: Mapping[str, Callable[[Cli, Match], str]] = {
    "show_ikev2_sa": _ikev2_sa,
    "show_isakmp_sa": _isakmp_sa,
    "show_session": _session,
    "show_ipsec_sa": _ipsec_sa,
    "show_map": _map,
    "show_ikev2_proposal": _ikev2_proposal,
    "clear_crypto": _clear,
}
