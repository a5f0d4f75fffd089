"""Commit in all its forms: checks, confirmation, the device's own way back, locks of others."""

from __future__ import annotations

import pytest

from appliance.lab.junos import Settings
from tests.lab.junos.scene import TUNNEL, device, loaded, plain, said, session


@pytest.mark.parametrize(
    ("line", "path", "what", "reason"),
    [
        (
            "delete security ike policy az",
            "security ike gateway az",
            "ike-policy az",
            "ike policy 'az' must be defined",
        ),
        (
            "delete security ike proposal az",
            "security ike policy az",
            "proposals az",
            "ike proposal 'az' must be defined",
        ),
        (
            "delete security ike gateway az",
            "security ipsec vpn az",
            "ike",
            "ike gateway 'az' must be defined",
        ),
        (
            "delete security ipsec policy az",
            "security ipsec vpn az",
            "ike",
            "ipsec policy 'az' must be defined",
        ),
        (
            "delete interfaces st0 unit 1",
            "security ipsec vpn az",
            "bind-interface st0.1",
            "interface st0.1 must be defined",
        ),
        (
            "set security zones security-zone trust interfaces st0.1",
            "security zones security-zone azure",
            "interfaces st0.1",
            "Interface st0.1 already assigned to another zone",
        ),
        (
            "delete security zones security-zone azure",
            "security policies",
            "from-zone trust to-zone azure",
            "Security zone azure must be defined",
        ),
        (
            "delete security address-book global address az1",
            "security policies from-zone trust to-zone azure policy out match",
            "destination-address az1",
            "Destination address or address_set (az1) not found.",
        ),
        (
            "set security zones security-zone trust address-book address X 10.0.0.0/8",
            "security zones security-zone trust",
            "address-book",
            "Zone specific address books are not allowed when there are global address books",
        ),
        (
            "set security ipsec proposal az authentication-algorithm hmac-sha-256-128",
            "security ipsec proposal az",
            "authentication-algorithm hmac-sha-256-128",
            "authentication-algorithm must not be configured with an aes-gcm encryption-algorithm",
        ),
        (
            "set security ipsec vpn az traffic-selector T local-ip 10.0.0.0/8 remote-ip 0.0.0.0/0",
            "security ipsec vpn az",
            "traffic-selector T",
            "remote-ip must not be the default route",
        ),
        (
            "set security ike gateway az external-interface ge-0/0/7.0",
            "security ike gateway az",
            "external-interface ge-0/0/7.0",
            "interface ge-0/0/7.0 must be defined",
        ),
        (
            "set security policies from-zone trust to-zone azure policy out match application NONE",
            "security policies from-zone trust to-zone azure policy out match",
            "application NONE",
            "Application or application-set (NONE) not found.",
        ),
    ],
)
def test_a_reference_must_lead_somewhere(line: str, path: str, what: str, reason: str) -> None:
    made = device()
    before = made.running()
    cli = session(made, "configure exclusive", line)
    for command in ("commit check", "commit", "commit confirmed 5"):
        answer = said(cli, command)
        assert f"[edit {path}]\n  '{what}'\n    {reason}\n" in answer
        assert answer.splitlines()[-1] == "error: configuration check-out failed"
    assert made.running() == before


def test_what_is_missing_is_told_apart() -> None:
    cli = session(plain(), "configure", "set security ike gateway G version v2-only")
    wanted = (
        "[edit security ike gateway G]\n"
        "  'gateway G'\n    Missing mandatory statement: 'ike-policy'\n"
    )
    assert said(cli, "commit check").startswith(wanted)
    assert said(cli, "commit check").endswith(
        "error: configuration check-out failed: (missing mandatory statements)\n"
    )
    assert said(cli, "commit").endswith("error: commit failed: (missing mandatory statements)\n")


def test_a_neighbor_needs_numbers_and_policies() -> None:
    cli = session(plain(), "configure", "set protocols bgp group G type external neighbor 10.9.9.9")
    answer = said(cli, "commit check")
    assert "Error in neighbor 10.9.9.9 of group G:\npeer AS number must be configured" in answer
    said(cli, "set protocols bgp group G export NONE")
    assert "Policy error: Policy NONE referenced but not defined" in said(cli, "commit check")


def test_a_commit_is_kept_and_told() -> None:
    made = plain()
    cli = session(made, "configure", "set system domain-name a.example")
    assert said(cli, "commit check") == "configuration check succeeds\n"
    assert said(cli, 'commit comment "change 7" and-quit') == (
        "commit complete\nExiting configuration mode\n"
    )
    assert said(cli, "show system commit") == (
        "0   2026-11-21 08:00:00 UTC by netops via cli\n    change 7\n"
        "1   2026-11-21 08:00:00 UTC by root via other\n"
    )
    assert said(cli, "show system rollback compare 1 0") == (
        "[edit system]\n+   domain-name a.example;\n"
    )


