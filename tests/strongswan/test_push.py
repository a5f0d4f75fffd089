"""Pushes to a host whose charon is real, against a real charon that plays Azure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest

from appliance.compare import compare
from appliance.driver import Driver, load
from appliance.errors import CommandRefused, RefusedError, RollbackError, SessionError
from appliance.intend import intend
from appliance.job import Job
from appliance.lab import faults
from appliance.model.algorithms import DhGroup, Encryption, IkeVersion, Integrity
from appliance.model.change import Change, Step
from appliance.model.intent import Intent
from appliance.model.secret import Secret
from appliance.model.state import SaStatus
from appliance.model.tunnel import TrafficSelector
from appliance.push import Options, Outcome, Result, Watcher, push
from appliance.session import Session
from tests.strongswan.charon import AZURE, BOX, PAIRS, Sandbox, sandbox
from tests.vendors import intents
from vendors.strongswan import guard
from vendors.strongswan.deliver import deliver
from vendors.strongswan.session import connect
from vendors.strongswan.transaction import transaction

pytestmark = pytest.mark.twin

KEY = r'a"quoted"key,with\#{}=and$(more)'
DRIVER: Driver = load("strongswan")

EXPECTED = r"""
connections {{ site {{
  version = {version}
  encap = yes
  local_addrs = {azure}
  remote_addrs = {box}
  proposals = {ike}
  local {{ auth = psk
    id = {azure} }}
  remote {{ auth = psk
    id = {box} }}
  children {{ {children} }}
}} }}
secrets {{ ike-site {{ id = {box}
  secret = "{key}" }} }}
"""
"""Azure's side, written by hand: it shares nothing with what is tested."""

QUOTED = KEY.replace("\\", "\\\\").replace('"', '\\"')


def _expected(
    *,
    ike: str = "aes256-sha256-modp2048",
    esp: str = "aes256gcm16-modp2048",
    version: int = 2,
    key: str = QUOTED,
    selectors: tuple[tuple[str, str], ...] = (),
) -> str:
    children = "\n".join(
        f"c{at} {{\n local_ts = {remote}\n remote_ts = {local}\n esp_proposals = {esp}\n }}"
        for at, (local, remote) in enumerate(selectors or PAIRS)
    )
    return EXPECTED.format(
        version=version, azure=AZURE, box=BOX, ike=ike, children=children, key=key
    )


@pytest.fixture(scope="module")
def world() -> Iterator[Sandbox]:
    with sandbox() as made:
        yield made


@pytest.fixture
def host(world: Sandbox) -> Iterator[Sandbox]:
    """The sandbox with nothing configured on either side."""
    yield world
    world.session.run("rm -rf /etc/swanctl/conf.d/* /var/lib/appliance")
    world.session.run("swanctl --load-all --clear")
    world.session.execute("swanctl --terminate --ike site-a-1 --force --timeout 2", "")


