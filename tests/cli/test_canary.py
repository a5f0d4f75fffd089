"""A key that is pushed to a device of every vendor shows in nothing printed, logged or kept."""

from __future__ import annotations

import base64
import logging
from pathlib import Path
from types import SimpleNamespace

import pytest

from appliance.cli import main, tour

ROOT = Path(__file__).resolve().parents[2]
KEY = "Canary4711inTheCoalMine"


class _Kept:
    """In place of a temporary folder: one that can be looked into afterwards."""

    folder = ""

    def __init__(self, prefix: str) -> None:
        assert prefix

    def __enter__(self) -> str:
        return self.folder

    def __exit__(self, *_: object) -> None:
        return


def test_a_pushed_key_shows_nowhere(
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(tour, "secrets", SimpleNamespace(token_hex=lambda _bytes: KEY))
    monkeypatch.setattr(tour, "tempfile", SimpleNamespace(TemporaryDirectory=_Kept))
    monkeypatch.setattr(_Kept, "folder", str(tmp_path))
    caplog.set_level(logging.DEBUG)
    assert main(["lab", "tour", "-i", str(ROOT / "inventory.yaml")]) == 0
    printed = capfd.readouterr()
    assert "5 of 5 sites" in printed.out
    logged = "\n".join(f"{record.getMessage()} {record.args!r}" for record in caplog.records)
    told = [("stdout", printed.out.encode()), ("stderr", printed.err.encode())]
    told += [("log", logged.encode())]
    told += [(str(path), path.read_bytes()) for path in tmp_path.rglob("*") if path.is_file()]
    assert len(told) > 3, "the journal is among them"
    raw = KEY.encode()
    wide = KEY.encode("utf-16-le")
    forms = [raw, wide, raw.hex().encode(), base64.b64encode(raw).rstrip(b"=")]
    shown = [name for name, data in told for form in forms if form in data]
    assert shown == []
