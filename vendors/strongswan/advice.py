"""Where to look on a Linux host when a rung of the verification does not pass, by its name."""

from __future__ import annotations

ADVICE = {
    "reachable": "log in by hand and see whether `swanctl --stats` answers: charon must run",
    "ike": "`swanctl --list-sas`, `swanctl --list-conns`, then `journalctl -u strongswan` (or "
    "`-u strongswan-starter`); `swanctl --log` while `swanctl --initiate --ike <name>` tries",
    "key": "`journalctl -u strongswan` for AUTHENTICATION_FAILED or MAC mismatched; "
    "`swanctl --list-creds` does not show keys: compare the `secret` in the file",
    "child": "`swanctl --list-sas` for the child, `journalctl -u strongswan` for "
    "NO_PROPOSAL_CHOSEN or TS_UNACCEPTABLE; `swanctl --rekey --child <name>` tries PFS",
    "counters": "`ping -I <inside address> <address in Azure>`, then the bytes and packets of "
    "`swanctl --list-sas`; `nft list ruleset` for NAT that takes the traffic first; "
    "`sysctl net.ipv4.ip_forward`",
    "interface": "`networkctl status <interface>` and `ip -d link show <interface>`: its if_id "
    "must be that of the connection",
    "routes": "`ip route get <address>` and, for policies, `ip route show table 220`",
}
