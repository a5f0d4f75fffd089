"""The example of docs/add-a-vendor.md keeps every law, is found by its entry point, and pushes."""

from __future__ import annotations

import ast
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from hypothesis import strategies as st

from appliance import cli, entrypoints
from appliance import driver as drivers
from appliance.capability import check
from appliance.driver import Driver, disagreements
from appliance.errors import ParseError, RefusedError, SessionError, UnsupportedError, UsageError
from appliance.gates import readers_agree
from appliance.intend import intend
from appliance.inventory.model import Site
from appliance.job import Job
from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity
from appliance.model.change import Change, Step
from appliance.model.intent import Intent, Observed
from appliance.model.secret import Hidden, Secret
from appliance.plan import plan
from appliance.push import Options, Outcome, Result, Watcher, push
from appliance.session import Credentials, Target
from docs.examples.new_vendor.cool_os import DRIVER
from docs.examples.new_vendor.cool_os import names as spelling
from tests.docs import cool_box
from tests.docs.cool_box import CoolBox
from tests.session import server
from tests.vendors import boxes, intents
from tests.vendors.test_laws import *  # noqa: F403 -- every law, and those to come

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "new_vendor"
KEY = "right-horse-battery-staple"


def site() -> Site:
    base = intents.site("cool_os")
    return replace(base, device=replace(base.device, outside_interface="wan1"))


def intent(**changes: object) -> Intent:
    return DRIVER.express(intend(site(), intents.expectation(**changes), Secret(KEY)))


@st.composite
def cool_intents(draw: st.DrawFn) -> Intent:
    """Every algorithm that Cool OS declares, one gateway or two, behind NAT or not."""
    ciphers, hashes = (
        st.sampled_from(list(spelling.ENCRYPTION)),
        st.sampled_from(list(spelling.HASH)),
    )
    groups = st.sampled_from(list(spelling.GROUP))
    made = intents.expectation(
        policy=intents.custom(
            (draw(ciphers), draw(hashes), draw(groups)),
            (draw(ciphers), draw(hashes), draw(st.one_of(st.none(), groups))),
        ),
        esp_lifetime_seconds=draw(st.integers(300, 172_799)),
        esp_lifetime_kilobytes=draw(st.integers(2_560, 536_870_912)),
        dpd_seconds=draw(st.integers(9, 3_600)),
    )
    if draw(st.booleans()):
        made = replace(made, endpoints=(*made.endpoints, intents.SECOND))
    where = site()
    if draw(st.booleans()):
        ours = where.on_premises
        nat = replace(ours, nat=True, private_address=intents.OUTSIDE)
        where = replace(where, on_premises=nat)
    return DRIVER.express(intend(where, made, Secret(draw(intents.KEYS))))


@pytest.fixture  # type: ignore[no-redef]  # in place of that of the laws
def driver(monkeypatch: pytest.MonkeyPatch) -> Driver:
    """What the laws ask for: the driver, a device for it, and intents that it can be given."""
    monkeypatch.setitem(boxes.KINDS, "cool_os", cast(boxes.Kind, cool_box))
    monkeypatch.setattr(intents, "intents", lambda _name: cool_intents())
    return DRIVER


