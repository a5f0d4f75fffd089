"""Rows 32 and 33: keys of odd characters through a real push, and keys that are usual words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from appliance.model.secret import KEY_MARK
from appliance.secrets.redact import MASK
from tests.faults.rows import VENDORS
from tests.faults.scene import scene
from tests.push import stage as stages

SHAPES = {
    "quotes": 'in"the\'middle-of"it',
    "question mark": "?in-the?middle?",
    "exclamation mark": "!at-the-beginning!",
    "blanks": "three words  here",
    "dollar": "$HOME-$(reboot)-$9$x",
    "backslash": "back\\slash\\\\n-end\\",
    "digit and blank": "0 is-a-type",
    "digit": "7digit-first",
    "another statement": "address 10.0.0.1",
    "shell": "`x`;#{y}|&<>%[z]",
    "128 characters": "x" * 119 + "-the-end9",
    "non-ASCII": "Schlüssel-größer",
}
NOT_AZURES = ("blanks", "non-ASCII")
"""What Azure does not take anyway: a check stops such a push, and here it is told to go on."""

FEWEST = {"cisco_ios": 6, "cisco_asa": 8, "juniper_junos": 9, "rras": 8, "strongswan": 10}
"""So many of the shapes a vendor must take: to refuse them all would be easy."""


@pytest.mark.timeout(600)
@pytest.mark.parametrize("driver", VENDORS)
def test_32_an_odd_key_works_on_the_device_or_is_refused_before(
    driver: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The lab's gateway has the same key: a tunnel comes up only where the device has it too."""
    taken = []
    for name, key in SHAPES.items():
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / name))  # each is a device of its own
        monkeypatch.setattr(stages, "KEY", key)
        with scene(driver, tmp_path, capsys) as box:
            if name in NOT_AZURES:
                assert box.push().code == 4
            pushed = box.push("--allow", "AZ-KEY-001")
            assert key not in pushed.told
            if pushed.code == 4:
                assert re.search(r"^  psk: ", pushed.told, re.MULTILINE), (name, pushed.told)
                assert box.old, name
                continue
            assert pushed.code == 0, (name, pushed.told)
            assert "both sides hold the same key" in pushed.told
            assert box.new, name
            taken.append(name)
    assert len(taken) >= FEWEST[driver], taken


COMMON = {
    "cisco_ios": ("crypto", " crypto ikev2 proposal"),
    "cisco_asa": ("tunnel-group", "tunnel-group 198.51.100.7 ipsec-attributes"),
    "juniper_junos": ("security", "set security ike gateway"),
    "rras": ("parameters", '{"cmdlet": "Add-VpnS2SInterface", "parameters": {'),
    "strongswan": ("connections", " connections.site-e-1.version = 2"),
}
"""A key that is a word of the very commands that set it, and a line that must stay readable."""


@pytest.mark.parametrize("driver", VENDORS)
def test_33_a_key_that_is_a_common_word_blanks_no_page(
    driver: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key, line = COMMON[driver]
    monkeypatch.setattr(stages, "KEY", key)
    with scene(driver, tmp_path, capsys) as box:
        pushed = box.push("--diff")
        assert pushed.code == 0, pushed.told
        assert line in pushed.told
        assert KEY_MARK in pushed.told, "where it is the key, it is hidden"
        told = box.run("history", box.site.site, "--show", "1", "change").told
        assert line.strip() in told
        assert KEY_MARK in told
        after = box.run("history", box.site.site, "--show", "1", "after").told
        assert after.count(MASK) < 12, "keys and passwords, not every line"
        for page in (pushed.told, told, after):
            assert not _as_key(driver, key).search(page)


def _as_key(driver: str, key: str) -> re.Pattern[str]:
    """The key where this vendor writes keys."""
    before = {
        "rras": r'"SharedSecret": "',
        "strongswan": r'secret = "?',
        "juniper_junos": r'ascii-text "',
    }.get(driver, r"pre-shared-key (?:local |remote |[06] )*")
    return re.compile(before + re.escape(key) + r"(?![\w-])", re.IGNORECASE)
