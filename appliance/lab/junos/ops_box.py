"""Operational commands about the box: version, hardware, users, commits, reboot."""

from __future__ import annotations

import math
from datetime import datetime
from typing import TYPE_CHECKING

from appliance.lab.junos.commands import Given, command
from appliance.lab.junos.compare import compare
from appliance.lab.junos.path import MISSING, SYNTAX, Refused
from appliance.lab.junos.release import number
from appliance.lab.screens import screen

if TYPE_CHECKING:
    from appliance.lab.junos.cli import Cli

_SHORT_VERSION = (15, 1)


def _nodes(cli: Cli, text: str) -> str:
    """A cluster prints what it has to say for each node."""
    if not cli.device.settings.cluster:
        return text
    line = "-" * 74
    return f"node0:\n{line}\n{text}\nnode1:\n{line}\n{text}"


def _version(cli: Cli, _given: Given) -> str:
    made = cli.device.settings
    text = screen(
        "juniper_junos/version",
        hostname=cli.device.hostname,
        model=made.model,
        version=made.version,
        modern=number(made.version) >= _SHORT_VERSION,
    )
    return _nodes(cli, text)


def _hardware(cli: Cli, _given: Given) -> str:
    made = cli.device.settings
    return _nodes(cli, screen("juniper_junos/hardware", serial=made.serial, model=made.model))


def _clock(moment: datetime) -> str:
    return f"{moment.hour % 12 or 12}:{moment:%M%p}"


