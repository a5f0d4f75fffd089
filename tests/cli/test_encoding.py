"""Odd outputs: an encoding that lacks characters, and a reader who has gone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

LINE = "2026-11-20T10:00:00Z Zürich charon: 06[IKE] <Zürich→x|1> received NO_PROPOSAL_CHOSEN\n"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
@pytest.mark.parametrize("output", ["text", "json"])
def test_names_of_any_script_are_printed_or_escaped(
    tmp_path: Path, encoding: str, output: str
) -> None:
    log = tmp_path / "log.txt"
    log.write_text(LINE, encoding="utf-8")
    done = subprocess.run(  # noqa: S603 -- our own words
        (sys.executable, "-m", "appliance", "explain", str(log), "-o", output),
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )
    told = done.stdout.decode(encoding)
    assert done.stderr == b""
    if output == "json":
        assert "Zürich→x" in json.dumps(json.loads(told), ensure_ascii=False)
    else:
        assert "Zürich→x".encode(encoding, "backslashreplace").decode(encoding) in told


@pytest.mark.parametrize(
    ("words", "code"),
    [(("schema", "inventory"), 1), (("push", "--all", "--yes", "-o", "jsonl"), 1)],
    ids=["schema", "fleet"],
)
def test_a_reader_who_has_gone_makes_no_success(
    tmp_path: Path, words: tuple[str, ...], code: int
) -> None:
    """The fleet's site has no secret here: it fails, whether that is heard or not."""
    appliance = (sys.executable, "-m", "appliance")
    subprocess.run((*appliance, "init", "inventory.yaml"), cwd=tmp_path, check=True)  # noqa: S603 -- our own words
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(  # noqa: S603 -- our own words
            (*appliance, *words), cwd=tmp_path, stdout=writer, stderr=subprocess.PIPE, check=False
        )
    finally:
        os.close(writer)
    assert b"Traceback" not in done.stderr
    assert done.returncode == code
