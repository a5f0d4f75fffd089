"""The section tree: keywords, indentation, banners, certificates, prompts."""

from __future__ import annotations

import pytest

from vendors.cisco.keywords import IGNORED, plain, resolve
from vendors.cisco.terminal import clean
from vendors.cisco.tree import Grammar, Line, read

TABLE = {
    "set": {"peer": "peer", "pfs": "pfs", "nat": IGNORED},
    "match": {"address": {"*": "acl"}},
    "#": {"permit": "entry"},
    "shutdown": "shutdown",
    "shape": IGNORED,
    **plain("service speed"),
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("set peer 1.1.1.1", ("peer", 2)),
        ("SET Peer 1.1.1.1", ("peer", 2)),
        ("se pe 1.1.1.1", ("peer", 2)),  # `service` is of no interest
        ("s pe 1.1.1.1", (None, 0)),
        ("set pe 1.1.1.1", ("peer", 2)),
        ("set p", (None, 1)),
        ("set n demux", (IGNORED, 2)),
        ("sh", ("shutdown", 1)),  # the other word of `sh` is of no interest
        ("match address LIST", ("acl", 3)),
        ("ma a LIST", ("acl", 3)),
        ("match address", (None, 2)),
        ("10 permit any", ("entry", 2)),
        ("unknown", (None, 0)),
        ("*", (None, 0)),
        ("", (None, 0)),
    ],
)
def test_words_are_shortened_as_far_as_they_are_unique(
    text: str, expected: tuple[str | None, int]
) -> None:
    assert resolve(TABLE, text.split()) == expected


GRAMMAR = Grammar(
    top={
        "hostname": "hostname",
        "banner": "banner",
        "interface": "interface",
        "ring": "ring",
        "certificate": "certificate",
        **plain("line policy"),
    },
    modes={
        "interface": {"ip": "ip", "mtu": "mtu"},
        "ring": {"peer": "peer"},
        "one peer": {"address": "address"},
    },
    nested={"ring": {"peer": "one peer"}},
    strong=frozenset({"interface", "ring"}),
    begins=r"int|ring|banner|certificate",
    sections=r"interface|ring",
)


def _shape(lines: list[Line]) -> list[object]:
    return [
        (line.number, line.text, _shape(line.children))
        if line.children
        else (line.number, line.text)
        for line in lines
    ]


def test_sections_by_indentation() -> None:
    text = "hostname a\n!\ninterface x\n ip 1\n foo\n!\n mtu 2\npolicy p\n class c\n  police\n"
    assert _shape(read(text, GRAMMAR)) == [
        (1, "hostname a"),
        (3, "interface x", [(4, "ip 1"), (5, "foo"), (7, "mtu 2")]),
        (8, "policy p", [(9, "class c"), (10, "police")]),
    ]


def test_words_decide_where_indentation_is_wrong() -> None:
    text = "interface x\n ip 1\nmtu 2\n interface y\n  mtu 3\n ip 4\nhostname a\n ring r\n"
    assert _shape(read(text, GRAMMAR)) == [
        (1, "interface x", [(2, "ip 1"), (3, "mtu 2")]),
        (4, "interface y", [(5, "mtu 3"), (6, "ip 4")]),
        (7, "hostname a"),
        (8, "ring r"),
    ]


def test_words_decide_where_indentation_was_lost() -> None:
    text = (
        "ring r\npeer a\naddress 1\npeer b\naddress 2\nexit\ninterface x\nodd\nip 1\nhostname a\n"
    )
    assert _shape(read(text, GRAMMAR)) == [
        (1, "ring r", [(2, "peer a", [(3, "address 1")]), (4, "peer b", [(5, "address 2")])]),
        (7, "interface x", [(8, "odd"), (9, "ip 1")]),
        (10, "hostname a"),
    ]


@pytest.mark.parametrize("mark", ["^C", "#", "x", "\x03", "%", '"'])
def test_the_text_of_a_banner_is_no_configuration(mark: str) -> None:
    text = f"banner motd {mark}\ninterface decoy\n ip 6\n{mark}\ninterface x\n ip 1\n"
    lines = [line for line in read(text, GRAMMAR) if line.kind == "interface"]
    assert _shape(lines) == [(5, "interface x", [(6, "ip 1")])]


def test_a_banner_that_never_ends_takes_the_rest() -> None:
    lines = read("hostname a\nbanner login #\ninterface x\n ip 1\n", GRAMMAR)
    assert [line.text for line in lines] == ["hostname a", "banner login #"]


def test_certificates_are_left_out() -> None:
    text = "certificate 01\n  30820122 300D0609\nABCDEF01\n  quit\ninterface x\n ip 1\n"
    assert _shape(read(text, GRAMMAR))[-1] == (5, "interface x", [(6, "ip 1")])


def test_a_text_indented_as_a_whole() -> None:
    text = "    hostname a\n    interface x\n     ip 1\n    policy p\n"
    assert [line.text for line in read(text, GRAMMAR)] == ["hostname a", "interface x", "policy p"]


def test_a_terminal_leaves_no_trace_and_no_row_moves() -> None:
    text = (
        "\ufeffr1#show run\r\n"
        "hostname r1\r\n"
        " --More-- \x08\x08\x08\x08\x08     \x08\x08\x08\x08\x08 mtu 1\r\n"
        "*Mar  1 00:00:01.000: %SYS-5-CONFIG_I: Configured from console\r\n"
        "key a#b%c>d\r\n"
        "r1(config)#bad command\r\n"
        "           ^\r\n"
        "% Invalid input detected at '^' marker.\r\n"
        "r1(config)#good\r\n"
        "r1#"
    )
    rows = ["end", "hostname r1", " mtu 1", "", "key a#b%c>d", "", "", "", "good", ""]
    assert clean(text).split("\n") == rows