# --- found by its entry point


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The example as pip would leave it: its folder on the path, its entry point as metadata."""
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    points = project["entry-points"][drivers.GROUP]
    metadata = tmp_path / "appliance_cool_os-0.1.0.dist-info"
    metadata.mkdir()
    rows = "".join(f"{name} = {target}\n" for name, target in points.items())
    (metadata / "entry_points.txt").write_text(f"[{drivers.GROUP}]\n{rows}", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.syspath_prepend(str(EXAMPLE))
    entrypoints.of.cache_clear()
    yield
    entrypoints.of.cache_clear()
    for name in [name for name in sys.modules if name.split(".")[0] == "cool_os"]:
        del sys.modules[name]


@pytest.mark.usefixtures("installed")
def test_it_is_found_beside_ours() -> None:
    assert {"cisco_ios", "cool_os"} <= set(drivers.names())
    assert drivers.load("cool_os").name == "cool_os"


@pytest.mark.usefixtures("installed")
def test_the_command_line_reads_its_configurations(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = tmp_path / "branch.cfg"
    saved.write_text(CoolBox().running(), encoding="utf-8")
    assert (
        cli.main(["parse", "--driver", "cool_os", str(saved), "--cross-check", "-o", "json"]) == 0
    )
    tunnel = json.loads(capsys.readouterr().out)["tunnels"][0]
    assert tunnel["name"] == "t100"
    assert tunnel["ike"]["proposals"][0]["encryption"] == ["aes256"]
    assert tunnel["esp"]["lifetime_seconds"] == 3600, "a default the device does not print"
    assert tunnel["psk"]["state"] == "known"


# --- what the document says of it


def test_it_imports_what_a_vendor_may() -> None:
    allowed = re.compile(r"appliance\.(model|session|driver|errors|record|template)\b|__future__$")
    for path in (EXAMPLE / "cool_os").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                module = node.module or ""
                ours = module.partition(".")[0] in ("appliance", "vendors", "templates")
                assert allowed.match(module) or not ours, f"{path.name}: {module}"


def test_the_rendered_text_is_that_of_the_document() -> None:
    target = DRIVER.place(intent(), Observed(driver="cool_os"))
    text = "".join(f"{step.text}\n" for step in DRIVER.render(target))
    assert text in (EXAMPLE.parents[1] / "add-a-vendor.md").read_text(encoding="utf-8")


def test_names_are_a_bijection() -> None:
    for table in (spelling.ENCRYPTION, spelling.HASH, spelling.GROUP):
        assert len(set(table.values())) == len(table)


def test_what_it_cannot_say_is_refused_with_alternatives() -> None:
    made = intent(
        ike_version=IkeVersion.V1,
        policy=intents.custom(
            (Encryption.TRIPLE_DES, Integrity.SHA1, DhGroup.MODP2048_256),
            (Encryption.AES256, Integrity.SHA256, None),
        ),
    )
    refused = {refusal.setting: refusal for refusal in DRIVER.refusals(made)}
    assert set(refused) == {"IKEv1", "IKE encryption 3des", "IKE group 24"}
    assert refused["IKE encryption 3des"].alternatives == ("aes128", "aes256", "aes256gcm")
    with pytest.raises(UnsupportedError, match="IKE encryption 3des: Cool OS has no word for it"):
        check(made, DRIVER)


def test_a_masked_key_is_unverifiable_and_left_alone() -> None:
    box = CoolBox()
    box.apply(plan(intent(), DRIVER.parse(box.running()), DRIVER).change)
    observed = DRIVER.parse(box.running().replace(KEY, "***"))
    ours = next(tunnel for tunnel in observed.tunnels if tunnel.name == "t101")
    assert isinstance(ours.psk, Hidden)
    made = plan(intent(), observed, DRIVER)
    assert [difference.path for difference in made.differences] == ["psk"]
    assert not made.change


def test_only_what_differs_is_sent_and_bounces() -> None:
    box = CoolBox()
    box.apply(plan(intent(), DRIVER.parse(box.running()), DRIVER).change)
    box.vpns["t101"]["pfs"] = "ecp384"
    made = plan(intent(), DRIVER.parse(box.running()), DRIVER)
    assert made.change.text == "vpn t101\n pfs modp2048\n"
    assert made.change.bounces == ("t101",)
    assert made.rollback.text == "vpn t101\n pfs ecp384\n"
    source = made.differences[0].source
    assert source is not None
    assert source.text == " pfs ecp384"


def test_the_second_reading_notices_what_the_first_overlooks() -> None:
    text = CoolBox().running()
    assert disagreements(DRIVER, text) == ()
    odd = text.replace("gateway 192.0.2.99", "gateway 192.0.2.99\n gateway 192.0.2.98")
    with pytest.raises(RefusedError, match=r"'192\.0\.2\.98' or '192\.0\.2\.99, 192\.0\.2\.98'"):
        readers_agree("site-a", disagreements(DRIVER, odd))


def test_saved_output_of_other_commands_is_refused() -> None:
    assert (
        DRIVER.show("show vpn", CoolBox().execute("show vpn")).tunnels[0].children[0].packets_in
        == 7
    )
    with pytest.raises(UsageError, match="`show clock` is not read"):
        DRIVER.show("show clock", "")
    with pytest.raises(ParseError, match="not the output of `show vpn`"):
        DRIVER.show("show vpn", "prefix\n")


# --- pushed over SSH


def _push(box: CoolBox) -> Result:
    expected = intents.expectation()
    job = Job(
        site=site(),
        expectation=expected,
        intent=DRIVER.express(intend(site(), expected, Secret(KEY))),
        driver=DRIVER,
        disagreements=(),
        age_seconds=None,
    )
    with server.serve(server.Box(name="branch", hook=box.typed)) as address:
        target = Target(
            site="site-a", host="127.0.0.1", port=address.port, host_key=address.host_key, timeout=5
        )
        who = Credentials(username="admin", password=Secret(server.PASSWORD))
        return push(job, lambda: DRIVER.connect(target, who), Options(wait_seconds=0.2), Watcher())


def test_a_push_verifies_confirms_and_saves() -> None:
    box = CoolBox()
    result = _push(box)
    assert result.outcome is Outcome.PUSHED, result.why
    assert box.vpns["t101"]["gateway"] == "198.51.100.7"
    assert box.guard is None
    assert box.saved == box.running()
    assert _push(box).outcome is Outcome.UNCHANGED


def test_a_push_whose_tunnel_stays_down_is_rolled_back() -> None:
    box = CoolBox(peer_up=False)
    before = box.running()
    result = _push(box)
    assert result.outcome is Outcome.ROLLED_BACK
    assert "did not come up in time" in result.why
    assert box.running() == box.saved == before


def test_a_guard_of_somebody_else_refuses_the_push() -> None:
    box = CoolBox()
    box.execute("guard 30")
    with pytest.raises(RefusedError, match="a guard is armed already"):
        _push(box)
    assert "t101" not in box.vpns


def test_a_cut_configuration_is_never_accepted() -> None:
    box = CoolBox()
    whole = box.running()
    box.running = lambda: whole[: len(whole) // 2]  # type: ignore[method-assign]  # a cut answer
    with pytest.raises(SessionError, match="not complete"):
        _push(box)


def test_the_key_is_sent_but_never_shown() -> None:
    step = Step(text=" key <pre-shared-key>", secret=Secret(KEY))
    change = DRIVER.change((), DRIVER.place(intent(), Observed(driver="cool_os")))
    assert isinstance(change, Change)
    assert step.text in change.text
    assert KEY not in change.text
