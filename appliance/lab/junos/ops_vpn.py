"""Operational commands about tunnels."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from appliance.lab.junos.commands import Given, command
from appliance.lab.junos.path import SYNTAX, Refused
from appliance.lab.junos.release import number
from appliance.lab.junos.rows import IkeRow, Row, ike_rows, rows
from appliance.lab.junos.tree import Node
from appliance.lab.junos.zones import network, policies
from appliance.lab.screens import screen

if TYPE_CHECKING:
    from appliance.lab.junos.cli import Cli
    from appliance.lab.link import Link

_MODERN = (15, 1)


def _modern(cli: Cli) -> bool:
    return number(cli.device.settings.version) >= _MODERN


def _vpn(cli: Cli, link: Link) -> Node | None:
    return cli.device.network.root.find("security", "ipsec", "vpn", link.name)


def _identity(text: str) -> str:
    """`ipv4_subnet(any:0,[0..7]=10.0.0.0/8)`; a single address is `ipv4`."""
    net = network(text)
    if net.prefixlen == net.max_prefixlen:
        return f"ipv4(any:0,[0..3]={net.network_address})"
    return f"ipv4_subnet(any:0,[0..7]={net})"


def _moment(moment: datetime) -> str:
    return f"{moment:%a %b %d %Y %H:%M:%S}"


def _ike(cli: Cli, given: Given) -> str:
    index = given.options.get("index", "")
    chosen = [
        row
        for row in ike_rows(cli.device)
        if given.first in {"", row.outcome.peer} and index in {"", str(row.index)}
    ]
    if not chosen:
        return ""
    if "detail" not in given:
        return screen("juniper_junos/ike_sa", rows=chosen)
    return screen(
        "juniper_junos/ike_sa_detail",
        rows=chosen,
        outside=cli.device.network.outside,
        identity=lambda row: _far_identity(cli, row),
    )


def _far_identity(cli: Cli, row: IkeRow) -> str:
    known = (peer.identity for peer in cli.device.peers if peer.address == row.outcome.peer)
    return next(known, "") or row.outcome.peer


def _chosen(cli: Cli, given: Given, *, up: bool) -> list[Row]:
    wanted = given.options.get("index", "")
    named = given.options.get("vpn-name", "")
    return [
        row
        for row in rows(cli.device)
        if row.up is up
        and wanted in {"", str(row.number)}
        and named in {"", row.link.name}
        and given.options.get("family", "inet") == "inet"
    ]


def _ipsec(cli: Cli, given: Given) -> str:
    chosen = _chosen(cli, given, up=True)
    if "detail" in given or "index" in given:
        return _detail(cli, chosen)
    return screen("juniper_junos/ipsec_sa", rows=chosen, modern=_modern(cli))


def _detail(cli: Cli, chosen: list[Row]) -> str:
    def df(link: Link) -> str:
        vpn = _vpn(cli, link)
        return (vpn.value("df-bit") if vpn is not None else "") or "clear"

    def policy(link: Link) -> str:
        used = (p.name for p in policies(cli.device.network.root) if p.tunnel == link.name)
        return next(used, "")

    return screen(
        "juniper_junos/ipsec_sa_detail",
        rows=chosen,
        df=df,
        policy=policy,
        identity=_identity,
        moment=_moment,
    )


def _inactive(cli: Cli, given: Given) -> str:
    chosen = _chosen(cli, given, up=False)
    if "detail" in given:
        return _detail(cli, chosen)
    return screen("juniper_junos/inactive", rows=chosen)


def _statistics(cli: Cli, given: Given) -> str:
    chosen = _chosen(cli, given, up=True)
    return screen(
        "juniper_junos/statistics",
        sent=sum(row.sent for row in chosen),
        received=sum(row.received for row in chosen),
        sent_bytes=sum(row.bytes_sent for row in chosen),
        received_bytes=sum(row.bytes_received for row in chosen),
    )


def _clear_ike(cli: Cli, given: Given) -> str:
    peers = {row.link.name: row.outcome.peer for row in ike_rows(cli.device)}
    if given.first and given.first not in peers.values():
        return ""
    cli.device.crypto.clear(given.first)
    cli.device.settle(force=True)
    return ""


def _clear_ipsec(cli: Cli, given: Given) -> str:
    index = given.options.get("index", "")
    if index and not index.isdecimal():
        raise Refused(SYNTAX, 4)
    for row in rows(cli.device):
        if index in {"", str(row.number)}:
            cli.device.crypto.live.pop(row.link.name, None)
    cli.device.settle(force=True)
    return ""


def _quiet(_cli: Cli, _given: Given) -> str:
    return ""


def _restart(cli: Cli, _given: Given) -> str:
    cli.device.crypto.clear()
    cli.device.settle(force=True)
    return "IPSec Key Management daemon started, pid 5331\n"


VPN = (
    command("restart ipsec-key-management", _restart, "gracefully immediately soft"),
    command("show security ike security-associations", _ike, "detail brief index= family=", rest=1),
    command(
        "show security ipsec security-associations",
        _ipsec,
        "detail brief index= vpn-name= family= kmd-instance=",
    ),
    command("show security ipsec inactive-tunnels", _inactive, "detail brief index= vpn-name="),
    command("show security ipsec statistics", _statistics, "index="),
    command("show security ike active-peer", _ike, "detail", rest=1),
    command("clear security ike security-associations", _clear_ike, "index= family=", rest=1),
    command("clear security ipsec security-associations", _clear_ipsec, "index= family="),
    command("clear security ipsec statistics", _quiet, "index="),
)
