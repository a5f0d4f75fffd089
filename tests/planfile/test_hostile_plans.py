"""Whatever a plan file holds, reading it ends with its values or with a clear refusal."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from appliance import planfile
from appliance.errors import RefusedError, UsageError
from appliance.planfile import PlanFile, reading, writing
from tests.planfile.plans import file, written


@cache
def _good() -> bytes:
    return writing.text(file()).encode()


def _with(**members: object) -> bytes:
    return json.dumps({**json.loads(_good()), **members}).encode()


def _without(name: str) -> bytes:
    return json.dumps({k: v for k, v in json.loads(_good()).items() if k != name}).encode()


def _parts(change: Callable[[dict[str, str]], object]) -> bytes:
    document = json.loads(_good())
    change(document["intent"]["parts"])
    return json.dumps(document).encode()


CASES: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "it is no JSON, or cut off"),
    "cut": (lambda: _good()[:-300], "it is no JSON, or cut off"),
    "of something else": (lambda: b"hostname r1\n!\n", "it is no JSON"),
    "a list": (lambda: b"[]", "it is no object"),
    "UTF-16": (lambda: _good().decode().encode("utf-16"), "it is no UTF-8 text"),
    "a later schema": (
        lambda: _with(schema="appliance/plan-file/2"),
        "its schema is 'appliance/plan-file/2', and this release reads 'appliance/plan-file/1'",
    ),
    "a plan, but no file of one": (lambda: _with(schema="appliance/plan/1"), "its schema is"),
    "no schema": (lambda: _without("schema"), "schema is missing"),
    "no commands": (lambda: _without("change"), "change is missing"),
    "one member more": (lambda: _with(unless="x"), "unless is not known to this release"),
    "one more inside": (
        lambda: _with(device={**json.loads(_good())["device"], "x": 1}),
        "device.x is not known",
    ),
    "twice": (
        lambda: _good().replace(b'"site":', b'"site": "b", "site":', 1),
        "'site' is there tw",
    ),
    "twice inside": (
        lambda: _good().replace(b'"command":', b'"command": "no ip routing", "command":', 1),
        "'command' is there twice",
    ),
    "a number for a text": (lambda: _with(site=7), "site is no text"),
    "a text for a list": (lambda: _with(change="reload"), "change is no list"),
    "texts for commands": (lambda: _with(change=["reload"]), r"change\[0\] is no object"),
    "true for a number": (
        lambda: _with(device={**json.loads(_good())["device"], "port": True}),
        "device.port is no whole number",
    ),
    "no time": (lambda: _with(expires=9e99), "expires is no text"),
    "a time that is none": (lambda: _with(expires="tomorrow"), "expires is no time such as"),
    "the year 99999": (lambda: _with(expires="99999-01-01T00:00:00Z"), "expires is no time"),
    "an escape for the terminal": (lambda: _with(who="\x1b[2Jroot"), "who has characters in it"),
    "half a character": (lambda: _with(who="\ud800"), "who has characters in it"),
    "more lines than one": (lambda: _with(gates=["a\nb"]), r"gates.0 has characters in it"),
    "not a number": (lambda: _with(rehearsal=float("nan")), "NaN is no JSON"),
    "a huge number": (
        lambda: _good().replace(b'"rehearsal": null', b'"rehearsal": ' + b"9" * 5000),
        "digits",
    ),
    "deep": (lambda: b"[" * 200_000, "it is nested too deeply"),
    "deep inside": (
        lambda: _good().replace(b'"rehearsal": null', b'"rehearsal": ' + b'{"a":' * 200_000),
        "it is nested too deeply",
    ),
    "an edited part": (
        lambda: _parts(lambda parts: parts.update({"site-a-1 esp": "0" * 32})),
        "the hash of intent is not that of its parts: it was edited",
    ),
    "a part less": (lambda: _parts(lambda parts: parts.pop("site-a-1 esp")), "it was edited"),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_no_plan_file_is_refused_in_clear_words(case: str, tmp_path: Path) -> None:
    make, words = CASES[case]
    path = tmp_path / "x.plan"
    path.write_bytes(make())
    path.chmod(0o600)
    with pytest.raises(RefusedError, match=words) as refused:
        planfile.read(str(path))
    told = str(refused.value)
    assert told.startswith(f"{path}: this is no plan file that can be trusted: ")
    assert len(told) < 600
    assert told.replace("\n", "").isprintable()


def test_a_link_a_pipe_and_a_folder_are_not_read(tmp_path: Path) -> None:
    path = written(tmp_path)
    link = tmp_path / "link"
    link.symlink_to(path)
    with pytest.raises(RefusedError, match="is a symbolic link"):
        planfile.read(str(link))
    os.mkfifo(tmp_path / "pipe")
    for other in ("pipe", "."):
        with pytest.raises(RefusedError, match="is no regular file"):
            planfile.read(str(tmp_path / other))
    with pytest.raises(UsageError, match="cannot read"):
        planfile.read(str(tmp_path / "absent"))


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_what_others_may_write_is_not_read(mode: int, tmp_path: Path) -> None:
    path = written(tmp_path)
    path.chmod(mode)
    with pytest.raises(RefusedError, match="others may write it"):
        planfile.read(str(path))


def test_a_huge_file_is_not_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "huge"
    with path.open("wb") as stream:
        stream.truncate(reading.MAX_BYTES * 100)
    path.chmod(0o600)
    with pytest.raises(RefusedError, match="is larger than 32 MB"):
        planfile.read(str(path))


@given(
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=4),
)
@settings(max_examples=400, deadline=None)
@example([(0, 0)])
def test_changed_bytes_give_a_file_or_a_refusal(changes: list[tuple[int, int]]) -> None:
    data = bytearray(_good())
    for at, value in changes:
        data[at % len(data)] = value
    read = _read(bytes(data))
    if isinstance(read, str):
        assert "this is no plan file that can be trusted" in read
    else:
        assert reading.parsed(writing.text(read).encode()) == read


def _read(data: bytes) -> PlanFile | str:
    """The file, or the words of the refusal."""
    try:
        return reading.parsed(data)
    except RefusedError as refused:
        return str(refused)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@given(st.sampled_from(sorted(json.loads(_good()))), _JSON)
@settings(max_examples=300, deadline=None)
def test_any_value_in_the_place_of_a_member_gives_a_file_or_a_refusal(
    name: str, value: object
) -> None:
    read = _read(_with(**{name: value}))
    assert isinstance(read, PlanFile) or "\x1b" not in read