def _head(cli: Cli) -> str:
    device = cli.device
    minutes = int(device.uptime // 60)
    days, hours = divmod(minutes // 60, 24)
    span = f"{hours}:{minutes % 60:02}" if hours else f"{minutes % 60} mins"
    up = f"{days} day{'s' if days > 1 else ''}, {span}" if days else span
    count = len(device.sessions)
    return (
        f"{_clock(device.clock.now()):>7}  up {up}, {count} users, load averages: 0.11, 0.18, 0.20"
    )


def _ago(seconds: float) -> str:
    total = int(seconds)
    days, rest = divmod(total, 86400)
    clock = f"{rest // 3600:02}:{rest // 60 % 60:02}"
    if days >= 7:  # noqa: PLR2004 -- a week
        return f"{days // 7}w{days % 7}d {clock}"
    return f"{days}d {clock}" if days else f"{clock}:{rest % 60:02}"


def _uptime(cli: Cli, _given: Given) -> str:
    device = cli.device
    now, last = device.clock.now(), device.data.history[0]
    text = screen(
        "juniper_junos/uptime",
        now=f"{now:%Y-%m-%d %H:%M:%S}",
        booted=f"{device.booted_at:%Y-%m-%d %H:%M:%S}",
        up=_ago(device.uptime),
        configured=f"{last.at:%Y-%m-%d %H:%M:%S}",
        since=_ago((now - last.at).total_seconds()),
        by=last.user,
        head=_head(cli),
    )
    return _nodes(cli, text)


def _users(cli: Cli, _given: Given) -> str:
    return screen(
        "juniper_junos/users",
        head=_head(cli),
        rows=[
            {"user": one.user, "terminal": one.terminal, "since": one.since, "idle": "-"}
            for one in cli.device.sessions
        ],
        clock=_clock,
    )


def _commits(cli: Cli, _given: Given) -> str:
    data, now = cli.device.data, cli.device.clock.now()
    lines: list[str] = []
    for at, one in enumerate(data.history):
        pending = data.pending if not at else None
        left = (pending.deadline - now).total_seconds() / 60 if pending else 0
        mark = f" commit confirmed, rollback in {math.ceil(left)}mins" if pending else ""
        if one.minutes and not pending:
            mark = f" commit confirmed, rollback in {one.minutes}mins"
        lines.append(f"{at:<3} {one.at:%Y-%m-%d %H:%M:%S} UTC by {one.user} via {one.via}{mark}")
        if one.comment:
            lines.append(f"    {one.comment}")
    return "".join(f"{line}\n" for line in lines)


def _rollback(cli: Cli, given: Given) -> str:
    words = [token.text for token in given.rest]
    numbers = [int(word) for word in words if word.isdecimal()]
    trees = [cli.device.data.old(n) for n in numbers]
    if words[:1] != ["compare"] or len(trees) != 2 or len(words) != 3:  # noqa: PLR2004 -- compare a b
        raise Refused(SYNTAX if words else MISSING, 3)
    if trees[0] is None or trees[1] is None:
        return "error: rollback file does not exist\n"
    return compare(trees[0], trees[1])


def _reboot(cli: Cli, _given: Given) -> str:
    def answered(text: str) -> str:
        if not text.strip() or not "yes".startswith(text.strip()):
            return ""
        cli.device.reload()
        cli.closed = True
        return "Shutdown NOW!\n[pid 5127]\n"

    return cli.ask("Reboot the system ? [yes,no] (no) ", answered)


def _rescue(cli: Cli, _given: Given) -> str:
    cli.device.data.rescue = cli.device.data.active
    return ""


def _logout(cli: Cli, given: Given) -> str:
    """`request system logout pid 4711`: also the way to take a lock from somebody."""
    data = cli.device.data
    pid, user = given.options.get("pid", ""), given.options.get("user", "")
    for one in list(data.editors):
        if pid == str(one.pid) or (not pid and user == one.user):
            data.editors.remove(one)
            if one.mode == "exclusive":
                data.discard()
            return "" if pid else "logout-user: done\n"
    return f"error: No such process: {pid}\n" if pid else "error: user not logged in\n"


def _database(cli: Cli, _given: Given) -> str:
    now = cli.device.clock.now()
    others = "".join(one.text(now) for one in cli.device.data.editors)
    return f"Users currently editing the configuration:\n{others}" if others else ""


def _cluster(cli: Cli, _given: Given) -> str:
    made = cli.device.settings
    if not made.cluster:
        return "error: Chassis cluster is not enabled.\n"
    roles = ("primary", "secondary") if made.primary else ("secondary", "primary")
    rows = "".join(
        f"node{at}  {priority}      {role:<20} no      no       None\n"
        for at, (priority, role) in enumerate(zip((200, 100), roles, strict=True))
    )
    return (
        "Monitor Failure codes:\n    CS  Cold Sync monitoring        "
        "FL  Fabric Connection monitoring\n\nCluster ID: 1\n"
        "Node   Priority Status               Preempt Manual   Monitor-failures\n\n"
        f"Redundancy group: 0 , Failover count: 1\n{rows}"
    )


def _alarms(_cli: Cli, _given: Given) -> str:
    return "No alarms currently active\n"


def _storage(cli: Cli, _given: Given) -> str:
    free = cli.device.settings.free
    return _nodes(
        cli,
        "Filesystem              Size       Used      Avail  Capacity   Mounted on\n"
        "/dev/da0s1a             602M       293M       261M        53%  /\n"
        "devfs                   1.0K       1.0K         0B       100%  /dev\n"
        f"/dev/da0s1e             185M        14K {free:>10}         8%  /config\n"
        "/dev/da0s1f             2.0G       1.2G       665M        64%  /cf/var\n",
    )


def _log(cli: Cli, _given: Given) -> str:
    return "".join(f"{line}\n" for line in cli.device.logged)


BOX = (
    command("show version", _version, "brief detail"),
    command("show chassis hardware", _hardware, "detail extensive"),
    command("show chassis cluster status", _cluster),
    command("show chassis alarms", _alarms),
    command("show system alarms", _alarms),
    command("show system storage", _storage),
    command("show system uptime", _uptime),
    command("show system users", _users, "no-resolve"),
    command("show system commit", _commits),
    command("show system rollback", _rollback, rest=3),
    command("show system configuration database status", _database),
    command("show log messages", _log),
    command("request system reboot", _reboot, "in= at= message="),
    command("request system configuration rescue save", _rescue),
    command("request system logout", _logout, "pid= user= terminal="),
)
