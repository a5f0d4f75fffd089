"""`appliance rollback` over the real protocol: back to what a push found, on every vendor."""

from __future__ import annotations

import os
from pathlib import Path
from typing import cast

import pytest

from appliance import journal
from appliance.cli import main
from appliance.lab.meddle import meddle
from appliance.lab.shell import Device
from tests.push.stage import KEY, SITES, Stage, stage
from tests.push.test_two_sites import OTHER


def _main(site: Stage, verb: str, *words: str) -> int:
    return main([verb, *site.words, *words])


@pytest.mark.parametrize("driver", SITES)
def test_back_to_what_a_push_found(
    driver: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with stage(driver, tmp_path) as site:
        assert _main(site, "push", "--yes") == 0
        pushed = site.read()
        assert _main(site, "rollback", "--yes") == 0
        assert site.old, "there is no tunnel any more, and a partner's is as it was"
        told = capsys.readouterr()
        assert " commands, takes " in told.err
        assert " down for good; " in told.err
        assert told.out.endswith(f"{site.site}: pushed, read back and saved\n"), "no tunnel is left"
        assert KEY not in told.out + told.err
        assert _main(site, "push", "--yes") == 0
        assert site.driver.differing(pushed, site.read()) == ()
        meddle(driver, site.box, str(site.job.intent.tunnels[0].remote.addresses[0]))
        meddled = site.read()
        assert _main(site, "push", "--yes") == 0
        repaired = site.read()
        (last, *_) = journal.history(site.site)
        capsys.readouterr()
        assert _main(site, "rollback", "--dry-run", "--diff") == 2
        assert "\n--- now\n+++ then\n" in capsys.readouterr().err
        assert site.driver.differing(repaired, site.read()) == ()
        assert _main(site, "rollback", "--yes", "--no-wait") == 0
        assert "was not waited for: `appliance verify " in capsys.readouterr().out
        assert site.driver.parse(site.read()).tunnels == site.driver.parse(meddled).tunnels
        assert _main(site, "rollback", "--to", str(last.id), "--yes", "--no-wait") == 0
        told = capsys.readouterr()
        assert "nothing to change" in told.out
        assert KEY not in told.out + told.err


def test_a_key_that_is_nowhere_any_more_is_refused_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with stage("cisco_ios", tmp_path) as site:
        assert _main(site, "push", "--yes", "--no-wait") == 0
        os.environ["STAGE_PSK"] = "Another-0815-key"
        assert _main(site, "push", "--yes", "--no-wait") == 0
        held = site.read()
        capsys.readouterr()
        assert _main(site, "rollback", "--yes", "--no-wait") == 4
        assert "the key that Tunnel100 had before push 2 is not at hand" in capsys.readouterr().err
        assert site.driver.differing(held, site.read()) == ()
        os.environ["STAGE_PSK"] = KEY
        assert _main(site, "rollback", "--yes", "--no-wait") == 0
        assert KEY in site.read()


@pytest.mark.parametrize("driver", SITES)
def test_back_over_what_others_have_changed_in_between(driver: str, tmp_path: Path) -> None:
    with stage(driver, tmp_path) as site:
        assert _main(site, "push", "--yes", "--no-wait") == 0
        meddle(driver, site.box, str(site.job.intent.tunnels[0].remote.addresses[0]))
        assert _main(site, "rollback", "--yes") == 0
        assert site.old


OTHERS = {
    "cisco_ios": "ip route 192.0.2.0 255.255.255.0 Null0",
    "cisco_asa": "access-list OTHERS extended permit ip any any",
    "juniper_junos": "set routing-options static route 192.0.2.0/24 discard",
}


@pytest.mark.parametrize("driver", OTHERS)
def test_where_others_have_added_something_it_stays(driver: str, tmp_path: Path) -> None:
    """The recorded commands are not sent then: what they end could be of use to others now."""
    with stage(driver, tmp_path) as site:
        assert _main(site, "push", "--yes", "--no-wait") == 0
        cast(Device, site.box).configure(OTHERS[driver])
        code = _main(site, "rollback", "--yes")
        tunnels = site.driver.parse(site.read()).tunnels
        assert OTHERS[driver].removeprefix("set ") in site.read()
        assert not site.waits()
        if driver == "juniper_junos":  # it refuses: a network that others named is in use
            assert (code, site.new) == (5, True)
        else:
            assert (code, tunnels) == (0, site.driver.parse(site.before).tunnels)


def test_nothing_was_pushed_and_nothing_is_rolled_back(tmp_path: Path) -> None:
    with stage("cisco_ios", tmp_path) as site:
        assert _main(site, "rollback", "--yes") == 64
        assert _main(site, "rollback", "--to", "7", "--yes") == 64
        assert site.old


def test_what_the_box_has_once_goes_back_with_the_site(tmp_path: Path) -> None:
    azure = {**OTHER, "endpoints": [{"address": "198.51.100.7"}]}
    fields = {"tunnel": {"mss": 1350, "addresses": ["172.30.78.1/30"]}}
    with stage("cisco_asa", tmp_path, fields=fields, azure=azure) as site:
        box = cast(Device, site.box)
        box.configure(
            "crypto ikev2 policy 1",
            "encryption aes-256",
            "integrity sha256",
            "prf sha256",
            "group 14",
            "lifetime seconds 28800",
            "crypto ikev2 enable outside",
            "crypto ipsec ikev2 ipsec-proposal OTHER",
            "protocol esp encryption aes-256",
            "protocol esp integrity sha-256",
            "crypto ipsec profile OTHER",
            "set ikev2 ipsec-proposal OTHER",
            "interface Tunnel77",
            "nameif other",
            "ip address 172.30.77.1 255.255.255.252",
            "tunnel source interface outside",
            "tunnel destination 192.0.2.77",
            "tunnel mode ipsec ipv4",
            "tunnel protection ipsec profile OTHER",
            "tunnel-group 192.0.2.77 type ipsec-l2l",
            "tunnel-group 192.0.2.77 ipsec-attributes",
            "ikev2 remote-authentication pre-shared-key of-others",
            "ikev2 local-authentication pre-shared-key of-others",
        )
        before = site.read()
        opened = ("--yes", "--no-wait", "--allow", "shared-object")
        assert _main(site, "push", *opened) == 0
        shared = {one.name: one.interface for one in site.driver.parse(site.read()).tunnels}
        assert shared["Tunnel77"] is not None
        assert shared["Tunnel77"].mss == 1350
        assert _main(site, "rollback", "--yes", "--no-wait") == 0
        assert site.driver.differing(before, site.read()) == ()
