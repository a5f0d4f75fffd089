"""The page in a real browser: a desk, a phone, paper, the dark; without scripts as well."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.report.page import html, written
from tests.report.browser import browser
from tests.report.fleet import fleet

NO_SIDEWAYS = "return document.documentElement.scrollWidth <= window.innerWidth"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_text(written(html(fleet(200), "VPN sites to Azure")), encoding="utf-8")
    return path


def test_two_hundred_sites_on_a_desk(page: Path, tmp_path: Path) -> None:
    with browser(tmp_path) as seen:
        seen.open(page)
        assert seen.run("return document.querySelectorAll('#sites tbody tr').length") == 200
        assert seen.run("return performance.getEntriesByType('resource').length") == 0
        assert seen.run(NO_SIDEWAYS)
        assert seen.complaints() == []


def test_the_table_is_filtered_and_sorted(page: Path, tmp_path: Path) -> None:
    first = "return document.querySelector('#sites tbody tr th').textContent"
    with browser(tmp_path) as seen:
        seen.open(page)
        seen.run(
            "const f = document.getElementById('filter'); f.value = 'site-17';"
            "f.dispatchEvent(new Event('input'))"
        )
        assert seen.run("return document.getElementById('shown').textContent") == "10 of 200"
        seen.run("document.querySelector('#sites thead button').click()")
        assert seen.run(first) == "site-000"
        seen.run("document.querySelector('#sites thead button').click()")
        assert seen.run(first) == "site-broken"


def test_a_phone_scrolls_one_way_only(page: Path, tmp_path: Path) -> None:
    with browser(tmp_path, width=360, phone=True) as seen:
        seen.open(page)
        assert seen.run("return window.innerWidth") == 360
        assert seen.run(NO_SIDEWAYS)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_what_is_behind_them(scheme: str, page: Path, tmp_path: Path) -> None:
    """Contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3), by the page's own colours."""
    with browser(tmp_path) as seen:
        seen.open(page)
        rule = (
            "return [...document.styleSheets[0].cssRules].filter(r => r.selectorText === ':root'"
            " || (r.conditionText || '').includes('dark'))"
            f"[{0 if scheme == 'light' else 1}].cssText"
        )
        text = str(seen.run(rule))
    colours = {
        name.strip("- "): value.strip(" ;}")
        for name, _, value in (part.partition(":") for part in text.split("--")[1:])
    }
    for name in ("text", "soft", "link", "up", "down", "open"):
        for behind in ("back", "card"):
            assert _contrast(colours[name], colours[behind]) >= 4.5, (name, behind)


def _contrast(one: str, two: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
