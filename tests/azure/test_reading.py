"""Encodings, several documents in a file, directories."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from appliance.azure import load
from appliance.azure.reading import documents
from appliance.azure.tree import Faults

EXAMPLE = Path(__file__).parents[2] / "examples" / "azure" / "site-a"


def texts() -> list[str]:
    return [file.read_text() for file in sorted(EXAMPLE.iterdir())]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_encodings(encoding: str, tmp_path: Path) -> None:
    for number, text in enumerate(texts()):
        (tmp_path / f"{number}.json").write_bytes(text.encode(encoding))
    (found,) = load([tmp_path])
    assert found.name == "site-a"


@pytest.mark.parametrize(
    "joined",
    [
        "\n".join(texts()),
        ",\n".join(texts()),
        "".join(json.dumps(json.loads(text)) for text in texts()),
        "\r\n\r\n".join(texts()) + "\r\n\x1a",
        f"[{','.join(texts())}]",
        f'{{"value": [{",".join(texts())}], "nextLink": null}}',
        f'{{"value": [{",".join(texts())}], "Count": 4}}',
        f'{{"count": 4, "data": [{",".join(texts())}], "total_records": 4}}',
        "WARNING: Starting a new az release soon.\nWARNING: Really.\n" + "\n".join(texts()),
        " ".join(f'{{"resource": {text}}}' for text in texts()),
        " ".join(f'{{"newVNet": {text}, "other": null}}' for text in texts()),
    ],
)
def test_four_resources_in_one_file(joined: str, tmp_path: Path) -> None:
    file = tmp_path / "everything.json"
    file.write_text(joined, newline="")
    (found,) = load([file])
    assert [str(endpoint.address) for endpoint in found.endpoints] == ["198.51.100.7"]


def test_directories_are_read_through(tmp_path: Path) -> None:
    for number, text in enumerate(texts()):
        folder = tmp_path / "a" / str(number)
        folder.mkdir(parents=True)
        (folder / "show.JSON").write_text(text)
    (tmp_path / "a" / "notes.md").write_text("not looked at")
    (tmp_path / "a" / "broken.yaml").write_text("{")
    (found,) = load([str(tmp_path)])
    assert found.notes == ()


def test_sdk_names_with_underscores(tmp_path: Path) -> None:
    def snake(value: object) -> object:
        if isinstance(value, list):
            return [snake(element) for element in value]
        if not isinstance(value, dict):
            return value
        return {
            "".join(f"_{c.lower()}" if c.isupper() else c for c in name): snake(inner)
            for name, inner in value.items()
        }

    for number, text in enumerate(texts()):
        (tmp_path / f"{number}.json").write_text(json.dumps(snake(json.loads(text))))
    (found,) = load([tmp_path])
    (original,) = load([EXAMPLE])
    assert (found.policy, found.endpoints) == (original.policy, original.endpoints)


def test_ids_in_any_capitals_and_no_ids_at_all(tmp_path: Path) -> None:
    files = {file.name: json.loads(file.read_text()) for file in EXAMPLE.iterdir()}
    for name in ("gateway.json", "local-gateway.json", "vnet.json"):
        files[name]["id"] = files[name]["id"].upper()
    for name, content in files.items():
        (tmp_path / name).write_text(json.dumps(content))
    assert load([tmp_path])[0].name == "site-a"
    for name in ("gateway.json", "local-gateway.json", "vnet.json"):
        files[name] = {
            key: value for key, value in files[name].items() if key not in ("id", "type")
        }
        (tmp_path / name).write_text(json.dumps(files[name]))
    assert load([tmp_path])[0].name == "site-a"


def test_documents_tell_their_place(tmp_path: Path) -> None:
    file = tmp_path / "two.json"
    file.write_text('{"a": 1} {"b": 2}')
    found = list(documents([file], Faults(), []))
    assert [each.root.where for each in found] == [
        f"{file}: document 1: $",
        f"{file}: document 2: $",
    ]


def test_a_page_without_resources_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "empty.json").write_text('{"value": []}')
    (tmp_path / "list.json").write_text("[]")
    for number, text in enumerate(texts()):
        (tmp_path / f"{number}.json").write_text(text)
    assert load([tmp_path])[0].name == "site-a"
