"""Forms of text other than JSON, and archives: whatever is broken in them is our own error."""

from __future__ import annotations

import gzip
import io
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.azure import archive, outcomes
from appliance.azure.forms import roots
from appliance.azure.reading import documents
from appliance.azure.tree import Faults
from appliance.errors import ExpectationError
from tests.growth import growth

FIELD = Path(__file__).parent / "field"
FORMS = (
    "ExportedTemplate-rg-hub.zip",
    "export.clixml",
    "graph.csv",
    "az-yaml/rest.yml",
    "cloud-shell.txt",
    "coloured-list.txt",
    "bicep-symbolic/main.json",
    "template-with-comments.json",
)
KEY = "CanaryKey77Xq"


def _zip(files: dict[str, str]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in files.items():
            made.writestr(name, text)
    return held.getvalue()


@pytest.mark.parametrize("name", FORMS)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(at=st.floats(0, 1), length=st.integers(0, 300), put=st.binary(max_size=6))
def test_damage_is_an_error_of_ours(
    name: str, tmp_path: Path, at: float, length: int, put: bytes
) -> None:
    whole = (FIELD / name).read_bytes()
    begin = int(at * len(whole))
    file = tmp_path / Path(name).name
    file.write_bytes(whole[:begin] + put + whole[begin + length :])
    with suppress(ExpectationError):
        assert all(outcome.expectation or outcome.error for outcome in outcomes([file]))


def test_only_exports_of_an_archive_are_read() -> None:
    raw = _zip({"a/main": "{}", "b.json": "1", "__MACOSX/b.json": "2", "c.png": "3"})
    assert [name for name, _ in archive.members(raw, "x.zip", Faults())] == ["x.zip/b.json"]


def test_an_archive_that_grows_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_BYTES", 1_000)
    faults = Faults()
    raw = _zip({"a.json": " " * 900, "b.json": " " * 900})
    assert [name for name, _ in archive.members(raw, "x.zip", faults)] == ["x.zip/a.json"]
    assert str(faults.found[0]).startswith("x.zip: it unpacks to more than 1000 bytes")


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (_zip({"tfplan": "", "tfstate": "{}"}), "a plan of Terraform's as it saves one"),
        (gzip.compress(b'{"id": "/subscriptions/"}', mtime=0), "compressed with gzip"),
    ],
    ids=["plan", "gzip"],  # bytes that tell the time are no name for several processes
)
def test_archives_of_other_tools_say_what_they_are(raw: bytes, said: str, tmp_path: Path) -> None:
    file = tmp_path / "vpn.out"
    file.write_bytes(raw)
    with pytest.raises(ExpectationError, match=said):
        outcomes([file])


def test_a_broken_archive_is_named(tmp_path: Path) -> None:
    raw = bytearray((FIELD / "ExportedTemplate-rg-hub.zip").read_bytes())
    raw[200:400] = bytes(200)
    (tmp_path / "a.zip").write_bytes(raw)
    faults = Faults()
    read = [each.root.file for each in documents([tmp_path / "a.zip"], faults, [])]
    assert "template.json" not in " ".join(read)
    assert "a zip that is broken or encrypted" in str(faults.found[0])


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a: &x [1]\nb: *x\n", "YAML with aliases, which no export has"),
        (f"key: {KEY}\n - : [\n", "this is neither JSON nor YAML: broken in line 2"),
        (f'key: !!python/object:os.system "{KEY}"\n', "this is neither JSON nor YAML: broken"),
        (
            '<?xml version="1.0"?><!DOCTYPE a><Objs xmlns="http://schemas.microsoft.com/powershell/'
            '2004/04"/>',
            "XML with a document type, which PowerShell does not write",
        ),
        (f'<Objs xmlns="http://schemas.microsoft.com/powershell/2004/04"><S>{KEY}', "broken XML"),
        ('{"a": 1} and more\n', "broken JSON: Expecting value"),
        ('{"a": 1}\n"b": 2}\n', "broken JSON"),
    ],
)
def test_what_is_wrong_is_said_without_its_content(text: str, what: str) -> None:
    faults = Faults()
    roots(text, "file", faults)
    told = "\n".join(map(str, faults.found))
    assert what in told
    assert KEY not in told


def test_places_in_a_template_with_comments_are_those_of_the_file() -> None:
    faults = Faults()
    roots('// a remark\n{"a": 1, /* one\n more */ "b": }\n', "file", faults)
    assert str(faults.found[0]).startswith("file:3:15: broken JSON")


SHAPES = {
    "a long log": 'PS C:\\> az network vnet show\n{"id": "/subscriptions/x", "a": [1]}\n',
    "blank lines": "\n",
    "prompts alone": "[user@host ~]$ ls\n",
    "warnings alone": "WARNING: again\n",
    "comments": "// a remark\n",
    "quotes": '"a" b\n',
    "escaped quotes": '"a\\\\" b\n',
}


@pytest.mark.parametrize("shape", SHAPES)
def test_time_is_linear(shape: str) -> None:
    def read(count: int) -> None:
        roots(SHAPES[shape] * count, "file", Faults())

    assert growth(read, 5_000, 20_000) < 10, "four times as much, squared: sixteen"


def test_yaml_that_takes_minutes_is_refused() -> None:
    faults = Faults()
    roots("a: 1\n" * 300_000, "file", faults)
    assert "YAML of more than 1048576 characters" in str(faults.found[0])
