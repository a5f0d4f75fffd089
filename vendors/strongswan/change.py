"""From one set of tunnels to another: edits of our own files, then what makes the host take them.

    create FILE, edit FILE   one statement a line below: `connections.a.version = 2`, `no ...`
    create FILE, replace FILE   of nftables: all of its lines below
    delete FILE
    do COMMAND               as a person would type it

Files of others are never named. The other way round it is the rollback.
"""

from __future__ import annotations

from collections.abc import Iterator

from appliance.model.change import KEY_MARK, Change, Step
from appliance.model.tunnel import Tunnel, Tunnels
from vendors.strongswan import own
from vendors.strongswan.writing.statements import (
    Paper,
    Statement,
    children,
    connection,
    papers,
)
from vendors.strongswan.writing.text import is_rules, is_unit

LOAD = "swanctl --load-all --noprompt"
RELOAD = "networkctl reload"
WAIT_SECONDS = 5
"""How long a peer is waited for that is told to end a tunnel, or asked to begin one."""


def change(running: Tunnels, intended: Tunnels) -> Change:
    """Steps from `running` to `intended`; both must be all tunnels of the host."""
    before, after = papers(running), papers(intended)
    steps: list[Step] = []
    touched: list[str] = []
    bounced: dict[str, Tunnel] = {}
    for path, paper in after.items():
        made = tuple(_written(before.get(path), paper))
        steps += made
        touched += [path] if made else []
        if made and path in before and _live(before[path], paper):
            bounced[connection(paper.user)] = paper.user
    for path, paper in before.items():
        if path not in after:
            steps.append(Step(text=f"delete {path}", why=f"no longer needed: {paper.why}"))
            touched.append(path)
    return Change(
        steps=(
            *steps,
            *_enforced(after, touched),
            *_taken(before, after, touched),
            *_again(bounced),
            *_dropped(before, after),
        )
    )


def _written(old: Paper | None, new: Paper) -> Iterator[Step]:
    """The differing statements of one file, under its heading; nothing when none differ."""
    if new.lines:
        yield from _whole(old, new)
        return
    held = {} if old is None else old.statements
    lines = [one for slot, one in new.statements.items() if not _same(held.get(slot), one)]
    gone = [slot for slot in held if slot not in new.statements]
    if old is None or lines or gone:
        yield Step(text=f"{'create' if old is None else 'edit'} {new.path}", why=new.why)
    for one in lines:
        yield Step(text=f" {one.text}", why=new.why, secret=one.secret)
    for slot in gone:
        yield Step(text=f" no {slot}", why=f"no longer wanted: {new.why}")


def _whole(old: Paper | None, new: Paper) -> Iterator[Step]:
    if old is None or old.lines != new.lines:
        word = "create" if old is None else "replace"
        yield Step(text=f"{word} {new.path}", why=new.why)
        yield from (Step(text=f" {line}", why=new.why) for line in new.lines)


def _same(held: Statement | None, wanted: Statement) -> bool:
    """Equal, or a key that one side does not know: that is no reason to write it."""
    if held is None:
        return False
    unknown = wanted.value == KEY_MARK and None in (held.secret, wanted.secret)
    return held == wanted or (unknown and held.value == wanted.value)


def _live(old: Paper, new: Paper) -> bool:
    """Whether SAs that are up hold values which are no longer configured."""
    slots = {**old.statements, **new.statements}
    differing = (slot for slot in slots if old.statements.get(slot) != new.statements.get(slot))
    return any(not slots[slot].quiet for slot in differing)


def _taken(before: dict[str, Paper], after: dict[str, Paper], touched: list[str]) -> Iterator[Step]:
    """What makes the host take the files: networkd does not itself remove or rename interfaces."""
    for path, paper in before.items():
        name = paper.user.interface
        if path.endswith(".netdev") and path in touched and name is not None:
            yield _do(f"ip link delete {name.name}", f"{paper.why}: made anew, or gone")
    if any(is_unit(path) for path in touched):
        yield _do(RELOAD, "networkd reads its files again")
    if any(_is_settings(path) for path in touched):
        yield _do(LOAD, "charon reads its files again")
    for path, paper in before.items():
        if path not in after and _is_settings(path):
            yield _terminate(paper.user)


def _is_settings(path: str) -> bool:
    return not is_unit(path) and not is_rules(path)


def _enforced(after: dict[str, Paper], touched: list[str]) -> Iterator[Step]:
    """Rules are there before the tunnel that they are for."""
    for path, paper in after.items():
        if is_rules(path) and path in touched:
            yield _do(f"nft -f {path}", f"{paper.why}: all of it in one step")


def _dropped(before: dict[str, Paper], after: dict[str, Paper]) -> Iterator[Step]:
    """Rules go after the tunnel; the first word makes that right also where they never were."""
    for path, paper in before.items():
        if is_rules(path) and path not in after:
            name = own.table(own.rules_label(path) or "")
            command = f"nft 'add table ip {name}; delete table ip {name}'"
            yield _do(command, f"{paper.why}: no longer")


def _again(bounced: dict[str, Tunnel]) -> Iterator[Step]:
    """Live SAs keep what they were negotiated with, and a verification would see that."""
    for name, tunnel in bounced.items():
        yield _terminate(tunnel)
        for child in children(tunnel):
            command = f"swanctl --initiate --ike {name} --child {child} --timeout {WAIT_SECONDS}"
            yield _do(command, "negotiates with the new settings")


def _terminate(tunnel: Tunnel) -> Step:
    command = f"swanctl --terminate --ike {connection(tunnel)} --force --timeout {WAIT_SECONDS}"
    return Step(text=f"do {command}", why="ends the SAs of before", bounces=(tunnel.name,))


def _do(command: str, why: str) -> Step:
    return Step(text=f"do {command}", why=why)
