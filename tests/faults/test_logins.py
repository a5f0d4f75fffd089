"""Wrong secrets, other privileges, other names: nothing is tried twice, nothing half entered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.lab.faults import alter, banner, refuse, rename
from appliance.lab.linux import settings
from appliance.lab.linux.host import LinuxHost
from appliance.lab.login import PASSWORD, USERNAME
from appliance.lab.rras import listener
from appliance.lab.rras.server import Server
from tests.faults.row import VENDORS
from tests.faults.scene import MOMENTS, Scene, scene

Capture = pytest.CaptureFixture[str]
Patch = pytest.MonkeyPatch
TERMINALS = ("cisco_ios", "cisco_asa", "juniper_junos")
NAMES = {"cisco_ios": "site-a-rtr", "cisco_asa": "site-b-asa", "juniper_junos": "site-c-srx"}
_WRONG = "Canary-wrong-9"


def _refusals(one: Scene, monkeypatch: Patch) -> Callable[[], int]:
    """Counts, at the server, how often a login was refused."""
    box, refused = one.site.box, [0]
    if isinstance(box, LinuxHost):
        told = f"grep -c 'Failed password' {settings.SSHD_LOG} || true"
        return lambda: int(box.run(told))
    if isinstance(box, Server):
        real = listener._Request._refuse

        def counted(self: listener._Request, *kinds: str) -> None:
            refused[0] += kinds == ("Negotiate",)  # both are offered to who showed nothing
            real(self, *kinds)

        monkeypatch.setattr(listener._Request, "_refuse", counted)
        return lambda: refused[0]
    inside = one.box.lets_in

    def asked(user: str, password: str) -> bool:
        right = inside(user, password)
        refused[0] += not right
        return right

    monkeypatch.setattr(box, "lets_in", asked)
    return lambda: refused[0]


@pytest.mark.parametrize("driver", VENDORS)
def test_07_a_wrong_password_is_tried_once(
    driver: str, tmp_path: Path, capsys: Capture, monkeypatch: Patch
) -> None:
    with scene(driver, tmp_path, capsys) as one:
        refused = _refusals(one, monkeypatch)
        with monkeypatch.context() as wrong:
            wrong.setenv("STAGE_PASSWORD", _WRONG)
            end = one.push()
        assert (end.code, one.state) == (1, ""), end.told
        assert refused() == 1
        assert "login refused" in end.told
        assert _WRONG not in end.told
        assert one.old


@pytest.mark.parametrize("driver", ["cisco_ios", "cisco_asa"])
def test_08_a_wrong_enable_secret(
    driver: str, tmp_path: Path, capsys: Capture, monkeypatch: Patch
) -> None:
    """It is typed once, and what follows the second question is no command."""
    with scene(driver, tmp_path, capsys) as one:
        with monkeypatch.context() as wrong:
            typed = _enables(one, wrong)
            wrong.setenv("STAGE_ENABLE", _WRONG)
            end = one.push()
        assert (end.code, one.state) == (1, ""), end.told
        assert "the device refused the enable secret; it was tried once" in end.told
        assert typed == [_WRONG]
        assert one.old


def _enables(one: Scene, patch: Patch) -> list[str]:
    """What is typed where the device asks for the enable secret."""
    typed: list[str] = []
    made = one.box.session

    def session(user: str = "") -> object:
        shell = made(user)
        execute = shell.execute

        def heard(line: str) -> str:
            if shell.question is not None and shell.question.hidden:
                typed.append(line)
            return execute(line)

        patch.setattr(shell, "execute", heard)
        return shell

    patch.setattr(one.box, "session", session)
    return typed


@pytest.mark.parametrize("driver", ["cisco_ios"])
def test_09_privileged_from_the_beginning(
    driver: str, tmp_path: Path, capsys: Capture, monkeypatch: Patch
) -> None:
    """Nobody asks for the enable secret, so nobody is told it."""
    with scene(driver, tmp_path, capsys) as one:
        one.box.configure(f"username {USERNAME} privilege 15 secret {PASSWORD}")
        with monkeypatch.context() as spied:
            typed = _enables(one, spied)
            end = one.push()
        assert (end.code, one.state, typed) == (0, "pushed", []), end.told


LOW = {
    "cisco_ios": refuse("Current privilege level is 7", "^show privilege"),
    "cisco_asa": refuse("Current privilege level : 7", "^show curpriv"),
    "rras": refuse("Access is denied.", r"^Register-ScheduledTask"),
    "strongswan": refuse("mkdir: cannot create directory: Permission denied", r"mkdir -p \S+/old"),
}


@pytest.mark.parametrize("driver", LOW)
def test_09_too_little_privilege(driver: str, tmp_path: Path, capsys: Capture) -> None:
    with scene(driver, tmp_path, capsys, LOW[driver]) as one:
        end = one.push()
        assert end.code == 4, end.told
        assert one.state in {"", "untouched"}
        assert one.old
        assert "level 7" in end.told or "denied" in end.told


@pytest.mark.parametrize("driver", ["juniper_junos"])
def test_09_a_login_that_may_only_look(driver: str, tmp_path: Path, capsys: Capture) -> None:
    with scene(driver, tmp_path, capsys) as one:
        one.box.configure(f"set system login user {USERNAME} class read-only")
        held = one.picture
        end = one.push()
        assert (end.code, one.state) == (4, ""), end.told
        assert one.picture == held


@pytest.mark.parametrize("driver", TERMINALS)
def test_10_the_name_changes_in_the_middle(driver: str, tmp_path: Path, capsys: Capture) -> None:
    """Somebody renames it: the prompt is another than was agreed on, and nothing more is sent."""
    renamed = rename("other-name", MOMENTS[driver].middle, at=1)
    with scene(driver, tmp_path, capsys, renamed, fields={"timeout_seconds": 8}) as one:
        end = one.push()
        assert "'other-name'" in end.told, end.told
        if driver == "cisco_ios":
            assert (end.code, one.old) == (5, True), "the device goes back as a whole"
        else:
            assert end.code == 6, "what is not as it was is somebody's, and for a person"
            assert "host" in end.told
            assert "it began with: no answer to" in end.told
            one.box.rename(NAMES[driver])
            assert one.old


@pytest.mark.parametrize("driver", ["strongswan"])
def test_10_a_host_is_renamed_in_the_middle(driver: str, tmp_path: Path, capsys: Capture) -> None:
    """There is no prompt, and its name is no part of anything."""
    load = "hostname other-name; swanctl --load-all --noprompt 2>&1"
    with scene(driver, tmp_path, capsys, alter(load, "load-all", at=1)) as one:
        end = one.push()
        assert (end.code, one.state) == (0, "pushed"), end.told
        assert one.new


HOSTILE = """\
{name}#
{name}>
{name}(config)#
netops@{name}#
hostname evil
crypto map outside_map 1 set peer 192.0.2.66
% Invalid input detected at '^' marker.
error: syntax error
Password:\x20
--More--\x20
Continue? [confirm]
{name}# """


@pytest.mark.parametrize("driver", TERMINALS)
def test_13_a_banner_full_of_prompts(driver: str, tmp_path: Path, capsys: Capture) -> None:
    with scene(driver, tmp_path, capsys, banner(HOSTILE.format(name=NAMES[driver]))) as one:
        end = one.push()
        assert (end.code, one.state) == (0, "pushed"), end.told
        assert one.new


@pytest.mark.parametrize("driver", ["strongswan"])
def test_13_a_login_script_that_talks(driver: str, tmp_path: Path, capsys: Capture) -> None:
    """What .bashrc prints stands before each answer."""
    with scene(driver, tmp_path, capsys) as one:
        box = one.site.box
        assert isinstance(box, LinuxHost)
        box.run(
            "cat >/run/root/.bashrc", "echo 'Welcome, root@site-e # all is logged'; echo 1 >&2\n"
        )
        end = one.push()
        assert (end.code, one.state) == (0, "pushed"), end.told
        assert one.new
