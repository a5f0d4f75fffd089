"""Bytes of a terminal become the lines a person would see."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.session.screen import Screen, shown


def lines_of(data: bytes, size: int) -> list[str]:
    screen = Screen()
    lines: list[str] = []
    for start in range(0, len(data), size):
        lines += screen.feed(data[start : start + size])
    return [*lines, screen.partial]


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        (b"a\r\nb\r\n", ["a", "b", ""]),
        (b"a\r\r\nb", ["a", "b"]),
        (b"a\nb\r", ["a", "b"]),
        (b"\r\nhost#", ["", "host#"]),
        (
            b"one\r\n --More-- \b\b\b\b\b\b\b\b\b        \b\b\b\b\b\b\b\b\btwo\r\n",
            ["one", "two", ""],
        ),
        (b" --More-- \r          \rinterface Gi1\r\n", ["interface Gi1", ""]),
        (b"\x1b[7m--More--\x1b[0m\r\x1b[Kend\r\n", ["end", ""]),
        (b"typed\x1b[3DEND\r\n", ["tyEND", ""]),
        (b"\x1b[?7hsite#", ["site#"]),
        (b"bell\x07 nul\x00\r\n", ["bell nul", ""]),
        ("descripci\u00f3n".encode("latin-1") + b"\r\n", ["descripci\ufffdn", ""]),
        ("caf\u00e9".encode() + b"\r\n", ["caf\u00e9", ""]),
    ],
)
def test_what_is_shown(sent: bytes, seen: list[str]) -> None:
    assert lines_of(sent, len(sent)) == seen


@given(st.binary(max_size=60), st.integers(1, 7))
def test_cutting_the_stream_changes_nothing(data: bytes, size: int) -> None:
    assert lines_of(data, size) == lines_of(data, max(1, len(data)))


@given(st.text(alphabet="ab \b\r\x1b[K-", max_size=40))
def test_a_line_never_keeps_control_characters_that_move(line: str) -> None:
    assert "\b" not in shown(line)
    assert "\r" not in shown(line)


def test_a_megabyte_without_line_ends_is_kept() -> None:
    screen = Screen()
    for _ in range(64):
        screen.feed(b"x" * 16_384)
    assert len(screen.partial) == 64 * 16_384
