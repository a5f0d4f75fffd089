"""The page as text: whole, escaped, and in need of nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from appliance.model.secret import Secret
from appliance.report.hub import DOWN, UNDETERMINED, UNKNOWN, UP, Link, Now, Tunnel
from appliance.report.page import html, written
from appliance.report.topology import draw
from appliance.secrets.redact import REDACTOR
from tests.report.fleet import fleet, site

VOID = {"meta", "br", "input", "line", "rect", "link", "img"}


class _Reader(HTMLParser):
    """Keeps what opens and closes, and every attribute."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def read(page: str) -> _Reader:
    reader = _Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def page(*sites: Now) -> str:
    return written(html(sites, "VPN sites"))


def test_every_element_is_closed_and_every_link_leads_somewhere() -> None:
    reader = read(page(*fleet(30)))
    ids = {value for _, name, value in reader.attributes if name == "id"}
    links = [value for tag, name, value in reader.attributes if (tag, name) == ("a", "href")]
    assert len(links) == 60
    assert {(link or "").removeprefix("#") for link in links} <= ids


def test_nothing_is_fetched() -> None:
    reader = read(page(*fleet(30)))
    assert not [one for one in reader.attributes if one[1] in {"src", "srcset", "action", "ping"}]
    text = page(*fleet(30))
    assert "default-src 'none'" in text
    assert not re.search(r"url\(|@import|https?://(?!www\.w3\.org)", text)


def test_hostile_names_are_text() -> None:
    name = "<script>alert(1)</script>\u202egnp.exe\"'&"
    hostile = replace(
        site(4),
        name=name,
        host="</style><img src=x onerror=alert(1)>",
        connection="{{ 7 * 7 }}",
        ours=("</svg><script>",),
        differences=({**site(4).differences[0], "running": "</li><script>"},),
    )
    text = page(hostile)
    reader = read(text)
    assert text.count("<script>") == 1
    assert "{{ 7 * 7 }}" in "".join(reader.text)
    assert not [one for one in reader.attributes if one[1].startswith("on")]
    assert "\u202e" not in text


def test_a_key_in_a_finding_is_masked() -> None:
    REDACTOR.add(Secret("Canary-on-a-page-77"))
    told = replace(
        site(4), differences=({**site(4).differences[0], "reason": "Canary-on-a-page-77"},)
    )
    assert "Canary-on-a-page-77" not in page(told)


def test_it_is_read_aloud_as_well() -> None:
    reader = read(page(*fleet(30)))
    pictures = [value for tag, name, value in reader.attributes if name == "aria-label"]
    assert "site-004, strongswan: tunnel to 198.51.100.7 down" in pictures
    assert ("html", "lang", "en") in reader.attributes
    assert [tag for tag, name, _ in reader.attributes if name == "scope"].count("th") > 30


def test_who_needs_somebody_is_first() -> None:
    text = page(*fleet(30))
    order = [
        text.index(f">{name}</a>") for name in ("site-broken", "site-004", "site-006", "site-000")
    ]
    assert order == sorted(order)


@pytest.mark.parametrize("number", range(0, 40, 3))
def test_a_picture_has_a_line_for_each_tunnel_and_circuit_and_a_word_on_it(number: int) -> None:
    one = site(number)
    picture = draw(one)
    told = [line for line in picture.lines if line.word]
    assert len(told) == len(one.tunnels) + len(one.circuits)
    assert {line.state for line in told} <= {"up", "down", "unknown", "circuit"}
    assert all(0 < line.y2 < picture.height for line in told)


def test_why_something_is_not_up_or_not_known_stands_there() -> None:
    here = replace(
        site(0),
        drift=UNDETERMINED,
        trouble="site-000: the network failed\n  -> check the address",
        tunnels=(
            Tunnel(instance="a", gateway="198.51.100.7", state=DOWN, detail="no IKE SA"),
            Tunnel(instance="b", gateway="198.51.100.8", state=UP, detail="one-way"),
            Tunnel(instance="c", gateway="198.51.100.9", state=UNKNOWN),
        ),
        links=(Link(name="er-1 primary", state=DOWN, detail="172.16.0.2: idle"),),
        proof=({**site(4).proof[0], "result": "unknown", "as_intended": False},),
    )
    told = page(here)
    said = " ".join(" ".join(read(told).text).split())
    assert "the network failed -> check the address" in said
    assert "down tunnel to 198.51.100.7: no IKE SA" in said
    assert "down link er-1 primary: 172.16.0.2: idle" in said
    assert "one-way" not in said, "what is up needs nobody"
    assert "1 circuit links down" in said
    assert '<span class="state unknown">unknown</span>' in told.partition('class="proof"')[2]
    assert "circuit links" not in page(site(1))


def test_long_names_keep_what_tells_them_apart() -> None:
    long = "branch-office-amsterdam-schiphol"
    link = Link(name=f"expressroute-{long} secondary", state=DOWN)
    picture = draw(replace(site(0), name=long, links=(link,)))
    (box,) = (one for one in picture.boxes if one.lines == (site(0).driver,))
    assert (len(box.title), "…" in box.title) == (18, True)
    (line,) = (one for one in picture.lines if one.word.endswith("secondary down"))
    assert len(line.word) == 34
    assert long in picture.words
