"""Signed plans: who may sign them, and that nothing else passes; by the real ssh-keygen."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance import cli, journal, planfile
from appliance.errors import RefusedError
from tests.planfile.plans import written
from tests.push.stage import SITES, Stage, stage


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed plan, the signer's key and a file that allows it."""

    plan: Path
    key: Path
    signers: Path

    @property
    def signature(self) -> Path:
        return Path(f"{self.plan}.sig")

    def verify(self) -> planfile.Signer:
        return planfile.verify(self.plan.read_bytes(), str(self.signature), str(self.signers))

    def allow(self, *words: str) -> None:
        """Let the file of allowed signers have this one line for the key."""
        kind, key, *_ = Path(f"{self.key}.pub").read_text(encoding="ascii").split()
        self.signers.write_text(" ".join((*words, kind, key)) + "\n", encoding="ascii")
        self.signers.chmod(0o600)


def _keygen(*words: str) -> str:
    run = subprocess.run(  # noqa: S603 -- our own words
        ("/usr/bin/ssh-keygen", *words), check=True, capture_output=True, timeout=30
    )
    return run.stdout.decode()


def _key(path: Path, kind: str = "ed25519") -> Path:
    _keygen("-q", "-t", kind, "-N", "", "-C", "", "-f", str(path))
    return path


@pytest.fixture
def signed(tmp_path: Path) -> Signed:
    made = Signed(written(tmp_path), _key(tmp_path / "key"), tmp_path / "allowed")
    made.allow("alice@example.net", 'namespaces="appliance-plan"')
    assert planfile.sign(str(made.plan), str(made.key)) == str(made.signature)
    return made


def test_the_signer_is_named(signed: Signed) -> None:
    signer = signed.verify()
    assert signer.name == "alice@example.net"
    listed = _keygen("-lf", f"{signed.key}.pub")
    assert signer.key == listed.split()[1]


def test_one_of_several_principals_and_a_pattern_are_allowed(signed: Signed) -> None:
    signed.allow("night@example.net,*@example.org")
    assert signed.verify().name == "night@example.net"
    signed.allow("*@example.org")
    assert signed.verify().name == "*@example.org"


@pytest.mark.parametrize("kind", ["ecdsa", "rsa"])
def test_other_kinds_of_keys_sign(kind: str, tmp_path: Path) -> None:
    made = Signed(written(tmp_path), _key(tmp_path / "key", kind), tmp_path / "allowed")
    made.allow("bob")
    planfile.sign(str(made.plan), str(made.key))
    assert made.verify().name == "bob"


def test_another_key_is_not_allowed(signed: Signed, tmp_path: Path) -> None:
    stranger = Signed(signed.plan, _key(tmp_path / "other"), signed.signers)
    stranger.allow("carol@example.net")
    with pytest.raises(RefusedError, match="is not allowed: No principal matched"):
        signed.verify()


def test_a_key_whose_time_is_over_or_has_not_come_is_not_allowed(signed: Signed) -> None:
    signed.allow("alice@example.net", 'valid-before="20200101Z"')
    with pytest.raises(RefusedError, match=r"is not allowed: .*key has expired"):
        signed.verify()
    signed.allow("alice@example.net", 'valid-after="20900101Z"')
    with pytest.raises(RefusedError, match=r"is not allowed: .*not yet valid"):
        signed.verify()


def test_a_key_for_something_else_is_not_allowed(signed: Signed) -> None:
    signed.allow("alice@example.net", 'namespaces="git"')
    with pytest.raises(RefusedError, match=r"is not allowed: .*namespace"):
        signed.verify()


def test_what_was_signed_for_something_else_is_not_a_signature_of_a_plan(signed: Signed) -> None:
    signed.signature.unlink()
    _keygen("-Y", "sign", "-f", str(signed.key), "-n", "git", str(signed.plan))
    with pytest.raises(RefusedError, match=r"the signature is not of this plan: .*namespace"):
        signed.verify()


def test_without_a_signature_or_signers_nothing_is_verified(signed: Signed) -> None:
    signed.signers.chmod(0o666)
    with pytest.raises(RefusedError, match="allowed signers cannot be used: others may write it"):
        signed.verify()
    signed.signers.unlink()
    with pytest.raises(RefusedError, match="allowed signers cannot be used: No such file"):
        signed.verify()
    signed.signature.write_text("nothing\n", encoding="ascii")
    signed.allow("alice@example.net")
    with pytest.raises(RefusedError, match="the signature is not of this plan"):
        signed.verify()
    signed.signature.unlink()
    with pytest.raises(RefusedError, match="there is no signature: No such file"):
        signed.verify()


