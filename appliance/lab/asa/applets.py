"""Event manager applets: which wait for a moment, and when it has come."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from appliance.lab.asa.configuration import Configuration
from appliance.lab.cisco.tree import Node

_DAY = timedelta(days=1)


@dataclass(slots=True, kw_only=True)
class Timer:
    """One applet that waits: what it was configured with, until when, how often it has run."""

    event: str
    until: datetime | None
    runs: int = 0
    ran: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Applets:
    """The timers of all applets, kept in step with the configuration."""

    timers: dict[str, Timer] = field(default_factory=dict)

    def watch(self, config: Configuration, now: datetime) -> None:
        """Start the timers that are new, and forget those whose applet is gone."""
        wanted: dict[str, str] = {}
        for node in config.root.all("event", "manager", "applet"):
            found = node.find("event", "timer")
            if found is not None:
                wanted[node.words[3]] = found.text
        for name, event in wanted.items():
            held = self.timers.get(name)
            if held is None or held.event != event:
                self.timers[name] = Timer(event=event, until=_until(event, now))
        for name in set(self.timers) - set(wanted):
            self.timers.pop(name)

    def next(self) -> datetime | None:
        """The next moment at which one ends."""
        return min((one.until for one in self.timers.values() if one.until), default=None)

    def due(self, now: datetime) -> list[str]:
        """The applets whose moment has come; a countdown comes once, the others again."""
        names = [name for name, one in self.timers.items() if one.until and one.until <= now]
        for name in names:
            timer = self.timers[name]
            again = "countdown" not in timer.event
            timer.until = _until(timer.event, now) if again else None
            timer.runs += 1
            timer.ran = now
        return names


def _until(event: str, now: datetime) -> datetime | None:
    words = event.split()
    kind, value = words[2], words[4]
    if kind != "absolute":
        return now + timedelta(seconds=int(value))
    hours, minutes, seconds = (int(part) for part in value.split(":"))
    moment = now.replace(hour=hours, minute=minutes, second=seconds, microsecond=0)
    return moment if moment > now else moment + _DAY


def describe(node: Node, timer: Timer | None, now: datetime) -> list[str]:
    """The lines of `show event manager` about one applet."""
    lines = [f"event manager applet {node.words[3]}, hits {timer.runs if timer else 0}"]
    if timer is not None and timer.ran is not None:
        lines[0] += f", last {timer.ran:%Y/%m/%d %H:%M:%S}"
    for number, event in enumerate(node.all("event"), start=1):
        left = ""
        if timer is not None and timer.until is not None and event.text == timer.event:
            left = f", left {int((timer.until - now).total_seconds())} secs"
        text = event.text.removeprefix("event ").replace(" time ", " ")
        lines.append(f" {text}{left}, hits {timer.runs if timer and number == 1 else 0}")
    for action in node.all("action"):
        runs = timer.runs if timer else 0
        lines.append(f" action {action.words[1]} cli command {action.words[-1]}, hits {runs}")
    return lines
