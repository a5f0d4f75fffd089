"""Whether a host can be given rules on traffic, and will still have them after a reboot."""

from __future__ import annotations

import re
from fnmatch import fnmatch

from appliance.errors import CommandRefused, RefusedError
from appliance.session import Session
from vendors.strongswan import own

_INCLUDE = re.compile(r"""^\s*include\s+["'](?P<pattern>[^"']+)["']""", re.MULTILINE)


def check(session: Session) -> None:
    """Raise `RefusedError` where nftables does not run, or would not load our files at boot."""
    try:
        session.run("nft list tables >/dev/null")
    except CommandRefused as refused:
        raise RefusedError(
            f"`traffic` needs nftables, which does not work here: {refused.answer}",
            where=session.prompt,
            hint="install nftables (and run a kernel with nf_tables), or leave `traffic` out",
        ) from None
    _check_boot(session)
    if not any(map(_brings_in, _main(session))):
        raise RefusedError(
            f"{' or '.join(own.NFTABLES_MAIN)} does not bring in {own.NFTABLES}/*.nft: after a "
            "reboot the tunnel would be without its rules",
            where=session.prompt,
            hint=f"mkdir -p {own.NFTABLES}, and add at the end of that file: "
            f'include "{own.NFTABLES}/*.nft"',
        )


def _check_boot(session: Session) -> None:
    """Where systemd runs it is nftables.service that loads them, before there is a network."""
    said = session.run(
        "if [ -d /run/systemd/system ]; then systemctl is-enabled nftables 2>&1 || true; "
        "else echo enabled; fi"
    )
    if said.split()[-1:] != ["enabled"]:
        raise RefusedError(
            "nftables.service is not enabled: after a reboot the tunnel would be without its rules",
            where=session.prompt,
            hint="`systemctl enable nftables`; it loads nftables.conf: look at that first",
        )


def _main(session: Session) -> list[str]:
    return [session.run(f"if [ -f {path} ]; then cat {path}; fi") for path in own.NFTABLES_MAIN]


def _brings_in(text: str) -> bool:
    ours = own.rules_file("x")
    return any(fnmatch(ours, match["pattern"]) for match in _INCLUDE.finditer(text))
