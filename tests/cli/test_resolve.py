"""`appliance validate --resolve`: names that Azure dials, looked up when wished and not else."""

from __future__ import annotations

import json
import re
import shutil
import socket
from pathlib import Path
from typing import NoReturn

import pytest

from appliance.cli import main, named

ROOT = Path(__file__).resolve().parents[2]
NAME = "branch.example.net"
Place = tuple[int, int, int, str, tuple[str, int]]


@pytest.fixture
def inventory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The shipped router, which Azure knows by name."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "examples" / "azure" / "site-a"
    shutil.copytree(ROOT / "examples" / "azure" / "site-a", folder)
    path = folder / "local-gateway.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    del document["gatewayIpAddress"]
    path.write_text(json.dumps(document | {"fqdn": NAME}), encoding="utf-8")
    text = (ROOT / "inventory.yaml").read_text(encoding="utf-8")
    written = tmp_path / "inventory.yaml"
    written.write_text(text.partition("\n  # A Cisco ASA")[0] + "\n", encoding="utf-8")
    return str(written)


def _answering(*addresses: str) -> object:
    def answer(name: str, *_: object) -> list[Place]:
        assert name == NAME
        return [(2, 1, 6, "", (address, 0)) for address in addresses]

    return answer


def _failing(code: int, words: str) -> object:
    def answer(*_: object) -> NoReturn:
        raise socket.gaierror(code, words)

    return answer


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (_answering("203.0.113.10"), ""),
        (_answering("203.0.113.99"), f"AZ-CON-005  .*{NAME} is 203.0.113.99, .* 203.0.113.10"),
        (_answering("203.0.113.10", "203.0.113.9", "203.0.113.9"), "AZ-CON-004  .*113.9, 203"),
        (_failing(socket.EAI_NONAME, "unknown"), f"AZ-CON-004  .*{NAME} has no IPv4 address"),
        (_failing(socket.EAI_AGAIN, "try again"), "resolver of this machine does not answer"),
    ],
)
def test_what_the_resolver_says(
    answer: object,
    said: str,
    inventory: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", answer)
    assert main(["validate", "--resolve", "-i", inventory]) == 0, "warnings, at most"
    told = capsys.readouterr().err
    if said:
        assert re.search(said, told)
    else:
        assert "AZ-CON" not in told
    assert "AZ-CON-002" not in told, "for information only"


def test_without_the_option_nobody_is_asked(
    inventory: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", _failing(socket.EAI_FAIL, "must not be asked"))
    assert main(["validate", "-v", "-i", inventory]) == 0
    told = capsys.readouterr().err
    assert "AZ-CON-002" in told
    assert "resolver" not in told


def test_a_name_of_this_machine() -> None:
    assert [str(each) for each in named.addresses("localhost") or ()] == ["127.0.0.1"]
    assert named.addresses("x" * 70 + ".example.net") == (), "a label is 63 letters at most"
