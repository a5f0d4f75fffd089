"""A site drawn: its networks, the appliance, a line for each tunnel and circuit, and Azure's side.

State is told by the line's dashes, its colour and a word, so that none of them is needed alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from appliance.record import dataclass
from appliance.report.hub import Now

WIDTH = 860
_TOP, _ROW, _BOX = 34, 46, 30
_SHOWN = 3
_LEFT, _DEVICE, _GATEWAY, _RIGHT = 8, 160, 568, 724
_WIDE, _NARROW = 128, 132
_NAME, _ON_A_LINE = 18, 34
"""Characters that fit into the appliance's box, and on a line before the gateway's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle with lines of text."""

    x: int
    y: int
    width: int
    height: int
    title: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A tunnel or circuit; `state` is the class of its style, `word` stands on it."""

    x1: int
    y1: int
    x2: int
    y2: int
    state: str
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What the template draws; `words` tell the same to those who do not see it."""

    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    words: str


def draw(one: Now) -> Picture:
    """The picture of one site."""
    ways = [(f"{t.gateway}", t.state) for t in one.tunnels]
    ways += [(link.name, link.state) for link in one.links]
    ways += [(f"circuit {name}", "circuit") for name in _elsewhere(one)]
    height = _TOP + max(len(ways), 2) * _ROW + 12
    middle = _TOP + (height - _TOP - 12) // 2
    return Picture(
        height=height,
        boxes=tuple(_boxes(one, height, middle)),
        lines=tuple(_lines(ways, middle)),
        words=_words(one),
    )


def _boxes(one: Now, height: int, middle: int) -> Iterator[Box]:
    tall = height - _TOP - 12
    yield Box(x=_LEFT, y=_TOP, width=_WIDE, height=tall, title="on premises", lines=_few(one.ours))
    yield Box(
        x=_DEVICE,
        y=middle - _BOX,
        width=_NARROW,
        height=2 * _BOX,
        title=_fit(one.name, _NAME),
        lines=(one.driver,),
    )
    yield Box(x=_GATEWAY, y=_TOP, width=_NARROW, height=tall, title="Azure gateway")
    yield Box(x=_RIGHT, y=_TOP, width=_WIDE, height=tall, title="VNets", lines=_few(one.theirs))


def _lines(ways: Sequence[tuple[str, str]], middle: int) -> Iterator[Line]:
    yield Line(x1=_LEFT + _WIDE, y1=middle, x2=_DEVICE, y2=middle, state="wire", word="")
    yield Line(x1=_GATEWAY + _NARROW, y1=middle, x2=_RIGHT, y2=middle, state="wire", word="")
    for number, (word, state) in enumerate(ways):
        y = _TOP + _ROW // 2 + number * _ROW + (0 if len(ways) > 1 else _ROW // 2)
        told = word if state == "circuit" else f"{word} {state}"
        told = _fit(told, _ON_A_LINE)
        yield Line(x1=_DEVICE + _NARROW, y1=middle, x2=_GATEWAY, y2=y, state=state, word=told)


def _fit(words: str, most: int) -> str:
    """Shortened in the middle: what stands at the end tells links and states apart."""
    kept = most // 2
    return words if len(words) <= most else f"{words[: most - kept - 1]}…{words[-kept:]}"


def _elsewhere(one: Now) -> tuple[str, ...]:
    """Circuits of which nobody says that they end on this device."""
    here = {link.name.rpartition(" ")[0].casefold() for link in one.links}
    return tuple(name for name in one.circuits if name.casefold() not in here)


def _few(networks: Sequence[str]) -> tuple[str, ...]:
    more = len(networks) - _SHOWN
    return (*networks[:_SHOWN], *((f"and {more} more",) if more > 0 else ()))


def _words(one: Now) -> str:
    tunnels = "; ".join(f"tunnel to {t.gateway} {t.state}" for t in one.tunnels)
    circuits = "".join(f"; link {link.name} {link.state}" for link in one.links)
    circuits += "".join(f"; circuit {name}" for name in _elsewhere(one))
    return f"{one.name}, {one.driver}: {tunnels or 'no tunnel'}{circuits}"