def test_an_unconfirmed_commit_goes_back_by_itself() -> None:
    made = device()
    before = made.running()
    cli = session(made, "configure exclusive", "delete security ipsec vpn az")
    assert said(cli, "commit confirmed 5") == (
        "commit confirmed will be automatically rolled back in 5 minutes unless confirmed\n"
        "commit complete\n"
    )
    assert "\n# commit confirmed will be rolled back in 5 minutes\n[edit]" in cli.prompt
    assert "az" not in made.crypto.live
    cli.lost()
    heard: list[str] = []
    made.listeners.append(heard.append)
    made.advance(299)
    assert not heard
    assert made.running() != before
    made.advance(2)
    assert made.running() == before
    assert made.crypto.live["az"].outcome.up
    assert "Commit was not confirmed; automatic rollback complete." in heard[0]
    assert heard[0].startswith("\nBroadcast Message from root@site-a-srx\n")
    assert (
        " by root via other\n" in said(session(made), "show system commit").splitlines()[0] + "\n"
    )


@pytest.mark.parametrize("command", ["commit", "commit check"])
def test_a_commit_or_a_check_from_anywhere_confirms(command: str) -> None:
    made = plain()
    said(
        session(
            made, "configure exclusive", "set system domain-name a.b", "commit confirmed 5", "exit"
        ),
        "exit",
    )
    other = session(made, "configure exclusive")
    assert "will be rolled back in 5 minutes" in other.prompt
    said(other, command)
    assert "rolled back" not in other.prompt
    made.advance(3600)
    assert "domain-name a.b;" in made.running()


def test_the_default_is_ten_minutes_and_there_is_a_limit() -> None:
    cli = session(plain(), "configure", "set system domain-name a.b")
    assert "in 10 minutes" in said(cli, "commit confirmed")
    assert "not within range (1..65535)" in said(cli, "commit confirmed 70000")


def test_rollback_one_undoes_the_last_commit() -> None:
    made = device()
    before = made.running()
    cli = session(made, "configure exclusive", "delete security ipsec vpn az", "commit")
    assert said(cli, "rollback 1") == "load complete\n"
    said(cli, "commit")
    assert made.running() == before
    assert "does not exist" in said(cli, "rollback 48")
    assert "vpn az" in said(cli, "show | compare rollback 1")


def test_a_reboot_ends_sessions_and_unconfirmed_commits() -> None:
    made = plain()
    before = made.running()
    cli = session(made, "configure", "set system domain-name a.b", "commit confirmed 5", "exit")
    said(cli, "request system reboot")
    assert cli.prompt == "Reboot the system ? [yes,no] (no) "
    assert said(cli, "yes").startswith("Shutdown NOW!")
    assert cli.closed
    assert made.running() == before


def test_leaving_with_changes_asks() -> None:
    made = plain()
    cli = session(made, "configure", "set system domain-name a.b")
    assert said(cli, "exit") == "The configuration has been changed but not committed\n"
    assert cli.prompt == "Exit with uncommitted changes? [yes,no] (yes) "
    assert said(cli, "no") == ""
    assert said(cli, "exit", "yes") == "Exiting configuration mode\n"
    assert said(cli, "configure") == (
        "Entering configuration mode\nThe configuration has been changed but not committed\n"
    )


def test_exclusive_changes_are_lost_on_leaving() -> None:
    made = plain()
    cli = session(made, "configure exclusive", "set system domain-name a.b", "exit")
    assert cli.prompt == "Discard uncommitted changes? [yes,no] (yes) "
    said(cli, "")
    assert not made.data.changed


def test_a_lock_names_its_holder() -> None:
    made = plain()
    made.edited_by("alice", "set system domain-name a.b")
    cli = session(made)
    assert said(cli, "configure exclusive") == (
        "error: configuration database locked by:\n"
        "  alice terminal pts/7 (pid 4207) on since 2026-11-21 07:57:00 UTC, idle 00:03:00\n"
        "      exclusive [edit]\n"
    )
    assert cli.config is None
    assert "Users currently editing the configuration:\n  alice" in said(cli, "configure")
    for line in ("set system domain-name c.d", "commit"):
        assert said(cli, line).startswith("error: configuration database locked by:\n  alice")


def test_changes_that_somebody_left_are_told() -> None:
    made = plain()
    made.edited_by("bob", "set system domain-name a.b", here=False)
    cli = session(made)
    assert said(cli, "configure exclusive") == (
        "warning: uncommitted changes will be discarded on exit\nEntering configuration mode\n"
        "The configuration has been changed but not committed\n"
    )
    assert said(cli, "configure private") != ""


def test_somebody_in_shared_mode_keeps_the_lock_from_us() -> None:
    made = plain()
    made.edited_by("bob", mode="shared")
    answer = said(session(made), "configure exclusive")
    assert answer.startswith("error: configuration database locked by:\n  bob terminal pts/7")


def test_private_edits_are_not_confirmed_and_not_seen() -> None:
    made = plain()
    cli = session(made, "configure private", "set system domain-name a.b")
    assert not made.data.changed
    assert said(cli, "commit confirmed 5").startswith("error: commit confirmed")
    assert said(cli, "commit") == "commit complete\n"
    assert "domain-name a.b;" in made.running()


