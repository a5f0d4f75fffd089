"""Configuration mode: words, refusals with their caret, levels, order."""

from __future__ import annotations

import pytest

from tests.lab.junos.scene import device, plain, said, session


@pytest.mark.parametrize(
    ("line", "words", "under"),
    [
        ("set security ike proposal P foo bar", "syntax error.", "foo"),
        ("set securty", "syntax error.", "securty"),
        ("frobnicate", "unknown command.", "frobnicate"),
        ("set security ike proposal P dh-group group99", "syntax error.", "group99"),
        ("set security ike gateway", "missing argument.", ""),
        ("set security ike proposal P dh-group", "missing argument.", ""),
        ("set security ike", "missing argument.", ""),
        (
            "set security ike proposal P lifetime-seconds 60",
            "error: Value 60 is not within range (180..86400)",
            "60",
        ),
        (
            "set security ike proposal P lifetime-seconds abc",
            "invalid numeric value: 'abc'",
            "abc",
        ),
        (
            "set security ike gateway G address 999.1.1.1",
            "invalid ip address or hostname: 999.1.1.1",
            "999",
        ),
        (
            "set routing-options static route 10.0.0.0/33 next-hop st0.1",
            "invalid prefix length in '10.0.0.0/33': 33",
            "10.0.0.0/33",
        ),
        ("set interfaces foo unit 0", "invalid value 'foo': interface name", "foo"),
        (
            "set security zones security-zone Z host-inbound-traffic system-services isakmp",
            "syntax error.",
            "isakmp",
        ),
        ("d security nat", "'d' is ambiguous.", "d security"),
        ("show security foo", "syntax error.", "foo"),
        ("set interfaces st0.7 famly", "syntax error.", "famly"),
        ("set interfaces foo.7 family inet", "invalid value 'foo': interface name", "foo"),
        (
            "set interfaces st0.99999 family inet",
            "error: Value 99999 is not within range (0..16385)",
            "st0",
        ),
        (
            'set security ike policy P pre-shared-key ascii-text "$9$abc"',
            "error: invalid encrypted string",
            '"$9$abc"',
        ),
    ],
)
def test_a_line_is_refused_below_the_word(line: str, words: str, under: str) -> None:
    made = plain()
    before = made.running()
    cli = session(made, "configure")
    prompt = cli.prompt.splitlines()[-1]
    caret, shown = said(cli, line).splitlines()
    assert shown == words
    at = line.index(under) if under else len(line) + 1
    assert caret == " " * (len(prompt) + at) + "^"
    assert said(cli, "show | compare") == ""
    assert made.running() == before


def test_an_unbalanced_quote_is_refused() -> None:
    answer = said(session(plain(), "configure"), 'set system host-name "x')
    assert answer.endswith("^\nsyntax error: unbalanced quotes\n")


def test_several_leaves_fit_on_a_line_and_words_may_be_short() -> None:
    cli = session(plain(), "configure")
    assert (
        said(cli, "set sec ike prop P dh group19 encr aes-256-g authentication-m pre life 28800")
        == ""
    )
    assert said(cli, "show security ike proposal P").splitlines() == [
        "authentication-method pre-shared-keys;",
        "dh-group group19;",
        "encryption-algorithm aes-256-gcm;",
        "lifetime-seconds 28800;",
    ]


def test_an_interface_with_its_unit_is_one_word() -> None:
    cli = session(plain(), "configure")
    assert said(cli, "set interfaces st0.7 family inet mtu 1400") == ""
    assert said(cli, "show interfaces st0 unit 7 | display set") == (
        "set interfaces st0 unit 7 family inet mtu 1400\n"
    )
    assert said(cli, "delete interfaces st0.7") == ""
    assert said(cli, "show | compare") == ""


def test_levels_are_entered_and_left() -> None:
    cli = session(plain(), "configure")
    said(cli, "edit security ike gateway NEW")
    assert cli.prompt == "\n[edit security ike gateway NEW]\nnetops@site-a-srx# "
    assert said(cli, "set version v2-only") == ""
    assert said(cli, "show") == "version v2-only;\n"
    assert said(cli, "show | display set") == "set security ike gateway NEW version v2-only\n"
    assert said(cli, "show | display set relative") == "set version v2-only\n"
    said(cli, "up 2")
    assert "[edit security]" in cli.prompt
    said(cli, "exit")
    assert "[edit security ike gateway NEW]" in cli.prompt
    said(cli, "top")
    assert "[edit]" in cli.prompt
    assert said(cli, "top set system domain-name x.example") == ""


