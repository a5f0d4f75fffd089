"""Where charon's log is looked for: the very command, in a folder that is a host's root."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from vendors.strongswan import DRIVER
from vendors.strongswan.logs import LOG, recent

LINE = "received AUTHENTICATION_FAILED notify error"
FILE = "/var/log/charon.log"
FORMS = {
    "named": f"charon {{\n  filelog {{\n    debug {{\n      path = {FILE}\n    }}\n  }}\n}}\n",
    "by its path": f"charon {{\n  filelog {{\n    {FILE} {{\n      ike = 2\n    }}\n  }}\n}}\n",
    "on one line": f"charon {{ filelog {{ {FILE} {{ default = 1 }} }} }}\n",
    "path on one line": f"charon {{\n filelog {{ a {{ path = {FILE} }} }}\n}}\n",
}
SILENT = "charon {\n  # filelog { /var/log/a.log {\n  filelog {\n    stderr {\n    }\n  }\n}\n"


def host(root: Path, **files: str) -> None:
    (root / "bin").mkdir(exist_ok=True)
    journal(root, "-- No entries --")
    for name, text in files.items():
        path = root / name.replace("__", ".").replace("_", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def journal(root: Path, text: str) -> None:
    command = root / "bin" / "journalctl"
    command.write_text(f"#!/bin/sh\nprintf '%s\\n' '{text}'\n", encoding="utf-8")
    command.chmod(0o755)


def shown(root: Path) -> str:
    path = f"{root / 'bin'}:{os.environ['PATH']}"
    ran = subprocess.run(  # noqa: S603 -- the command that is tested
        ["/bin/sh", "-c", recent(str(root))],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": path},
    )
    assert ran.stderr == ""
    return ran.stdout


@pytest.mark.parametrize("form", FORMS)
def test_a_file_that_its_settings_name_comes_first(form: str, tmp_path: Path) -> None:
    host(tmp_path, etc_strongswan__conf=FORMS[form], var_log_charon__log=f"08[IKE] {LINE}\n")
    journal(tmp_path, "gw charon[1]: something else")
    assert shown(tmp_path) == f"08[IKE] {LINE}\n"


def test_then_the_journal(tmp_path: Path) -> None:
    host(tmp_path, etc_strongswan__conf=SILENT, var_log_syslog="Nov 22 gw charon: 08[IKE] old\n")
    journal(tmp_path, f"Nov 22 gw charon-systemd[9]: {LINE}")
    assert shown(tmp_path) == f"Nov 22 gw charon-systemd[9]: {LINE}\n"


def test_a_host_without_a_journal_has_syslogs_files(tmp_path: Path) -> None:
    lines = f"Nov 22 gw sshd[7]: Accepted\nNov 22 gw charon: 08[IKE] {LINE}\n"
    host(tmp_path, var_log_messages=lines)
    assert shown(tmp_path) == f"Nov 22 gw charon: 08[IKE] {LINE}\n"
    (tmp_path / "bin" / "journalctl").write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    assert shown(tmp_path) == f"Nov 22 gw charon: 08[IKE] {LINE}\n"


def test_a_host_that_has_none_says_nothing_and_does_not_fail(tmp_path: Path) -> None:
    host(tmp_path)
    assert shown(tmp_path) == ""


def test_only_the_last_lines_are_asked_for(tmp_path: Path) -> None:
    many = "".join(f"Nov 22 gw charon: 08[IKE] {at}\n" for at in range(1_000))
    host(tmp_path, var_log_syslog=many)
    assert len(shown(tmp_path).splitlines()) == 400


def test_it_is_what_the_driver_asks() -> None:
    assert DRIVER.log == LOG == recent()