def test_private_edits_keep_what_others_commit() -> None:
    made = device()
    one = session(made, "configure private", "set system domain-name a.b")
    other = session(made, "configure private", "delete security ipsec vpn az")
    said(
        one, "set security ike gateway az nat-keepalive 20", "deactivate security ipsec vpn PARTNER"
    )
    assert said(other, "commit") == "commit complete\n"
    assert said(one, "commit") == "commit complete\n"
    lines = made.running(as_set=True).splitlines()
    assert "set system domain-name a.b" in lines
    assert "set security ike gateway az nat-keepalive 20" in lines
    assert "deactivate security ipsec vpn PARTNER" in lines
    assert not any(line.startswith("set security ipsec vpn az") for line in lines)
    assert said(one, "show | compare") == ""
    said(one, "set system domain-name c.d")
    assert said(one, "commit") == "commit complete\n"
    assert "domain-name c.d;" in made.running()


def test_a_shared_candidate_keeps_what_others_commit() -> None:
    made = plain()
    cli = session(made, "configure", "set system domain-name a.b")
    made.configure("set system services ssh connection-limit 9")
    assert said(cli, "show | compare") == "[edit system]\n+   domain-name a.b;\n"
    assert "modified" in said(session(made), "configure private")
    made.configure("set snmp location here")
    assert said(cli, "show | compare") == "[edit system]\n+   domain-name a.b;\n"
    assert said(cli, "commit") == "commit complete\n"
    text = made.running()
    assert "connection-limit 9;" in text
    assert "location here;" in text
    assert "domain-name a.b;" in text


def test_a_lost_line_gives_the_lock_back() -> None:
    made = plain()
    session(made, "configure exclusive", "set system domain-name a.b").lost()
    assert not made.data.changed
    assert "Entering" in said(session(made), "configure exclusive")


def test_a_lost_line_may_hold_its_lock_for_a_while() -> None:
    made = plain(Settings(lingers=120))
    session(made, "configure exclusive", "set system domain-name a.b").lost()
    other = session(made)
    answer = said(other, "configure exclusive")
    assert "  netops terminal pts/0 (pid 4207)" in answer
    assert said(other, "request system logout pid 4207") == ""
    assert "Entering" in said(other, "configure exclusive")
    said(other, "exit")
    made.advance(121)
    assert "Entering" in said(other, "configure exclusive")


def test_a_commit_that_fails_once() -> None:
    made = plain()
    cli = session(made, "configure", "set system domain-name a.b")
    made.save_fails = "error: could not lock modified database"
    assert said(cli, "commit check") == "configuration check succeeds\n"
    assert said(cli, "commit") == "error: could not lock modified database\n"
    assert "a.b" not in made.running()
    assert said(cli, "commit") == "commit complete\n"


def test_a_cluster_commits_on_both_nodes_and_only_on_its_primary() -> None:
    made = plain(Settings(cluster=True))
    cli = session(made)
    assert cli.prompt == "\n{primary:node0}\nnetops@site-a-srx> "
    assert said(cli, "show version").startswith("node0:\n" + "-" * 74 + "\nHostname: site-a-srx\n")
    said(cli, "configure exclusive", "set system domain-name a.b")
    assert cli.prompt == "\n{primary:node0}[edit]\nnetops@site-a-srx# "
    assert said(cli, "commit") == (
        "node0:\nconfiguration check succeeds\nnode1:\ncommit complete\nnode0:\ncommit complete\n"
    )
    other = session(plain(Settings(cluster=True, primary=False)))
    assert "{secondary:node0}" in other.prompt
    said(other, "configure exclusive", "set system domain-name a.b")
    assert said(other, "commit").startswith("error: commit failed: (this node is not the primary")
    assert said(session(made), "configure").startswith("warning: Clustering enabled; using private")


def test_two_routing_engines_commit_one_after_the_other() -> None:
    cli = session(plain(Settings(engines=True)), "configure", "set system domain-name a.b")
    assert (
        said(cli, "commit check")
        == "re0:\nconfiguration check succeeds\nre1:\nconfiguration check succeeds\n"
    )
    assert said(cli, "commit").endswith("re0:\ncommit complete\n")


def test_whoever_may_only_look_does_not_configure() -> None:
    made = plain()
    made.configure("set system login user guest class read-only")
    assert said(session(made, user="guest"), "configure") == "error: permission denied: configure\n"


def test_edits_behind_everybodys_back_are_whole_or_not_at_all() -> None:
    made = plain()
    before = made.running()
    with pytest.raises(ValueError, match=r"syntax error\. \(word 2\)"):
        made.configure("set system domain-name a.b", "set foo bar")
    with pytest.raises(ValueError, match="must be defined"):
        made.configure("delete security ike proposal PARTNER")
    assert made.running() == before


def test_a_loaded_tunnel_runs_after_its_commit() -> None:
    made = plain()
    cli = session(made, "configure exclusive")
    assert loaded(cli, "load set terminal", "\n".join(TUNNEL)) == "load complete\n"
    assert "az" not in made.crypto.live
    said(cli, "commit")
    assert made.crypto.live["az"].outcome.up
