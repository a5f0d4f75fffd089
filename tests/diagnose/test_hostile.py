"""Logs that were made to hurt: patterns driven to their worst, one endless line, bytes, keys."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from appliance.cli import main
from appliance.diagnose import diagnose
from appliance.diagnose.azure import AZURE
from appliance.diagnose.notifies import NOTIFIES
from appliance.diagnose.windows import WINDOWS
from tests.diagnose.test_corpus import WORDS
from tests.growth import growth

EVERY = (*WORDS, *WINDOWS, *AZURE, *NOTIFIES)
KEY = "CanaryKey-4711-xyz"


def bait(pattern: str) -> str:
    """The literal words of a pattern, in a row: each of its beginnings fits again and again."""
    plain = re.sub(r"\(\?P?<?\w*>?:?|\{[\d,]*\}|[+*?^$]", " ", pattern)
    plain = re.sub(r"\\[dwDWsb]|\[[^\]]*\]|\.", "1", plain)
    words = [word.replace("\\", "").strip() for word in re.split(r"[|()]", plain)]
    return " 1.1.1.1 ".join(word for word in words if word)


def filled(symptoms: list[str], length: int) -> str:
    return "\n".join((one * (length // len(one) + 1))[:length] for one in symptoms)


def test_no_pattern_takes_more_than_a_multiple_of_its_line() -> None:
    """Four times the line: about four times the time. Squared it were 16, cubed 64."""
    baits = sorted({f"{one.needle} {bait(one.pattern)} " for one in EVERY if one.pattern})
    assert len(baits) > 100
    small, large = filled(baits, 1_000), filled(baits, 4_000)
    assert growth(lambda text: diagnose(text, WORDS), small, large) < 4 * 3


@pytest.mark.parametrize(
    "part", ["certificate ", "[SEND] remote 1.1.1.1 ", "\0", "<a|1>", "\t" * 9]
)
def test_one_line_of_a_megabyte_is_read_to_where_a_reason_stands(part: str) -> None:
    line = "No proposal chosen, main mode " + part * (1_000_000 // len(part))
    told = diagnose(line, WORDS)
    assert told.records == 1
    assert told.peers[0].causes[0].kind.value == "ike-proposal"


def test_bytes_that_are_no_text_hide_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "core.log"
    noise = bytes(range(256)) * 40
    path.write_bytes(noise + b"\nIKEv2: Failed to authenticate the IKE SA\n" + noise)
    assert main(["explain", str(path)]) == 0
    assert ": key: the peer's authentication is not taken" in capsys.readouterr().out


@pytest.mark.parametrize(
    "line",
    [
        f"crypto ikev2: pre-shared-key local {KEY} : Auth exchange failed",
        f'set security ike policy P pre-shared-key ascii-text "{KEY}" # authentication failed',
        f'secret = "{KEY}" received AUTHENTICATION_FAILED notify error',
        f"tunnel-group 203.0.113.9 ipsec-attributes ikev1 pre-shared-key {KEY} : mismatched "
        "pre-shared key. Aborting",
        f'{{"Message": "Policy match error", "sharedKey": "{KEY}"}}',
        f'[{{"Message": "Policy match error", "properties": "{{\\"sharedKey\\": \\"{KEY}\\"}}"}}]',
        f"Message,sharedKey\nPolicy match error,{KEY}",
        f"Set-VpnS2SInterface -Name a -SharedSecret {KEY} ; Policy match error",
    ],
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_key_beside_the_reason_is_masked(
    line: str, form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.log"
    path.write_text(f"{line}\n", encoding="utf-8")
    assert main(["explain", str(path), "-o", form]) == 0
    told = capsys.readouterr()
    assert KEY not in told.out + told.err
    if form == "json":
        assert json.loads(told.out)["peers"][0]["causes"]


def test_a_table_keeps_the_cells_of_a_row_together() -> None:
    text = (
        'TimeGenerated;Message;remoteIP_s\n1;"Policy\nmatch error";192.0.2.7\n'
        f"2;{'x' * 200_000};192.0.2.8\n3;Policy match error;192.0.2.9\n"
    )
    told = diagnose(text, ())
    assert [(one.address, one.causes[0].evidence[0].line) for one in told.peers] == [
        ("192.0.2.7", 2),
        ("192.0.2.9", 5),
    ]


def test_an_event_that_never_ends_does_not_swallow_the_log() -> None:
    text = "<Event xmlns='x'>\n" + "<Data>a</Data>\n" * 2_000 + "Policy match error\n"
    assert diagnose(text, ()).peers[0].causes[0].kind.value == "ike-proposal"
