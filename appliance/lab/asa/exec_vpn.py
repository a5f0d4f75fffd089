"""`show crypto ...`, the session database, and what clears SAs: the live state in ASA's layouts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from appliance.lab.asa.clock import letters, moment
from appliance.lab.asa.rows import database_cipher, database_hash, rows
from appliance.lab.screens import screen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from appliance.lab.asa.cli import Cli
    from appliance.lab.asa.device import AsaDevice
    from appliance.lab.asa.rows import Row
    from appliance.lab.cisco.grammar import Match

_NO_SESSIONS = "INFO: There are presently no active sessions of the type specified\n"
_IKEV2 = 2


def _named(device: AsaDevice, address: str) -> str:
    """What an address is called, while `names` is on."""
    called = {value: name for name, value in device.config.names.items()}
    return called.get(address, address)


def _waiting(device: AsaDevice) -> list[tuple[str, str]]:
    """IKEv1 negotiations that hang: (peer, state), in the state the ASA shows for each."""
    found = []
    for link, outcome in device.crypto.failed.values():
        if link.version == 1 and not outcome.reason.startswith("no "):
            state = "MM_WAIT_MSG6" if outcome.answered else "MM_WAIT_MSG2"
            found.append((_named(device, outcome.peer), state))
    return found


def _ikev1(cli: Cli, found: Match) -> str:
    device = cli.device
    held = [row for row in rows(device) if row.link.version == 1]
    waiting = _waiting(device)
    if not held and not waiting:
        return "\nThere are no IKEv1 SAs\n"
    return screen(
        "cisco_asa/show_ikev1_sa",
        rows=[(_named(device, row.peer), row) for row in held],
        waiting=waiting,
        detail="detail" in found.words,
    )


def _ikev2(cli: Cli, found: Match) -> str:
    held = [row for row in rows(cli.device) if row.link.version == _IKEV2]
    if not held:
        return "\nThere are no IKEv2 SAs\n"
    return screen("cisco_asa/show_ikev2_sa", rows=held, detail="detail" in found.words)


def _isakmp(cli: Cli, found: Match) -> str:
    return _ikev1(cli, found) + _ikev2(cli, found)


def _word(found: Match, *markers: str) -> str:
    words = found.words
    return next((words[words.index(w) + 1] for w in markers if w in words), "")


def _ipsec(cli: Cli, found: Match) -> str:
    device = cli.device
    peer, tag = _word(found, "peer"), _word(found, "map")
    shown = [
        row
        for row in rows(device)
        if row.flows and peer in {"", row.peer} and tag in {"", row.tag[0]}
    ]
    if not shown:
        return "\nThere are no ipsec sas\n"
    return screen(
        "cisco_asa/show_ipsec_sa",
        rows=[(_named(device, row.peer), row) for row in shown],
        lists={row.link.name: _list(device, row) for row in shown},
        peer=peer,
        detail="detail" in found.words,
    )


def _list(device: AsaDevice, row: Row) -> str:
    """The access list of a crypto map entry."""
    name, number = row.tag
    node = device.config.root.find("crypto", "map", name, number, "match", "address")
    return node.words[6] if node else ""


def _sessions(cli: Cli, found: Match) -> str:
    device = cli.device
    wanted = _word(found, "ipaddress", "name")
    shown = [row for row in rows(device) if row.flows and wanted in {"", row.peer}]
    if not shown:
        return _NO_SESSIONS
    now = device.clock.now()
    return screen(
        "cisco_asa/show_vpn_sessiondb",
        rows=shown,
        detail="detail" in found.words,
        span=letters,
        cipher=database_cipher,
        digest=database_hash,
        login={row.number: moment(now - timedelta(seconds=row.age)) for row in shown},
    )


def _summary(cli: Cli, _found: Match) -> str:
    count = sum(1 for row in rows(cli.device) if row.flows)
    return screen("cisco_asa/show_vpn_sessiondb_summary", count=count)


def _clear(cli: Cli, found: Match) -> str:
    peer = _word(found, "peer")
    if not peer and found.words[-2:-1] == ("sa",) and found.words[2] != "ipsec":
        peer = found.words[-1]
    cli.device.crypto.clear(peer)
    cli.device.settle(force=True)
    return ""


def _logoff(cli: Cli, found: Match) -> str:
    peer = _word(found, "ipaddress", "name", "tunnel-group")

    def answer(key: str) -> str:
        if key.strip().lower() not in {"", "y"}:
            return ""
        count = sum(1 for row in rows(cli.device) if row.flows and peer in {"", row.peer})
        cli.device.crypto.clear(peer)
        cli.device.settle(force=True)
        what = f'the IP address "{peer}"' if peer else "type LAN-to-LAN"
        return f"INFO: Number of sessions with {what} logged off : {count}\n"

    if "noconfirm" in found.words:
        return answer("")
    return cli.ask("Do you want to logoff the VPN session(s)? [confirm]", answer, single=True)


VPN: Mapping[str, Callable[[Cli, Match], str]] = {
    "show_ikev1_sa": _ikev1,
    "show_ikev2_sa": _ikev2,
    "show_isakmp_sa": _isakmp,
    "show_ipsec_sa": _ipsec,
    "show_sessiondb": _sessions,
    "show_sessiondb_summary": _summary,
    "clear_sa": _clear,
    "logoff": _logoff,
}
