"""The cache of exports: the same expectations as without it, and never one that is outdated."""

from __future__ import annotations

import json
import os
import shutil
import stat
from pathlib import Path

import pytest

from appliance import job
from appliance.azure import Expectation, cache, expectation, outcomes
from appliance.azure.importer import choose
from appliance.errors import ExpectationError

EXPORTS = Path(__file__).parent / "exports"
OLD = 1_700_000_000


def aged(folder: Path, seconds: float = OLD) -> None:
    for file in folder.rglob("*"):
        os.utime(file, (seconds, seconds))


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    folder = tmp_path / "exports"
    shutil.copytree(EXPORTS / "policy-based-selectors", folder)
    aged(folder)
    job.forget()
    return folder


def keep(*paths: Path) -> tuple[str, ...]:
    """Read and keep, as a cold command does; what it names is returned."""
    named = tuple(map(str, paths))
    made_from = cache.key(named)
    cache.store(named, made_from, outcomes(named))
    cache.forget()
    return named


def kept_file() -> Path:
    (file,) = (Path(os.environ["XDG_CACHE_HOME"]) / "appliance").glob("azure-*")
    return file


def kept(*paths: Path) -> Expectation | None:
    cache.forget()
    return cache.lookup(tuple(map(str, paths)), None)


@pytest.mark.parametrize(
    "folder", sorted(folder.name for folder in EXPORTS.iterdir() if folder.is_dir())
)
def test_warm_is_the_same_as_cold(folder: str, tmp_path: Path) -> None:
    shutil.copytree(EXPORTS / folder, tmp_path / folder)
    aged(tmp_path / folder)
    named = keep(tmp_path / folder)
    for outcome in outcomes(named):
        found = cache.lookup(named, outcome.id or outcome.name)
        if outcome.expectation is None or outcome.expectation.psk is not None:
            assert found is None
        else:
            assert found == outcome.expectation
            assert repr(found) == repr(outcome.expectation)
            assert hash(found) == hash(outcome.expectation)


def test_everything_that_an_expectation_holds_can_be_kept() -> None:
    made = {
        kind.__name__
        for kind in vars(expectation).values()
        if isinstance(kind, type) and kind.__module__ == expectation.__name__
    }
    assert len(made) >= 8
    assert made <= set(cache._RECORDS)


def test_nat_rules_are_kept(tmp_path: Path) -> None:
    shutil.copytree(EXPORTS.parents[2] / "examples" / "azure" / "site-a", tmp_path / "exports")
    base = json.loads((tmp_path / "exports" / "gateway.json").read_text(encoding="utf-8"))["id"]
    rule = {
        "id": f"{base}/natRules/out",
        "name": "out",
        "mode": "EgressSnat",
        "internalMappings": [{"addressSpace": "10.20.0.0/16"}],
        "externalMappings": [{"addressSpace": "100.65.0.0/16"}],
    }
    for name, member in (("gateway", "natRules"), ("connection", "egressNatRules")):
        path = tmp_path / "exports" / f"{name}.json"
        document = json.loads(path.read_text(encoding="utf-8")) | {member: [rule]}
        path.write_text(json.dumps(document), encoding="utf-8")
    aged(tmp_path / "exports")
    found = cache.lookup(keep(tmp_path / "exports"), None)
    assert found is not None
    assert [str(one.external) for one in found.nat] == ["100.65.0.0/16"]
    assert found == choose(outcomes([tmp_path / "exports"]), None)


def test_the_time_of_the_export_is_kept(exports: Path) -> None:
    found = cache.lookup(keep(exports), None)
    assert found is not None
    assert found.exported_at == OLD
    assert found.dpd_seconds == choose(outcomes([exports]), None).dpd_seconds


def test_it_is_private(exports: Path) -> None:
    keep(exports)
    assert stat.S_IMODE(kept_file().stat().st_mode) == 0o600
    assert stat.S_IMODE(kept_file().parent.stat().st_mode) == 0o700


def test_what_holds_a_key_is_not_kept(tmp_path: Path) -> None:
    shutil.copytree(EXPORTS / "spec-example", tmp_path / "exports")
    aged(tmp_path / "exports")
    named = keep(tmp_path / "exports")
    (outcome,) = outcomes(named)
    assert outcome.expectation is not None
    assert outcome.expectation.psk is not None
    assert cache.lookup(named, None) is None
    assert b"CanaryKey77" not in kept_file().read_bytes()


def test_any_change_of_the_files_is_seen(exports: Path) -> None:
    first = sorted(file for file in exports.rglob("*.json"))[0]
    keep(exports)
    assert kept(exports) is not None
    (exports / "later.json").write_text("{}")
    assert kept(exports) is None, "a new file"
    (exports / "later.json").unlink()
    assert kept(exports) is not None
    (exports / "deep" / "er").mkdir(parents=True)
    (exports / "deep" / "er" / "notes.TXT").write_text("no JSON")
    assert kept(exports) is None, "a new file in a folder inside"
    shutil.rmtree(exports / "deep")
    (exports / "readme.md").write_text("no export")
    assert kept(exports) is not None, "what no import reads does not matter"
    text = first.read_text()
    first.write_text(text.replace("Default", "default"))
    os.utime(first, (OLD, OLD))
    assert kept(exports) is None, "same size, same time of change, other content"
    first.unlink()
    assert kept(exports) is None, "a file less"


def test_what_has_just_changed_is_not_kept(exports: Path) -> None:
    file = next(exports.rglob("*.json"))
    os.utime(file)
    assert cache.key((str(exports),)) == ""
    keep(exports)
    assert kept(exports) is None


def test_any_damaged_byte_is_noticed(exports: Path) -> None:
    named = keep(exports)
    good = kept_file().read_bytes()
    for at in range(0, len(good), 29):
        kept_file().write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        assert kept(exports) is None, at
    for end in range(0, len(good), 97):
        kept_file().write_bytes(good[:end])
        assert kept(exports) is None, end
    kept_file().write_bytes(good)
    assert cache.lookup(named, None) is None, "one command looks once"
    assert kept(exports) is not None
    kept_file().chmod(0o644)
    assert kept(exports) is None


def test_only_the_connection_that_is_meant(exports: Path) -> None:
    named = keep(exports)
    found = cache.lookup(named, None)
    assert found is not None
    assert cache.lookup(named, f" {found.name.upper()} ") == found
    assert cache.lookup(named, found.id) == found
    assert cache.lookup(named, "another") is None


def test_what_cannot_be_read_is_no_matter(tmp_path: Path) -> None:
    missing = (str(tmp_path / "missing"),)
    assert cache.key(missing) == ""
    assert cache.lookup(missing, None) is None
    with pytest.raises(ExpectationError):
        outcomes(missing)
