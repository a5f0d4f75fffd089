"""Sites as the hub view knows them, in every state: what its tests and pictures show."""

from __future__ import annotations

import time

from appliance.report.hub import DOWN, DRIFT, IN_SYNC, NEVER, UNDETERMINED, UNKNOWN, UP, Now, Tunnel

DAY = 86_400.0
VENDORS = ("cisco_ios", "cisco_asa", "juniper_junos", "rras", "strongswan")
VERDICTS = (
    IN_SYNC,
    IN_SYNC,
    IN_SYNC,
    IN_SYNC,
    DRIFT,
    IN_SYNC,
    UNDETERMINED,
    IN_SYNC,
    NEVER,
    IN_SYNC,
)


def site(number: int) -> Now:
    """The same for the same number."""
    verdict = VERDICTS[number % len(VERDICTS)]
    now = time.time()
    state = {IN_SYNC: UP, DRIFT: DOWN}.get(verdict, UNKNOWN)
    gateways = 1 + number % 2
    return Now(
        name=f"site-{number:03}",
        tags=("branch", "north" if number % 3 else "south"),
        driver=VENDORS[number % len(VENDORS)],
        host=f"192.0.2.{number % 250 + 1}",
        connection=f"conn-{number:03}",
        kind="vnet-gateway",
        tunnels=tuple(
            Tunnel(
                instance=f"instance{index}",
                gateway=f"198.51.100.{7 + index}",
                state=state if index == 0 else UP,
                detail="no IKE SA" if state == DOWN and not index else "",
            )
            for index in range(gateways)
        ),
        verified_at=None if verdict == NEVER else now - 600 * number,
        drift=verdict,
        drift_at=None if verdict == NEVER else now - 600 * number,
        differences=(_difference(),) if verdict == DRIFT else (),
        pushed="" if number % 7 == 0 else "pushed",
        pushed_at=None if number % 7 == 0 else now - number * DAY,
        pushed_by="" if number % 7 == 0 else "netops@admin-host",
        exported_at=now - number * DAY / 10,
        stale=number % 50 == 49,
        findings=(_finding("warning"), _finding("breaking")) if number % 10 == 4 else (),
        ours=tuple(f"10.{number % 200}.{third}.0/24" for third in range(1 + number % 5)),
        theirs=("10.200.0.0/16", "10.201.0.0/16"),
        circuits=("er-frankfurt",) if number % 20 == 0 else (),
        proof=tuple(_row(number, third) for third in range(2)) if number % 4 == 0 else (),
        proof_at=now - 900,
    )


def _difference() -> dict[str, object]:
    return {
        "severity": "breaking",
        "path": "esp.pfs_group",
        "intended": 14,
        "running": None,
        "reason": "Azure demands PFS group 14: the child SA fails, in IKEv2 at the first rekey",
        "moved": "since 2026-11-20 08:00 the device was changed (esp.pfs_group 14 -> none)",
        "accepted": None,
    }


def _finding(severity: str) -> dict[str, object]:
    return {
        "id": "AZ-GW-004",
        "severity": severity,
        "title": "the gateway's SKU is an old one",
        "detail": "VpnGw1 without zones",
        "accepted": None,
    }


def _row(number: int, third: int) -> dict[str, object]:
    return {
        "local": f"10.{number % 200}.{third}.0/24",
        "remote": "10.200.0.0/16",
        "direction": "to-azure",
        "result": "passes" if third == 0 else "blocked",
        "as_intended": third == 0,
        "prohibited": False,
        "stopped": [] if third == 0 else [{"by": "access list OUTSIDE-IN", "line": 112}],
        "unknown": [],
    }


def fleet(count: int) -> tuple[Now, ...]:
    """Sites 0 to `count`, and one that nothing could be made of."""
    broken = Now(name="site-broken", driver="cisco_ios", error="no connection conn-x in them")
    return (*map(site, range(count - 1)), broken)
