"""`load` from the terminal: set lines and braces, all ways, with every error named."""

from __future__ import annotations

from tests.lab.junos.scene import TUNNEL, device, loaded, plain, said, session


def test_a_block_of_lines_is_loaded() -> None:
    made = plain()
    cli = session(made, "configure exclusive")
    assert said(cli, "load set terminal") == "[Type ^D at a new line to end input]\n"
    assert cli.prompt == ""
    assert cli.dialect.literal
    for line in TUNNEL:
        assert cli.execute(line) == ""
    assert cli.eof("") == "load complete\n"
    assert not cli.dialect.literal
    assert said(cli, "commit") == "commit complete\n"
    assert made.running() == _without_route(device().running())


def _without_route(text: str) -> str:
    """The scene's key has another salt, and it has a route more."""
    lines = [line for line in text.splitlines() if "10.1.0.0/16 next-hop st0.1" not in line]
    return "".join(f"{line}\n" for line in lines)


def test_every_line_that_fails_is_named_and_counted() -> None:
    cli = session(plain(), "configure exclusive")
    text = """\
set security ike proposal Q dh-group group14
set foo
set security ike proposal Q lifetime-seconds 5
delete security ipsec vpn NONE
set security ike gateway
bogus
# a remark

set system host-name "x
"""
    assert loaded(cli, "load set terminal", text) == (
        "terminal:2:(4) syntax error: foo\n"
        "terminal:3:(45) Value 5 is not within range (180..86400)\n"
        "warning: statement not found\n"
        "terminal:5:(24) missing argument: gateway\n"
        "terminal:6:(0) unknown command: bogus\n"
        'terminal:9:(21) unbalanced quotes: "\n'
        "load complete (5 errors)\n"
    )
    assert said(cli, "show | compare") == (
        "[edit security ike]\n+    proposal Q {\n+        dh-group group14;\n+    }\n"
    )


def test_braces_are_merged() -> None:
    cli = session(plain(), "configure")
    text = """\
security {
    ike {
        bogus x;
        /* a note */
        proposal Q { dh-group group14; }  # and a remark
        gateway G {
            address 999.1.1.1;
            inactive: version v2-only;
        }
    }
}
"""
    assert loaded(cli, "load merge terminal", text) == (
        "terminal:3:(8) syntax error: bogus\n"
        "  [edit security ike]\n    'bogus x;'\n      syntax error\n"
        "terminal:7:(20) invalid ip address or hostname: 999.1.1.1\n"
        "  [edit security ike gateway G]\n    'address 999.1.1.1;'\n"
        "      invalid ip address or hostname: 999.1.1.1\n"
        "load complete (2 errors)\n"
    )
    assert said(cli, "show security ike gateway G") == "inactive: version v2-only;\n"


def test_replace_obeys_its_tags() -> None:
    cli = session(plain(), "configure")
    text = "security { ike { replace: proposal PARTNER { dh-group group19; } } }"
    assert loaded(cli, "load replace terminal", text) == "load complete\n"
    assert said(cli, "show security ike proposal PARTNER") == "dh-group group19;\n"
    said(cli, "rollback 0")
    assert loaded(cli, "load merge terminal", text) == "load complete\n"
    assert "lifetime-seconds 28800;" in said(cli, "show security ike proposal PARTNER")


def test_override_leaves_nothing_else() -> None:
    made = device()
    cli = session(made, "configure")
    text = plain().running()
    assert loaded(cli, "load override terminal", text) == "load complete\n"
    said(cli, "commit")
    assert made.running() == text


def test_relative_means_the_level() -> None:
    cli = session(plain(), "configure", "edit security ike")
    assert (
        loaded(cli, "load set terminal relative", "set proposal Z dh-group group2\n")
        == "load complete\n"
    )
    assert (
        loaded(cli, "load merge terminal relative", "proposal Y { dh-group group2; }")
        == "load complete\n"
    )
    assert said(cli, "show | display set relative | match group2") == (
        "set proposal Z dh-group group2\nset proposal Y dh-group group2\n"
    )


def test_braces_that_do_not_balance_are_said() -> None:
    cli = session(plain(), "configure")
    assert "missing closing brace: ike" in loaded(
        cli, "load merge terminal", "security {\n ike {\n"
    )
    assert "syntax error: }" in loaded(cli, "load merge terminal", "}\n")


def test_lines_of_a_load_may_move_and_order() -> None:
    cli = session(plain(), "configure")
    text = """\
edit security ike proposal P
set dh-group group14
up
set proposal R dh-group group2
top
deactivate security ipsec vpn PARTNER
rename security ike proposal R to proposal S
"""
    assert loaded(cli, "load set terminal", text) == "load complete\n"
    assert "proposal S" in said(cli, "show | compare")
    assert "!    inactive: vpn PARTNER { ... }" in said(cli, "show | compare")
    assert "[edit]" in cli.prompt


def test_interrupting_loads_nothing() -> None:
    cli = session(plain(), "configure", "load set terminal", "set system domain-name x.y")
    cli.interrupt()
    assert said(cli, "show | compare") == ""


def test_a_file_that_is_not_there() -> None:
    cli = session(plain(), "configure")
    assert said(cli, "load merge /var/tmp/x") == (
        "error: failed to open file: /var/tmp/x: No such file or directory\n"
    )
    assert said(cli, "load frob terminal").endswith("syntax error.\n")
