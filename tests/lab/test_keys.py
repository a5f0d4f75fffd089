"""The line editor: what a terminal sees while a line is typed."""

from __future__ import annotations

from appliance.lab.keys import LineEditor


def screen(echo: str) -> str:
    """What a terminal shows after these characters."""
    cells: list[str] = []
    at = 0
    for char in echo:
        if char == "\b":
            at -= 1
            continue
        cells[at : at + 1] = [char]
        at += 1
    return "".join(cells)


def typed(editor: LineEditor, text: str) -> str:
    return "".join(editor.key(char).echo for char in text)


def test_a_long_line_shifts_and_is_kept_whole() -> None:
    editor = LineEditor(margin=30)
    line = "description " + "".join(chr(97 + n % 26) for n in range(70))
    shown = screen(typed(editor, line)).rstrip()
    assert shown.startswith("$")
    assert len(shown) < 30
    assert line.endswith(shown[1:])
    assert editor.take() == line


def test_a_short_line_is_echoed_as_it_is() -> None:
    assert typed(LineEditor(margin=30), "show clock") == "show clock"


def test_erasing() -> None:
    editor = LineEditor()
    typed(editor, "show clokk\b\bck")
    assert editor.text == "show clock"
    typed(editor, "\x17")
    assert editor.text == "show"
    typed(editor, "\x15")
    assert editor.text == ""
    assert typed(editor, "\x7f") == ""


def test_return_and_newline_are_one() -> None:
    editor = LineEditor()
    events = [editor.key(char).event for char in "a\r\nb\n\n"]
    assert events == ["", "line", "", "", "line", "line"]


def test_a_quoted_question_mark_is_a_character() -> None:
    editor = LineEditor()
    events = [editor.key(char).event for char in "a\x16?"]
    assert events == ["", "", ""]
    assert editor.text == "a?"


def test_hidden_lines_leave_no_trace() -> None:
    editor = LineEditor(hidden=True)
    assert typed(editor, "s3cret?\b") == ""
    assert editor.text == "s3cret"
