"""Statements in braces, as commands, or as both: one tree."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vendors.juniper_junos.reading.edit import Editor
from vendors.juniper_junos.reading.grammar import HOMES, RULES
from vendors.juniper_junos.reading.reader import read
from vendors.juniper_junos.tree import Configuration, Node


def tree(text: str) -> Configuration:
    return read(text, RULES, HOMES)


def paths(text: str) -> list[str]:
    """Every path of the tree, deactivated parts marked."""
    return list(_paths(tree(text).root, ""))


def _paths(node: Node, before: str) -> list[str]:
    found = []
    for word, child in node.children.items():
        path = f"{before}{'!' if child.inactive else ''}{word}"
        found += _paths(child, f"{path} ") if child.children else [path]
    return found


BRACES = """security {
    ike {
        gateway G {
            address [ 192.0.2.1 192.0.2.2 ];
            dead-peer-detection {
                always-send;
                interval 20;
            }
            inactive: version v2-only;
        }
    }
}
"""
SET = """set security ike gateway G address 192.0.2.1
set security ike gateway G address 192.0.2.2
set security ike gateway G dead-peer-detection always-send
set security ike gateway G dead-peer-detection interval 20
set security ike gateway G version v2-only
deactivate security ike gateway G version v2-only
"""
PATHS = [
    "security ike gateway G address 192.0.2.1",
    "security ike gateway G address 192.0.2.2",
    "security ike gateway G dead-peer-detection always-send",
    "security ike gateway G dead-peer-detection interval 20",
    "security ike gateway G version !v2-only",
]


def test_both_forms_are_one_tree() -> None:
    assert paths(BRACES) == paths(SET) == PATHS


ONE = "security ike gateway G address 192.0.2.1"
WRITTEN = {
    "on one row": "security { ike { gateway G { address 192.0.2.1; } } }",
    "without blanks": "security{ike{gateway G{address 192.0.2.1;}}}",
    "over many rows": "security\n{\n ike\n {\n gateway\n G\n {\n address\n 192.0.2.1\n;\n}\n}\n}\n",
    "with remarks": "/* a { b; */ security { # c }\n ike {\n ## d {\n gateway G {\n"
    " /* e\n } f */ address 192.0.2.1; ## SECRET-DATA }\n}\n}\n}\n",
    "with tabs and blanks": "\tsecurity {\n\t\tike  {\n gateway   G {\n\taddress\t192.0.2.1 ;\n}}}",
    "a heading of several words": "security ike { gateway G { address 192.0.2.1; } }",
    "a statement of several words": "security { ike gateway G address 192.0.2.1; }",
    "a fragment": "ike {\n gateway G {\n address 192.0.2.1;\n }\n}\n",
    "a fragment of a fragment": "gateway G {\n    address 192.0.2.1;\n}\n",
    "windows": "security {\r\n ike {\r\n gateway G {\r\n address 192.0.2.1;\r\n }\r\n }\r\n}\r\n",
    "a byte order mark": "\ufeffset security ike gateway G address 192.0.2.1\n",
    "a pager": "set security ike \\\n---(more 12%)---\r         \rset security ike gateway G "
    "address 192.0.2.1\n",
    "quoted": 'set security ike gateway "G" address "192.0.2.1"',
    "a list": "set security ike gateway G address [ 192.0.2.1 ]",
    "short words": "set secu ike gate G addr 192.0.2.1",
    "a semicolon behind": "set security ike gateway G address 192.0.2.1;",
    "a remark behind": "set security ike gateway G address 192.0.2.1 ## SECRET-DATA",
    "behind a prompt": "root@srx# set security ike gateway G address 192.0.2.1",
    "behind a cluster's prompt": "{primary:node0}[edit]\nroot@srx# set security ike gateway G "
    "address 192.0.2.1",
    "behind a short prompt": "HUB_node0# set security ike gateway G address 192.0.2.1",
    "relative": "edit security ike\nset gateway G address 192.0.2.1",
    "relative by the banner": "[edit security ike gateway G]\nroot@srx# set address 192.0.2.1",
    "relative without saying to what": "set gateway G address 192.0.2.1",
    "up again": "edit security ipsec\nup\nset ike gateway G address 192.0.2.1",
    "up twice": "edit security ipsec policy P\nup 3\nset ike gateway G address 192.0.2.1",
    "back": "edit security\nedit ipsec\nexit\nset ike gateway G address 192.0.2.1",
    "from the top": "edit interfaces\ntop set security ike gateway G address 192.0.2.1",
    "edited from the top": "edit interfaces\ntop edit security ike\nset gateway G "
    "address 192.0.2.1",
    "renamed": "set security ike gateway X address 192.0.2.1\n"
    "rename security ike gateway X to gateway G",
    "taken back": "set security ike gateway G address 192.0.2.1\nset security ike gateway H "
    "address 192.0.2.9\ndelete security ike gateway H",
    "activated": "set security ike gateway G address 192.0.2.1\ndeactivate security ike gateway G\n"
    "activate security ike gateway G",
    "shown": "[edit]\nroot@srx# show security ike gateway G\naddress 192.0.2.1;\n",
    "shown from inside": "[edit security]\nroot@srx# show ike\ngateway G {\n"
    " address 192.0.2.1;\n}\n",
    "shown in operation": "root@srx> show configuration security ike\ngateway G {\n"
    " address 192.0.2.1;\n}\n\nroot@srx> \n",
    "shown as commands": "[edit security ike]\nroot@srx# show | display set\n"
    "set security ike gateway G address 192.0.2.1\n",
    "shown as relative commands": "root@srx> show configuration security ike | display set "
    "relative\nset gateway G address 192.0.2.1\n",
    "inherited, with what the device says of it": "security {\n    ike {\n        gateway G {\n"
    "            ##\n            ## '192.0.2.1' was inherited from group 'X'\n            ##\n"
    "            address 192.0.2.1;\n        }\n    }\n}\n",
}


@pytest.mark.parametrize("name", WRITTEN)
def test_one_statement_in_many_hands(name: str) -> None:
    found = tree(WRITTEN[name])
    assert _paths(found.root, "")[-1:] == [ONE]
    assert found.strange == {}


def test_order_is_that_of_evaluation() -> None:
    text = "".join(
        f"set security policies from-zone a to-zone b policy {name} then permit\n" for name in "xyz"
    )
    text += "insert security policies from-zone a to-zone b policy z before policy x\n"
    text += "insert security policies from-zone a to-zone b policy x after policy y\n"
    node = tree(text).root.at("security", "policies", "from-zone", "a", "to-zone", "b", "policy")
    assert list(node.children) == ["z", "y", "x"]


def test_the_last_of_a_single_value_counts_and_lists_add_up() -> None:
    node = tree(
        "set security ike gateway G version v2-only\nset security ike policy P proposals a\n"
        "set security ike gateway G version v1-only\nset security ike policy P proposals [ b c ]\n"
        "set security ike gateway G version v2-only\n"
    ).root.at("security", "ike")
    assert node.value("gateway", "G", "version") == "v2-only"
    assert node.values("policy", "P", "proposals") == ("a", "b", "c")


def test_strings_keep_what_is_in_them() -> None:
    node = tree(
        'security { ike { policy P { pre-shared-key ascii-text "a\\"b\\\\c {;} # d"; } } }'
    ).root.at("security", "ike", "policy", "P", "pre-shared-key")
    assert node.value("ascii-text") == 'a"b\\c {;} # d'


def test_text_over_several_rows_is_one_string() -> None:
    found = tree(
        'security {\n pki {\n ca "-----BEGIN\nset security ike gateway X address 192.0.2.9\n'
        '}}}\n-----END";\n }\n ike {\n gateway G {\n address 192.0.2.1;\n }\n }\n}\n'
    )
    assert _paths(found.root, "") == [ONE]
    assert found.strange == {}


def test_a_lone_quote_costs_its_own_row_only() -> None:
    assert paths(f'set system host-name "oops\nset {ONE}\n')[-1] == ONE


@pytest.mark.parametrize(
    ("text", "line", "fault"),
    [
        ("security {\n ike {\n }\n", 1, "is never closed"),
        ("security {\n}\n}\n", 3, "closes nothing"),
        ("security {\n ike {\nset system host-name x\n", 1, "is never closed"),
    ],
)
def test_braces_that_do_not_balance_are_named(text: str, line: int, fault: str) -> None:
    assert tree(text).strange[line] == fault


def test_rows_of_other_sections_are_nobodys_business() -> None:
    text = (
        "set system services ssh\nset protocols lldp interface all\nset chassis cluster x\n"
        "set security screen ids-option x icmp ping-death\nset interfaces ge-0/0/0 hold-time up 1\n"
        "set applications application x protocol tcp\nset snmp community public\n"
    )
    assert tree(text).odd == {}


def test_unknown_rows_of_our_sections_are_remembered() -> None:
    text = (
        "set security ike gateway G colour blue\nset security ipsec vpn V ike gateway G speed 1\n"
        "set interfaces st0 unit 0 family inet taste sweet\nset security ike thing X\n"
        "set interfaces ge-0/0/0 unit 0 family inet taste sweet\n"
    )
    assert list(tree(text).odd) == [1, 2, 3, 4]


@given(st.lists(st.sampled_from('{};[]"#\\ \n/*abc:'), max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_punctuation_is_read(pieces: list[str]) -> None:
    tree("security {\n" + "".join(pieces))


def test_a_template_that_was_not_filled_in_costs_its_own_statement_only() -> None:
    found = tree(
        "security {\n ike {\n gateway G {\n address <Gateway IP #1>;\n version v2-only;\n"
        " }\n }\n}\n"
    )
    assert found.root.at("security", "ike", "gateway", "G").value("version") == "v2-only"
    assert list(found.odd) == [4]


def test_commands_for_whatever_looks_alike_are_not_passed_over() -> None:
    found = tree(
        "set security ike gateway G1 address 192.0.2.1\nwildcard delete security ike gateway G*\n"
        "replace pattern 192.0.2.1 with 192.0.2.2\n"
    )
    assert list(found.odd) == [2, 3]


@pytest.mark.parametrize(
    ("level", "above"),
    [
        ("security ike gateway G", "security ike"),
        (
            "security policies from-zone A to-zone B policy P",
            "security policies from-zone A to-zone B",
        ),
        ("security policies from-zone A to-zone B", "security policies"),
        ("interfaces st0 unit 0 family inet", "interfaces st0 unit 0"),
        ("interfaces st0 unit 0", "interfaces st0"),
        ("interfaces st0", "interfaces"),
        ("routing-instances V protocols bgp group G", "routing-instances V protocols bgp"),
        ("security", ""),
        ("", ""),
    ],
)
def test_up_leaves_a_word_with_its_name(level: str, above: str) -> None:
    editor = Editor(RULES)
    editor.move("edit", level.split())
    editor.move("up", [])
    assert editor.base == above.split()
    editor.move("up", ["9"])
    assert editor.base == []
