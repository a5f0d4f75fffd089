"""The hub view as one HTML page that needs nothing else: no network, and no scripts to be read."""

from __future__ import annotations

import base64
import hashlib
import time
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from appliance.report.differences import show
from appliance.report.hub import Now, age
from appliance.report.topology import WIDTH, draw
from appliance.secrets.redact import REDACTOR

TYPE_CHECKING = False
if TYPE_CHECKING:
    from jinja2 import Environment, Template

_ORDER = {"drift": 0, "not determined": 1, "never looked at": 2, "in sync": 3}


def html(sites: Sequence[Now], title: str) -> Iterator[str]:
    """The page in pieces, keys masked. Sites that need somebody come first in the table."""
    moment = time.time()
    worst = sorted(sites, key=lambda one: (not one.error, _ORDER.get(one.drift, 0), one.name))
    style, script = _source("style.css"), _source("table.js")
    stream = _page().stream(
        title=title,
        made=time.strftime("%Y-%m-%d %H:%M %Z", time.localtime(moment)),
        sites=worst,
        counts=tuple(_counts(sites)),
        draw=draw,
        width=WIDTH,
        age=lambda at: age(at, moment),
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
    )
    stream.enable_buffering(64)
    for piece in stream:
        yield REDACTOR.mask(str(piece))


def _counts(sites: Sequence[Now]) -> Iterator[tuple[str, str, int]]:
    """Class, words and number of each tile."""
    tunnels = [tunnel.state for one in sites for tunnel in one.tunnels]
    yield "plain", "sites", len(sites)
    yield "good", "in sync", sum(one.drift == "in sync" for one in sites)
    yield "bad", "drift", sum(one.drift == "drift" for one in sites)
    unknown = {"not determined", "never looked at"}
    yield "open", "not known", sum(one.drift in unknown for one in sites)
    for state, kind in (("up", "good"), ("down", "bad"), ("unknown", "open")):
        yield kind, f"tunnels {state}", tunnels.count(state)
    links = [link.state for one in sites for link in one.links]
    for state, kind in (("up", "good"), ("down", "bad"), ("unknown", "open")):
        if links:
            yield kind, f"circuit links {state}", links.count(state)
    yield "bad", "breaking checks", sum(one.breaking for one in sites)


def _hash(text: str) -> str:
    """As a Content-Security-Policy names an inline style or script."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _plain(value: object) -> str:
    """Text without what changes the direction or order of other text, and without controls."""
    return "".join(
        character if unicodedata.category(character)[0] != "C" else "\N{REPLACEMENT CHARACTER}"
        for character in str(value)
    )


def _words(value: object) -> str:
    """A JSON value for people, as on the terminal."""
    return _plain(show(value))


@cache
def _source(name: str) -> str:
    from importlib.resources import files  # noqa: PLC0415 -- only for a page

    return files("templates").joinpath(f"report/{name}").read_text(encoding="utf-8")


@cache
def _page() -> Template:
    return _environment().from_string(_source("page.html"))


def _environment() -> Environment:
    from jinja2 import Environment, StrictUndefined  # noqa: PLC0415 -- only for a page

    made = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.filters["plain"] = _plain
    made.filters["words"] = _words
    return made


def written(pieces: Iterable[str]) -> str:
    """The whole page."""
    return "".join(pieces)