def test_show_from_another_level_stays_where_we_are() -> None:
    cli = session(plain(), "configure", "edit security ike", "set proposal P dh-group group14")
    assert "dh-group group14" in said(cli, "top show | compare")
    assert "[edit security ike]" in cli.prompt


def test_what_is_not_there_cannot_be_deleted() -> None:
    cli = session(plain(), "configure")
    assert said(cli, "delete security ipsec vpn NONE") == "warning: statement not found\n"
    assert said(cli, "delete security ipsec vpn PARTNER") == ""
    assert said(cli, "show security ipsec vpn PARTNER") == ""


def test_empty_containers_go_with_the_last_of_them() -> None:
    cli = session(plain(), "configure")
    said(
        cli,
        "set security flow tcp-mss ipsec-vpn mss 1350",
        "delete security flow tcp-mss ipsec-vpn mss",
    )
    assert said(cli, "show | compare") == ""


def test_a_choice_takes_the_place_of_another() -> None:
    cli = session(plain(), "configure")
    path = "security policies from-zone trust to-zone untrust policy internet"
    said(cli, f"set {path} then deny")
    assert said(cli, "show | compare").splitlines()[1:] == [
        "-        permit;",
        "+        deny;",
    ]


def test_policies_keep_the_order_that_people_give_them() -> None:
    made = plain()
    cli = session(made, "configure")
    path = "security policies from-zone trust to-zone untrust"
    said(
        cli,
        f"set {path} policy no-web match source-address any destination-address any",
        f"set {path} policy no-web match application junos-http",
        f"set {path} policy no-web then deny",
    )
    assert _names(said(cli, f"show {path}")) == ["internet", "no-web"]
    assert said(cli, f"insert {path} policy no-web before policy internet") == ""
    assert _names(said(cli, f"show {path}")) == ["no-web", "internet"]
    said(cli, "commit")
    said(cli, f"insert {path} policy no-web after policy internet")
    assert said(cli, "show | compare") == (f"[edit {path}]\n!        policy internet {{ ... }}\n")
    answer = said(cli, f"insert {path} policy no-web before policy none")
    assert answer == "error: statement 'policy none' not found\n"


def _names(text: str) -> list[str]:
    return [line.split()[1] for line in text.splitlines() if line.startswith("policy ")]


def test_what_is_deleted_and_entered_again_is_no_difference() -> None:
    made = device()
    cli = session(made, "configure")
    lines = said(cli, "show security ipsec vpn PARTNER | display set").splitlines()
    said(cli, "delete security ipsec vpn PARTNER", *lines)
    assert said(cli, "show | compare") == ""
    before = made.running()
    said(cli, "commit")
    assert made.running() == before


def test_statements_are_renamed_and_copied() -> None:
    cli = session(plain(), "configure")
    assert said(cli, "rename security ike gateway PARTNER to gateway OTHER") == ""
    assert said(cli, "copy security ike gateway OTHER to gateway THIRD") == ""
    shown = said(cli, "show security ike | display set | match gateway | count")
    assert shown == "Count: 6 lines\n"
    answer = said(cli, "copy security ike gateway OTHER to gateway THIRD")
    assert answer == "error: target 'gateway THIRD' already exists\n"


def test_the_difference_of_a_list_names_the_values_that_differ() -> None:
    cli = session(plain(), "configure")
    said(cli, "set security ike proposal B dh-group group14", "commit")
    said(cli, "set security ike policy PARTNER proposals B")
    assert said(cli, "show | compare") == (
        "[edit security ike policy PARTNER]\n"
        "-      proposals PARTNER;\n"
        "+      proposals [ PARTNER B ];\n"
    )


def test_deleting_a_level_asks() -> None:
    cli = session(plain(), "configure", "edit security nat")
    said(cli, "delete")
    assert cli.prompt == "Delete everything under this level? [yes,no] (no) "
    said(cli, "yes")
    assert said(cli, "top show security nat") == ""


def test_question_marks_name_what_may_follow() -> None:
    cli = session(plain(), "configure")
    assert "proposal" in cli.help("set security ike")
    assert "commit" in cli.help("")
    assert "security" in session(plain()).help("show")


def test_pipes_are_quoted_and_chained() -> None:
    cli = session(plain())
    text = said(
        cli, 'show configuration | display set | match "PARTNER|partner" | except ipsec | last 2'
    )
    assert len(text.splitlines()) == 2
    assert said(cli, "show version | foo").endswith("syntax error.\n")
    assert "unknown" not in said(cli, "show configuration | no-more")
    assert said(cli, 'show configuration | find "unit 50" | match 10.10') == ""
