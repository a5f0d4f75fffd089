"""Where to look on RRAS when a rung of the verification does not pass, by the rung's name."""

from __future__ import annotations

ADVICE = {
    "reachable": "log in by hand and see whether `Test-WSMan -ComputerName <server>` answers; "
    "`Get-Service RemoteAccess, WinRM` on the server",
    "ike": "`(Get-VpnS2SInterface -Name <name>).ConnectionState`: Unreachable means that it "
    "waits, 10 minutes at first and up to 6 hours, before it dials again, with its routes gone: "
    "`Connect-VpnS2SInterface -Name <name>` dials at once. LastError 809 or 13805 is no answer "
    "(UDP 500 and 4500), 13868 no common proposal, 13806 that it looks for a certificate. "
    "Event log System, source RemoteAccess, and Application, source RasClient",
    "key": "LastError 13801 in `Get-VpnS2SInterface` is a refused credential: the key, or behind "
    "NAT the identity; RRAS never shows a key: to set it anew, "
    "`Remove-VpnS2SInterface -Name <name>` and push",
    "child": "`Get-NetIPsecQuickModeSA` for what was agreed; LastError 13868 is no common "
    "proposal: compare all six values of the custom policy, PfsGroup first",
    "counters": "`Get-VpnS2SInterfaceStatistics -Name <name>` twice; hosts behind the server "
    "need a route to it, and a virtual switch must let it forward",
    "interface": "`Get-VpnS2SInterface -Name <name> | Format-List *`: ConnectionState, LastError "
    "and UnReachabilityReasons",
    "routes": "routes of an interface are there only while it is not Unreachable: "
    "`Get-NetRoute -DestinationPrefix <prefix>`, and its IPv4Subnet",
    "bgp": "`Get-BgpPeer` and `Get-NetRoute` for the peer: its address must be in the interface's "
    "IPv4Subnet as a /32, and LocalIPAddress the address Azure's local network gateway names",
}