def test_the_signature_of_another_plan_is_none(signed: Signed, tmp_path: Path) -> None:
    folder = tmp_path / "b"
    folder.mkdir()
    other = written(folder)
    other.write_bytes(other.read_bytes().replace(b'"site-a"', b'"site-b"', 1))
    with pytest.raises(RefusedError, match="the signature is not of this plan"):
        planfile.verify(other.read_bytes(), str(signed.signature), str(signed.signers))


@given(data=st.data())
@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_changed_byte_of_a_signed_plan_is_refused(signed: Signed, data: st.DataObject) -> None:
    held = bytearray(signed.plan.read_bytes())
    at = data.draw(st.integers(0, len(held) - 1))
    held[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(RefusedError, match="the signature is not of this plan"):
        planfile.verify(bytes(held), str(signed.signature), str(signed.signers))


def test_without_openssh_it_says_what_to_install(
    signed: Signed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RefusedError, match="ssh-keygen is not installed") as refused:
        signed.verify()
    assert "openssh-client" in refused.value.hint


def test_a_key_that_cannot_sign_is_said(tmp_path: Path) -> None:
    plan = written(tmp_path)
    with pytest.raises(RefusedError, match=r"it could not be signed: .*No such file"):
        planfile.sign(str(plan), str(tmp_path / "absent"))
    assert not Path(f"{plan}.sig").exists()


def test_a_signature_is_not_written_over(signed: Signed) -> None:
    with pytest.raises(RefusedError, match="is there already"):
        planfile.sign(str(signed.plan), str(signed.key))


def _main(site: Stage, verb: str, *words: str) -> int:
    return cli.main([verb, *words, "-i", str(site.inventory)])


@pytest.mark.parametrize("driver", SITES)
def test_a_site_that_asks_for_signed_plans_takes_nothing_else(
    driver: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    allowed, plan = tmp_path / "allowed", tmp_path / "one.plan"
    key = _key(tmp_path / "key")
    with stage(driver, tmp_path, require_signed_plan=str(allowed)) as site:
        made = Signed(plan, key, allowed)
        made.allow("alice@example.net")
        held = site.read()
        assert _main(site, "push", site.site, "--dry-run") == 2
        assert _main(site, "push", site.site, "--yes") == 4
        assert "pushed by signed plan files only" in capsys.readouterr().err
        assert _main(site, "plan", site.site, "--out", str(plan)) == 2
        assert _main(site, "push", "--plan", str(plan), "--yes") == 4
        assert "there is no signature" in capsys.readouterr().err
        planfile.sign(str(plan), str(_key(tmp_path / "other")))
        assert _main(site, "push", "--plan", str(plan), "--yes") == 4
        assert "which is not allowed" in capsys.readouterr().err
        assert site.read() == held
        made.signature.unlink()
        planfile.sign(str(plan), str(key))
        assert _main(site, "push", "--plan", str(plan), "--yes", "-o", "json", "--no-wait") == 0
        told = json.loads(capsys.readouterr().out)
        assert "signed by alice@example.net with SHA256:" in told["approval"]
        (entry,) = journal.history(site.site)
        assert "signed by alice@example.net with SHA256:" in journal.texts(entry.id)["approval"]
        assert cli.main(["history", site.site, "--show", str(entry.id), "approval"]) == 0
        assert "signed by alice@example.net" in capsys.readouterr().out


def test_the_inventorys_signers_are_not_replaced_on_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    allowed, mine = tmp_path / "allowed", tmp_path / "mine"
    plan = tmp_path / "one.plan"
    with stage("cisco_ios", tmp_path, require_signed_plan=str(allowed)) as site:
        Signed(plan, _key(tmp_path / "key"), mine).allow("mallory")
        Signed(plan, _key(tmp_path / "good"), allowed).allow("alice")
        words = ("--out", str(plan), "--sign", str(tmp_path / "key"))
        assert _main(site, "plan", site.site, *words) == 2
        assert _main(site, "push", "--plan", str(plan), "--signers", str(mine), "--yes") == 64
    assert "has allowed signers of its own" in capsys.readouterr().err


def test_signers_are_checked_also_where_the_site_does_not_ask(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, allowed = tmp_path / "one.plan", tmp_path / "allowed"
    with stage("cisco_ios", tmp_path) as site:
        made = Signed(plan, _key(tmp_path / "key"), allowed)
        made.allow("alice@example.net")
        words = ("--out", str(plan), "--sign", str(made.key))
        assert _main(site, "plan", site.site, *words) == 2
        data = plan.read_bytes()
        plan.write_bytes(data.replace(b'"gates": []', b'"gates": ["weak-crypto"]'))
        checked = ("push", "--plan", str(plan), "--signers", str(allowed), "--yes")
        assert _main(site, *checked) == 4
        assert "the signature is not of this plan" in capsys.readouterr().err
        plan.write_bytes(data)
        assert _main(site, *checked, "--no-wait") == 0
        assert "signed by alice@example.net" in capsys.readouterr().err
