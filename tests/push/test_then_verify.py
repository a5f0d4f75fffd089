"""What was pushed to a lab device is wholly verified: no rung of any site is left unknown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from appliance.cli import main
from tests.push.ends import WAIT
from tests.push.stage import SITES, stage


@pytest.mark.parametrize("driver", sorted(SITES))
def test_every_rung_passes_on_every_vendor(
    driver: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with stage(driver, tmp_path) as site:
        assert main(["push", *site.words, *WAIT]) == 0, capsys.readouterr().err
        capsys.readouterr()
        code = main(["verify", *site.words, "-o", "json"])
        found = json.loads(capsys.readouterr().out)
    verdicts = {(one["rung"], one["verdict"]) for one in found["findings"]}
    assert {verdict for _, verdict in verdicts} == {"passed"}, found["findings"]
    assert {"reachable", "ike", "child", "counters"} <= {rung for rung, _ in verdicts}
    assert code == 0
