"""The search itself: whatever is planted is found, and an innocent page is not accused."""

from __future__ import annotations

import hashlib
import sqlite3
from base64 import b64encode, urlsafe_b64encode
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.canary.search import Leak, files, leaks, seven, seven_of
from vendors.juniper_junos import nine

KEY = "Canary+4711/In=TheCoalMine"

PLANTS = {
    "plain": f" pre-shared-key {KEY}\n".encode(),
    "a piece": b"... 711/In=The",
    "quoted": f"https://example.net/?key={quote(KEY, '')}".encode(),
    "utf-16-le": f"SharedSecret = {KEY}".encode("utf-16-le"),
    "utf-16-be": f"SharedSecret = {KEY}".encode("utf-16-be"),
    **{
        f"base64 behind {before} bytes": b64encode(b"x" * before + KEY.encode() + b"behind")
        for before in range(7)
    },
    "base64 for URLs": urlsafe_b64encode(KEY.encode()),
    **{
        f"base64 of utf-16 behind {before} characters": b64encode(
            ("x" * before + KEY).encode("utf-16-le")
        )
        for before in range(3)
    },
    "hex": KEY.encode().hex().encode(),
    "HEX": KEY.encode().hex().upper().encode(),
    "hex of utf-16": KEY.encode("utf-16-le").hex().encode(),
    **{
        f"$9$ with salt {salt}": f'ascii-text "{nine.encode(KEY, salt)}"; ## SECRET-DATA'.encode()
        for salt in ("Qabc", "Bxy", "7z", "i")
    },
    **{f"type 7 from {salt}": f" key 7 {seven_of(KEY, salt)}\n".encode() for salt in (0, 8, 15)},
    "sha1": hashlib.sha1(KEY.encode()).hexdigest().encode(),  # noqa: S324 -- what one could try keys against
    "sha256": b64encode(hashlib.sha256(KEY.encode()).digest()),
}


@pytest.mark.parametrize("form", PLANTS)
def test_what_is_planted_is_found(form: str) -> None:
    page = b"interface Tunnel1\n" + PLANTS[form] + b"\nend\n"
    assert {leak.place for leak in leaks(KEY, {"a": page, "b": b"end\n"})} == {"a"}


def test_an_innocent_page_is_not_accused() -> None:
    page = f"{nine.encode('another-key-altogether')} key 7 {seven_of('another-key')} Canary+47"
    assert leaks(KEY, {"a": page.encode(), "b": b"0" * 10_000, "c": bytes(range(256))}) == ()


def test_a_type_7_string_as_cisco_documents_it() -> None:
    assert seven("0822455D0A16") == b"cisco"


def test_files_and_databases_are_searched(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "journal.db") as base:
        base.execute("pragma journal_mode=wal")
        base.execute("create table texts (text text)")
        base.execute("insert into texts values (?)", (f"{'x' * 5_000}{KEY}{'x' * 5_000}",))
        base.commit()
        found = {leak.place for leak in leaks(KEY, files(tmp_path))}
    base.close()
    assert found & {"journal.db", "journal.db-wal"}
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "plan.json").write_text(f'{{"key": "{KEY}"}}')
    assert Leak(str(Path("deep", "plan.json")), "plain") in leaks(KEY, files(tmp_path))