@pytest.fixture(autouse=True)
def _own_state(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


def _intent(**changes: object) -> Intent:
    pairs = tuple(
        TrafficSelector(local=local, remote=remote)
        for local in intents.expectation().on_premises.prefixes
        for remote in intents.expectation().vnet_prefixes
    )
    asked = {"policy_based": True, "selectors": pairs, **changes}
    made = intend(intents.site("strongswan"), intents.expectation(**asked), Secret(KEY))
    return DRIVER.express(made)


def _job(host: Sandbox, intent: Intent, **asked: object) -> Job:
    site = intents.site("strongswan")
    device = replace(site.device, host="127.0.0.1", port=host.target.port, username="root")
    return Job(
        site=replace(site, device=device),
        expectation=intents.expectation(**asked),
        intent=intent,
        driver=DRIVER,
        disagreements=(),
        age_seconds=None,
    )


class Recorder(Watcher):
    """What the operator sees."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def said(self, text: str) -> None:
        self.words.append(text)

    def sent(self, step: Step) -> None:
        self.words.append(step.text)


def _push(
    host: Sandbox, intent: Intent, wait: float = 15.0, **asked: object
) -> tuple[Result, Recorder]:
    """Push it; `asked` is what Azure expects other than usually."""
    seen = Recorder()
    options = Options(minutes=1, wait_seconds=wait)
    job = _job(host, intent, **asked)
    result = push(job, lambda: connect(host.target, host.credentials), options, seen)
    return result, seen


def _files(host: Sandbox) -> str:
    return host.session.run("ls /etc/swanctl/conf.d")


def test_a_tunnel_comes_up_and_carries_what_was_asked(host: Sandbox) -> None:
    host.expect(_expected())
    result, seen = _push(host, _intent())
    assert result.outcome is Outcome.PUSHED, result.why
    assert KEY not in "\n".join(seen.words)
    with connect(host.target, host.credentials) as session:
        observed = DRIVER.parse(DRIVER.read(session))
        assert compare(_intent(), observed) == ()
        state = DRIVER.state(session, observed.tunnels)
        assert KEY not in session.transcript
        assert QUOTED not in session.transcript
    (peer,) = state.tunnels
    assert (peer.ike, peer.child, str(peer.remote)) == (SaStatus.UP, SaStatus.UP, AZURE)
    assert (peer.encryption, peer.integrity, peer.group) == (
        Encryption.AES256,
        Integrity.SHA256,
        DhGroup.MODP2048,
    )
    assert {str(child.selector) for child in peer.children} == {f"{a} <-> {b}" for a, b in PAIRS}
    assert {child.encryption for child in peer.children} == {Encryption.AES256GCM}
    assert host.session.run("stat -c %a /etc/swanctl/conf.d/appliance-site-a-1.conf") == "600\n"
    again, _ = _push(host, _intent())
    assert again.outcome is Outcome.UNCHANGED


FAULTS = {
    "another key": _expected(key="not that key"),
    "another group": _expected(ike="aes256-sha256-ecp384"),
    "another cipher": _expected(ike="aes128-sha256-modp2048"),
    "another cipher for the child": _expected(esp="aes256-sha1"),
    "other networks": _expected(selectors=(("10.99.0.0/16", "10.98.0.0/16"),)),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_azure_does_not_take_is_seen_down_and_taken_back(host: Sandbox, fault: str) -> None:
    host.expect(FAULTS[fault])
    result, _ = _push(host, _intent(), wait=0.2)
    assert result.outcome is Outcome.ROLLED_BACK
    assert "did not come up" in result.why
    rungs = {finding.rung.value for finding in result.findings if finding.verdict == "failed"}
    assert rungs & {"ike", "child"}
    assert _files(host) == ""
    assert host.session.run("swanctl --list-conns") == ""
    assert host.session.run("swanctl --list-sas") == ""


def test_a_change_renegotiates_and_a_failure_brings_the_old_tunnel_back(host: Sandbox) -> None:
    host.expect(_expected())
    first, _ = _push(host, _intent())
    assert first.outcome is Outcome.PUSHED, first.why
    before = host.session.run("cat /etc/swanctl/conf.d/*")

    stronger = intents.custom(
        (Encryption.AES256GCM, Integrity.SHA384, DhGroup.ECP384),
        (Encryption.AES256GCM, Integrity.NONE, DhGroup.ECP384),
    )
    refused, _ = _push(host, _intent(policy=stronger), wait=0.2, policy=stronger)
    assert refused.outcome is Outcome.ROLLED_BACK
    assert host.session.run("cat /etc/swanctl/conf.d/*") == before

    host.expect(_expected(ike="aes256gcm16-prfsha384-ecp384", esp="aes256gcm16-ecp384"))
    second, seen = _push(host, _intent(policy=stronger), policy=stronger)
    assert second.outcome is Outcome.PUSHED, second.why
    assert any("proposals = aes256gcm16-prfsha384-ecp384" in word for word in seen.words)
    with connect(host.target, host.credentials) as session:
        (peer,) = DRIVER.state(session, second.plan.target).tunnels
    assert (peer.encryption, peer.group) == (Encryption.AES256GCM, DhGroup.ECP384)


def test_ikev1_comes_up(host: Sandbox) -> None:
    host.expect(_expected(version=1, ike="aes256-sha1-modp2048", esp="aes256-sha256"))
    old = intents.custom(
        (Encryption.AES256, Integrity.SHA1, DhGroup.MODP2048),
        (Encryption.AES256, Integrity.SHA256, None),
    )
    intent = _intent(ike_version=IkeVersion.V1, policy=old)
    result, _ = _push(host, intent, ike_version=IkeVersion.V1, policy=old)
    assert result.outcome is Outcome.PUSHED, result.why
    with connect(host.target, host.credentials) as session:
        (peer,) = DRIVER.state(session, result.plan.target).tunnels
    assert (peer.ike_version, peer.child) == (IkeVersion.V1, SaStatus.UP)


def test_traffic_is_counted(host: Sandbox) -> None:
    host.expect(_expected())
    result, _ = _push(host, _intent())
    assert result.outcome is Outcome.PUSHED, result.why
    address = "('10.21.0.1', 9)"
    send = f"s.bind(('10.11.0.1', 0)); s.sendto(b'x' * 100, {address})"
    host.session.run(f'python3 -c "import socket; s = socket.socket(2, 2); {send}"')
    with connect(host.target, host.credentials) as session:
        (peer,) = DRIVER.state(session, result.plan.target).tunnels
    sent = {str(child.selector): child.packets_out for child in peer.children}
    assert sent["10.11.0.0/16 <-> 10.21.0.0/16"] == 1
    assert sent["10.11.0.0/16 <-> 10.20.0.0/16"] == 0


def test_a_host_that_is_left_alone_goes_back_by_itself(host: Sandbox) -> None:
    """The guard's script runs when its time is over, here at once: nobody confirms."""
    host.expect(_expected())
    target = DRIVER.place(_intent(), DRIVER.parse("# file: /etc/swanctl/swanctl.conf\n"))
    change, rollback = DRIVER.change((), target), DRIVER.change(target, ())
    with connect(host.target, host.credentials) as session:
        guard.arm(session, rollback, 1)
        with pytest.raises(RefusedError, match="another change waits"):
            guard.check_free(guard.look(session), session.prompt)
        deliver(session, change, None)
        assert "site-a-1" in session.run("swanctl --list-conns")
        session.run(
            "setsid sh -c 'sleep 0.1; exec sh /var/lib/appliance/guard/restore' >/dev/null 2>&1 &"
        )
        session.run("until [ -e /var/lib/appliance/guard/reverted ]; do sleep 0.05; done")
        assert session.run("swanctl --list-conns; swanctl --list-sas; ls /etc/swanctl/conf.d") == ""
        with pytest.raises(SessionError, match="gone back by itself"):
            guard.confirm(session)
        assert guard.go_back(session, rollback) == ""  # stops what still waits
    waiting = host.session.run("ps axo stat,args | grep '^[^Z].*[s]leep 60' || true")
    assert waiting == ""


def _by_hand(host: Sandbox, wrong: str, meanwhile: Callable[[Session], None]) -> None:
    """A change that ends without its confirmation, after something has happened."""
    target = DRIVER.place(_intent(), DRIVER.parse("# file: /etc/swanctl/swanctl.conf\n"))
    change, rollback = DRIVER.change((), target), DRIVER.change(target, ())
    steps = (replace(step, text=step.text.replace("-sha256-", wrong)) for step in change.steps)

    def again() -> AbstractContextManager[Session]:
        return connect(host.target, host.credentials)

    with (
        again() as session,
        transaction(session, rollback=rollback, minutes=1, reconnect=again) as guarded,
    ):
        assert "waiting shell" in guarded.protection
        guarded.apply(Change(steps=tuple(steps)))
        meanwhile(session)


def test_a_lost_session_is_replaced_and_the_host_brought_back(host: Sandbox) -> None:
    def interrupted(session: Session) -> None:
        session.close()
        raise KeyboardInterrupt

    host.expect(_expected())
    with pytest.raises(KeyboardInterrupt):
        _by_hand(host, "-sha256-", interrupted)
    assert _files(host) == ""
    assert host.session.run("swanctl --list-conns") == ""


def test_a_host_that_cannot_be_brought_back_is_said_to_be_unknown(host: Sandbox) -> None:
    def meddle(session: Session) -> None:
        session.run("echo '# by another hand' >>/etc/swanctl/swanctl.conf")

    with pytest.raises(RollbackError) as caught:
        _by_hand(host, "-sha256-", meddle)
    assert "/etc/swanctl/swanctl.conf" in str(caught.value)
    host.session.run("echo 'include conf.d/*.conf' >/etc/swanctl/swanctl.conf")


def test_what_charon_refuses_stops_the_push(host: Sandbox) -> None:
    """A connection that does not load is told in charon's words, and nothing stays."""
    with pytest.raises(CommandRefused, match=r"sha257|proposals") as caught:
        _by_hand(host, "-sha257-", lambda _session: None)
    assert "plugin" not in caught.value.answer
    assert KEY not in str(caught.value)
    assert _files(host) == ""


def test_no_charon_no_push(host: Sandbox) -> None:
    with connect(host.target, host.credentials) as session:
        session.run("mv /run/charon.vici /run/hidden")
        try:
            assert DRIVER.ready is not None
            with pytest.raises(RefusedError, match="charon cannot be asked"):
                DRIVER.ready(session, 5)
        finally:
            session.run("mv /run/hidden /run/charon.vici")


def test_a_tunnel_interface_needs_networkd(host: Sandbox) -> None:
    asked = intend(intents.site("strongswan"), intents.expectation(), Secret(KEY))
    result_of = _job(host, DRIVER.express(asked))
    with pytest.raises(RefusedError, match="systemd-networkd"):
        push(
            result_of,
            lambda: connect(host.target, host.credentials),
            Options(minutes=1),
            Watcher(),
        )
    assert _files(host) == ""


def test_a_tunnel_made_by_hand_is_not_taken_over(host: Sandbox) -> None:
    by_hand = _expected().replace(f"remote_addrs = {BOX}", f"remote_addrs = {AZURE}")
    host.session.execute("cat >/etc/swanctl/conf.d/azure.conf", by_hand)
    with pytest.raises(RefusedError, match=r"not ours: /etc/swanctl/conf\.d/azure\.conf"):
        _push(host, _intent())


def test_the_host_tells_who_it_is(host: Sandbox) -> None:
    with connect(host.target, host.credentials) as session:
        facts = DRIVER.identify(session)
    assert facts.hostname == host.session.run("uname -n").strip()
    assert facts.version == "5.9.8" or (facts.version or "").startswith(("5.", "6."))
    assert facts.uptime_seconds


def test_a_large_file_and_odd_names_are_read_whole(host: Sandbox) -> None:
    """Includes of includes, names with blanks, and more text than one packet holds."""
    host.session.run("mkdir -p '/etc/swanctl/conf.d/my sites'")
    comment = "# filler\n" * 40_000
    host.session.execute("cat >'/etc/swanctl/conf.d/my sites/a.conf'", comment + "pools { }\n")
    host.session.execute("cat >/etc/swanctl/conf.d/b.conf", 'include "my sites/*.conf"\n')
    with connect(host.target, host.credentials) as session:
        text = DRIVER.read(session)
    assert text.count("# filler") == 40_000
    assert "# file: /etc/swanctl/conf.d/my sites/a.conf" in text


SYSTEMD_RUN = """\
#!/bin/sh
for word; do case "$word" in
  --on-active=*) seconds=${word#*=} ;;
  --unit=*) unit=${word#*=} ;;
esac; done
setsid sh -c "sleep $seconds; exec sh /var/lib/appliance/guard/restore" </dev/null >/dev/null 2>&1 &
echo $! >/run/$unit.timer
"""
SYSTEMCTL = """\
#!/bin/sh
case "$1 $2" in
  "is-active --quiet") [ -e /run/$3 ] ;;
  "stop appliance-guard.timer") kill -- -$(cat /run/$2) && rm /run/$2 ;;
esac
"""


def test_with_systemd_the_guard_is_a_timer_of_its(host: Sandbox) -> None:
    """Programs that stand for systemd's: what they are told is what counts here."""
    for name, text in (("systemd-run", SYSTEMD_RUN), ("systemctl", SYSTEMCTL)):
        host.session.execute(f"cat >/run/{name}; chmod 755 /run/{name}", text)
        host.session.run(f"mount --bind /run/{name} /usr/bin/{name}")
    host.session.run("mkdir -p /run/systemd/system")
    host.expect(_expected())
    target = DRIVER.place(_intent(), DRIVER.parse("# file: /etc/swanctl/swanctl.conf\n"))
    try:
        with connect(host.target, host.credentials) as session:
            assert DRIVER.ready is not None
            assert "a systemd timer" in DRIVER.ready(session, 5)
            guard.arm(session, DRIVER.change(target, ()), 1)
            session.run("[ -e /run/appliance-guard.timer ]")
            deliver(session, DRIVER.change((), target), None)
            guard.confirm(session)
            session.run("[ ! -e /run/appliance-guard.timer ]")
        assert _files(host) == "appliance-site-a-1.conf\n"
    finally:
        host.session.run(
            "rmdir /run/systemd/system; umount /usr/bin/systemctl /usr/bin/systemd-run"
        )


def test_what_waits_for_a_dial_is_woken_and_not_dialled_twice(host: Sandbox) -> None:
    host.expect(_expected())
    target = DRIVER.place(_intent(), DRIVER.parse("# file: /etc/swanctl/swanctl.conf\n"))
    with connect(host.target, host.credentials) as session:
        deliver(session, DRIVER.change((), target), None)
        session.run("until swanctl --list-sas | grep -q INSTALLED; do sleep 0.02; done")
        session.run("swanctl --terminate --ike site-a-1 --force --timeout 2")
        for _ in range(2):
            DRIVER.wake(session, target)
        state = DRIVER.state(session, target)
    (peer,) = state.tunnels
    assert [child.status for child in peer.children] == [SaStatus.UP] * 4


def test_the_host_shows_the_key_that_is_pinned(host: Sandbox) -> None:
    assert DRIVER.offers(host.target) == (host.target.host_key,)


BROKEN = "connections { broken {\n proposals = nonsense\n remote_addrs = 192.0.2.1\n } }\n"


@pytest.mark.parametrize("wait", [15.0, 0.2])
def test_a_connection_of_others_that_was_broken_before_is_not_our_fault(
    host: Sandbox, wait: float
) -> None:
    host.session.execute("cat >/etc/swanctl/conf.d/broken.conf", BROKEN)
    host.expect(_expected() if wait > 1 else FAULTS["another key"])
    result, _ = _push(host, _intent(), wait=wait)
    expected = Outcome.PUSHED if wait > 1 else Outcome.ROLLED_BACK
    assert result.outcome is expected, result.why


@pytest.mark.parametrize(
    ("lost", "outcome"),
    [
        ("cat >.*conf\\.d", Outcome.ROLLED_BACK),
        ("swanctl --load-all", Outcome.ROLLED_BACK),
        ("mv .*/armed .*/confirmed", Outcome.ROLLED_BACK),
        ("systemctl stop appliance-guard", Outcome.PUSHED),
    ],
)
def test_a_line_that_dies_before_the_answer_leaves_nothing_half_done(
    lost: str, outcome: Outcome
) -> None:
    """Also where the host was told to keep the change: who was not answered takes it back."""
    with sandbox(faults.drop_after(lost, at=1)) as host:
        host.expect(_expected())
        result, _ = _push(host, _intent())
        assert result.outcome is outcome, result.why
        kept = "appliance-site-a-1.conf\n" if outcome is Outcome.PUSHED else ""
        assert host.host.run("ls /etc/swanctl/conf.d") == kept
        assert ("site-a-1: IKEv2" in host.host.run("swanctl --list-conns")) is bool(kept)
        assert (
            host.host.run("ls /var/lib/appliance/guard | grep -c 'armed\\|reverting' || true")
            == "0\n"
        )
