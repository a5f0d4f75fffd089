"""Where `appliance report` writes its page: into files at once, into all else as it is."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from appliance.cli import main
from appliance.inventory.example import init


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an inventory in it, which is where we are."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    init(tmp_path / "inventory.yaml")
    return tmp_path


def _report(to: Path) -> int:
    return main(["report", "site-a", "--html", str(to)])


def test_an_older_page_is_replaced_and_stays_as_private_as_it_was(place: Path) -> None:
    page = place / "vpn.html"
    page.write_text("old")
    page.chmod(0o640)
    assert _report(page) == 0
    assert page.read_text().startswith("<!doctype html>")
    assert stat.S_IMODE(page.stat().st_mode) == 0o640
    assert [path.name for path in place.glob(".vpn*")] == []


def test_a_link_stays_and_what_it_leads_to_is_replaced(place: Path) -> None:
    (place / "www").mkdir()
    link = place / "vpn.html"
    link.symlink_to("www/index.html")
    assert _report(link) == 0
    assert link.is_symlink()
    assert (place / "www" / "index.html").read_text().startswith("<!doctype html>")


def test_what_is_no_file_is_written_to_and_never_replaced(place: Path) -> None:
    """As `/dev/stdout` and `/dev/null`: root would else put a file in their place."""
    pipe = place / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    try:
        assert _report(pipe) == 0
        assert os.read(reader, 16).startswith(b"<!doctype html>")
        assert pipe.is_fifo()
    finally:
        os.close(reader)


def test_a_folder_and_one_that_is_missing_are_said(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _report(place) == 64
    assert "Is a directory" in capsys.readouterr().err
    assert _report(place / "not" / "there.html") == 64
    assert "in a folder that is there" in capsys.readouterr().err
