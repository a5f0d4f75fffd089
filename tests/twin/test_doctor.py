"""`appliance doctor`: what can be used here is found; what cannot is told with the way to it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from appliance import machine
from appliance.cli import doctor, main
from appliance.twin import needs
from tests.foreground import command

pytestmark = pytest.mark.twin
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    def go(*words: str) -> tuple[int, str]:
        needs.missing.cache_clear()
        needs.way.cache_clear()
        code = main(("doctor", *words))
        return code, capsys.readouterr().out

    yield go
    needs.missing.cache_clear()
    needs.way.cache_clear()


def test_this_machine_can_rehearse(run: Run) -> None:
    code, out = run("rehearse", "bgp", "state", "sign")
    assert code == 0
    assert [line.split()[:2] for line in out.splitlines()] == [
        ["ok", "rehearse"],
        ["ok", "bgp"],
        ["ok", "state"],
        ["ok", "sign"],
    ]


def test_a_part_of_a_package_that_is_not_there_at_all_is_missing(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after `pip install .`: without `azure` there is no `azure.identity` to look for."""
    monkeypatch.delitem(sys.modules, "azure.identity", raising=False)
    monkeypatch.setitem(sys.modules, "azure", None)
    code, out = run("azure")
    assert code == 1
    assert "no  azure " in out
    assert "- pip install 'appliance[azure]'" in out


def test_what_is_missing_is_told_with_both_ways_to_it(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(machine, "PLUGINS", (str(tmp_path),))
    code, out = run("rehearse")
    assert code == 1
    assert "not installed: strongSwan's plugin kernel-libipsec, " in out
    packages = "libcharon-extra-plugins libstrongswan-standard-plugins strongswan-swanctl"
    assert f"- as root: apt-get install --no-install-recommends {packages}\n" in out
    assert "strongswan-libcharon strongswan-swanctl; dpkg -x FILE DIR with each; then set" in out


def test_a_machine_without_bird_is_told_the_package(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(needs, "BGP", {"bird-of-paradise": "bird2"})
    code, out = run("rehearse", "bgp")
    assert code == 1
    assert out.startswith("ok  rehearse ")
    assert "not installed: bird-of-paradise (apt-get install --no-install-recommends bird2)" in out
    assert "apt-get download bird2 libssh-gcrypt-4; dpkg -x FILE DIR with each" in out


def test_what_only_some_verbs_need_fails_nothing_else(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(needs, "find_spec", lambda _: None)
    code, out = run("-o", "json")
    told = json.loads(out)
    parts = {one["part"]: one for one in told["parts"]}
    assert (code, told["works"], told["schema"]) == (0, True, "appliance/doctor/1")
    assert list(parts) == list(doctor._PARTS)
    assert parts["rehearse"]["works"] is False
    assert parts["rehearse"]["how"] == ["pip install 'appliance[twin]'"]


def test_a_state_directory_that_cannot_be_used_fails(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    code, out = run()
    assert code == 1
    assert out.startswith("NO  state ")
    assert "or point XDG_STATE_HOME elsewhere" in out


def test_namespaces_that_are_forbidden_are_told_with_the_setting(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    less = ("setpriv", "--bounding-set", "-sys_admin", "--inh-caps", "-sys_admin")
    monkeypatch.setattr(needs, "_WAYS", ((*less, *needs._WAYS[0]),))
    held = Path("/proc/sys/user/max_user_namespaces").read_text(encoding="ascii").strip()
    monkeypatch.setattr(needs, "_FORBIDS", {"user.max_user_namespaces": held})
    code, out = run("rehearse")
    assert code == 1
    assert "namespaces are not permitted here: unshare" in out
    assert f"- user.max_user_namespaces is {held}, which forbids them to ordinary users" in out
    assert "--cap-add SYS_ADMIN" in out


def test_a_part_that_is_none(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("rehearsal")[0] == 64
    del capsys


_TRY = """\
from appliance.twin import missing, rehearse
from tests.twin.cases import subject
assert missing() == "", missing()
found = rehearse(subject("cisco_ios"))
assert found.works and found.outcome is not None, found
print("works")
"""


def test_unpacked_packages_do_where_none_is_installed(tmp_path: Path) -> None:
    """The installed copy is hidden in a mount namespace, and only an unpacked one is there."""
    folder = tmp_path / "unpacked"
    shutil.copytree("/usr/lib/ipsec", folder / "usr/lib/ipsec", symlinks=True)
    (folder / "usr/sbin").mkdir(parents=True)
    shutil.copy("/usr/sbin/charon-systemd", folder / "usr/sbin")
    hide = (
        "mount -t tmpfs none /usr/lib/ipsec && mount --bind /dev/null /usr/sbin/charon-systemd && "
        'exec "$@"'
    )
    root = Path(__file__).resolve().parents[2]
    hidden = ["unshare", "--mount", "bash", "-c", hide, "hidden"]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    refused = subprocess.run(  # noqa: S603 -- our own words
        [*hidden, *command("doctor", "rehearse")],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (refused.returncode, refused.stdout[:3]) == (1, "no ")
    done = subprocess.run(  # noqa: S603 -- our own words
        [*hidden, sys.executable, "-c", _TRY],
        env={**environment, "APPLIANCE_TWIN_PACKAGES": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "works\n"), done.stderr
