"""Reads plan files, which may come from anybody: bounded, strict, and never through a link."""

from __future__ import annotations

import json
import os
import stat
from typing import NoReturn

from appliance.errors import RefusedError, UsageError
from appliance.planfile.document import SCHEMA, Box, Keys, Line, PlanFile
from appliance.planfile.members import Members
from appliance.planfile.writing import whole

MAX_BYTES = 32 * 1024 * 1024


def read(path: str) -> tuple[PlanFile, bytes]:
    """A plan file, and the bytes that it was read from: what a signature must be of.

    Raises `UsageError` where there is none, `RefusedError` for anything that is not one.
    """
    data = content(path)
    try:
        return parsed(data), data
    except RefusedError as error:
        raise RefusedError(error.message, where=path, hint=error.hint) from None


def content(path: str) -> bytes:
    """The bytes of a file that nobody else may write. Raises as `read` does."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        if os.path.islink(path):  # noqa: PTH114 -- as for all that starts fast
            raise RefusedError("is a symbolic link", where=path, hint="name the file") from error
        raise UsageError(
            f"cannot read {path}: {error.strerror}",
            hint="name a plan file: `appliance plan SITE --out FILE` writes one",
        ) from error
    try:
        _check(os.fstat(descriptor), path)
        with open(descriptor, "rb", closefd=False) as stream:
            data = stream.read(MAX_BYTES + 1)
    finally:
        os.close(descriptor)
    if len(data) > MAX_BYTES:
        raise RefusedError(
            f"is larger than {MAX_BYTES // 1024 // 1024} MB",
            where=path,
            hint="name a plan file: `appliance plan SITE --out FILE` writes one",
        )
    return data


def _check(status: os.stat_result, path: str) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise RefusedError("is no regular file", where=path, hint="name a plan file")
    if status.st_uid not in {os.geteuid(), 0} or status.st_mode & 0o022:
        raise RefusedError(
            "others may write it", where=path, hint="take a copy of your own: chmod 600"
        )


def parsed(data: bytes) -> PlanFile:
    """The values of a plan file. Raises `RefusedError` saying what is wrong with it."""
    members = Members.of(_json(data), "")
    schema = members.text("schema")
    if schema != SCHEMA:
        raise _wrong(f"its schema is {schema[:80]!r}, and this release reads {SCHEMA!r}")
    file = PlanFile(
        site=members.text("site"),
        driver=members.text("driver"),
        device=_box(members.group("device")),
        tool=members.text("tool"),
        who=members.text("who"),
        made=members.time("made"),
        expires=members.time("expires"),
        intent=_digests(members.group("intent")),
        observed=_digests(members.group("observed")),
        keys=_keys(members.group("keys")),
        change=_lines(members, "change"),
        rollback=_lines(members, "rollback"),
        bounces=members.texts("bounces"),
        gates=members.texts("gates"),
        rehearsal=members.any("rehearsal"),
    )
    members.done()
    return file


def _box(members: Members) -> Box:
    box = Box(
        host=members.text("host"),
        port=members.number("port"),
        hostname=members.text("hostname"),
        serial=members.maybe("serial"),
        version=members.maybe("version"),
        host_key=members.maybe("host_key"),
    )
    members.done()
    return box


def _keys(members: Members) -> Keys:
    keys = Keys(
        machine=members.text("machine"),
        running=members.group("running").optional_texts(),
        target=members.group("target").optional_texts(),
        sent=members.group("sent").optional_texts(),
    )
    members.done()
    return keys


def _digests(members: Members) -> dict[str, str]:
    said, parts = members.text("hash"), members.group("parts").all_texts()
    members.done()
    if said != whole(parts):
        raise _wrong(f"the hash of {members.path} is not that of its parts: it was edited")
    return parts


def _lines(members: Members, name: str) -> tuple[Line, ...]:
    found: list[Line] = []
    for one in members.groups(name):
        found.append(Line(command=one.text("command"), why=one.text("why")))
        one.done()
    return tuple(found)


def _json(data: bytes) -> object:
    try:
        text = data.decode("utf-8")
        return json.loads(text, object_pairs_hook=_once, parse_constant=_constant)
    except UnicodeDecodeError:
        raise _wrong("it is no UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise _wrong(f"it is no JSON, or cut off: {error.msg}, line {error.lineno}") from None
    except RecursionError:
        raise _wrong("it is nested too deeply") from None
    except ValueError as error:
        raise _wrong(str(error).partition(";")[0]) from None


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the member {name[:80]!r} is there twice")
        found[name] = value
    return found


def _constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")


def _wrong(why: str) -> RefusedError:
    return RefusedError(
        f"this is no plan file that can be trusted: {why}",
        hint="nothing was touched; make a new one: `appliance plan SITE --out FILE`",
    )
