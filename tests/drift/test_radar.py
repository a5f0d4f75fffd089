"""What changed between two exports, and which sites need what."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from appliance.azure.importer import load
from appliance.azure.radar import changes
from appliance.cli import main
from appliance.model.secret import Hidden, Secret
from tests.push.stage import ROOT

EXAMPLE = ROOT / "examples" / "azure" / "site-a"


def told(_key: Secret | Hidden) -> str:
    return "a key"


def copy(folder: Path, *swaps: tuple[str, str]) -> Path:
    shutil.copytree(EXAMPLE, folder)
    for path in folder.iterdir():
        text = path.read_text(encoding="utf-8")
        for old, new in swaps:
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
    return folder


def radar(capsys: pytest.CaptureFixture[str], new: Path, *words: str) -> tuple[int, str]:
    inventory = str(ROOT / "inventory.yaml")
    given = ["import", "azure", str(new), "--changes-since", str(EXAMPLE), "-i", inventory]
    code = main([*given, *words])
    return code, capsys.readouterr().out


def test_equal_exports_have_no_change_whatever_their_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = copy(tmp_path / "new")
    (folder / "gateway.json").rename(folder / "0.json")
    assert radar(capsys, folder) == (0, "no change\n")


@pytest.mark.parametrize(
    ("before", "after", "paths"),
    [("", "", []), ("", "one", []), ("one", "", []), ("one", "one", []), ("one", "two", ["psk"])],
)
def test_only_a_key_that_both_tell_can_be_another(
    tmp_path: Path, before: str, after: str, paths: list[str]
) -> None:
    found = []
    for name, key in (("old", before), ("new", after)):
        folder = copy(tmp_path / name)
        connection = json.loads((folder / "connection.json").read_text(encoding="utf-8"))
        connection["sharedKey"] = key or None
        (folder / "connection.json").write_text(json.dumps(connection), encoding="utf-8")
        found.append(load([folder]))
    moved = changes(found[0], found[1], lambda key: key.reveal() if isinstance(key, Secret) else "")
    assert [change.path for one in moved for change in one.changes] == paths


def test_a_site_is_told_what_its_device_needs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = copy(tmp_path / "new", ("198.51.100.7", "198.51.100.77"), ("DHGroup14", "DHGroup24"))
    code, out = radar(capsys, folder)
    assert code == 2
    assert "endpoints.default.address: 198.51.100.7 -> 198.51.100.77" in out
    assert "site-a: its device needs (`appliance plan site-a`):" in out
    assert "ike.proposals.groups: intended 24, running 14" in out
    assert "site-b" not in out


def test_a_state_that_comes_and_goes_is_told_and_is_no_change(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = copy(tmp_path / "new", ('"Connected"', '"NotConnected"'))
    code, out = radar(capsys, folder)
    assert code == 0
    assert " i status: Connected -> NotConnected" in out
    assert "its device needs nothing" in out


def test_json_has_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = copy(tmp_path / "new", ("10.21.0.0/16", "10.99.0.0/16"))
    code, out = radar(capsys, folder, "-o", "json")
    (one,) = json.loads(out)["connections"]
    assert code == 2
    assert one["kind"] == "changed"
    assert [change["path"] for change in one["changes"]] == ["vnet_prefixes"]
    (site,) = one["sites"]
    assert {need["path"] for need in site["needs"]} >= {"routes"}


def test_new_and_gone_connections_are_told() -> None:
    before = load([EXAMPLE])
    (new,) = changes((), before, told)
    (gone,) = changes(before, (), told)
    assert (new.before, gone.after) == (None, None)


def test_one_made_anew_under_its_name_is_the_same(tmp_path: Path) -> None:
    folder = copy(tmp_path / "new", ("11111111-2222", "99999999-2222"))
    (one,) = changes(load([EXAMPLE]), load([folder]), told)
    assert one.before is not None
    assert {change.path for change in one.changes} >= {"id"}
