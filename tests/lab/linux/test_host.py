"""A Linux host of the lab: reached by SSH, with a charon that meets another."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import paramiko
import pytest

from appliance.lab import AzurePeer, Lab, Policy, Site, faults
from appliance.lab.linux import LinuxHost, linux_host
from appliance.lab.linux.gateway import swanctl
from appliance.lab.linux.sandbox import SandboxError
from appliance.lab.meddle import meddle
from appliance.lab.wiring import Wiring
from tests.lab.linux.box import CONNECTION, GATEWAY, Login, inhabitants, login

pytestmark = pytest.mark.twin

FILE = "/etc/swanctl/conf.d/mine.conf"


@pytest.fixture(scope="module")
def world() -> Iterator[tuple[LinuxHost, Site]]:
    host = linux_host("site-e", peers=[GATEWAY])
    with Lab({"site-e": host}) as lab:
        yield host, lab.ssh("site-e")


@pytest.fixture
def host(world: tuple[LinuxHost, Site]) -> LinuxHost:
    return world[0]


@pytest.fixture
def shell(world: tuple[LinuxHost, Site]) -> Iterator[Login]:
    host, site = world
    host.meet(GATEWAY)
    with login(site) as made:
        yield made
        made(f"rm -f {FILE}; swanctl --load-all; swanctl --terminate --ike mine --force")


def _dialled(shell: Login, *, version: int = 2, ike: str, esp: str) -> str:
    """What the host lists after a connection of the test's own was loaded and dialled."""
    shell(f"cat >{FILE}", CONNECTION.format(version=version, ike=ike, esp=esp))
    status, said = shell("swanctl --load-all")
    assert status == 0, said
    shell("swanctl --initiate --child net --timeout 5")
    return shell("swanctl --list-sas --ike mine")[1]


def test_an_sa_comes_up_and_carries_traffic(shell: Login) -> None:
    """Somebody inside calls a network of Azure's: an answer (here: a refusal) has to come back."""
    listed = _dialled(shell, ike="aes256-sha256-ecp256", esp="aes256gcm16-ecp256")
    assert "ESTABLISHED, IKEv2" in listed
    assert "AES_CBC-256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/ECP_256" in listed
    assert "INSTALLED, TUNNEL-in-UDP, ESP:AES_GCM_16-256" in listed
    assert "local  10.10.0.0/16" in listed
    _, said = shell("ip netns exec lan bash -c 'timeout 5 true >/dev/tcp/10.20.0.1/9'")
    assert "Connection refused" in said
    _, listed = shell("swanctl --list-sas --ike mine")
    moved = [line.split()[2] for line in listed.splitlines() if " bytes," in line]
    assert len(moved) == 2
    assert "0" not in moved


def test_rekeying_shows_a_pfs_that_azure_does_not_take(shell: Login) -> None:
    assert "INSTALLED" in _dialled(shell, ike="aes256-sha256-ecp256", esp="aes256gcm16")
    shell("swanctl --rekey --child net")
    _, said = shell(
        "i=0; until grep -q NO_PROPOSAL /run/charon/log || [ $i = 100 ]; do "
        "i=$((i+1)); sleep 0.05; done; grep -c NO_PROPOSAL /run/charon/log"
    )
    assert int(said) >= 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"psk": "another"}, "AUTHENTICATION_FAILED"),
        ({"policy": Policy(ike=("aes256", "sha384", 24), esp=("aes256", "sha256", 0))}, "NO_PROP"),
        ({"device_address": "203.0.113.99"}, "NO_PROPOSAL_CHOSEN"),
    ],
)
def test_azure_can_change_its_end(
    host: LinuxHost, shell: Login, change: dict[str, object], words: str
) -> None:
    host.meet(replace(GATEWAY, **change))  # type: ignore[arg-type]  # fields by name
    before = len(host.log("box"))
    listed = _dialled(shell, ike="aes256-sha256-ecp256", esp="aes256gcm16-ecp256")
    assert "ESTABLISHED" not in listed
    assert words in host.log("box")[before:]


@pytest.mark.parametrize("version", [1, 2])
def test_default_lists_are_azures_own(host: LinuxHost, shell: Login, version: int) -> None:
    host.meet(replace(GATEWAY, policy=None, ike_version=version))
    listed = _dialled(shell, version=version, ike="aes256-sha1-modp1024", esp="3des-sha1")
    assert f"ESTABLISHED, IKEv{version}" in listed
    assert "ESP:3DES_CBC/HMAC_SHA1_96" in listed


def test_charon_takes_every_gateway_that_can_be_said(host: LinuxHost, shell: Login) -> None:
    """All ciphers, hashes and groups of Azure's custom policies, and its default lists."""
    ciphers = ("aes256", "aes192", "aes128", "3des", "des", "aes256gcm", "aes128gcm")
    digests, groups = ("sha384", "sha256", "sha1", "md5"), (1, 2, 14, 19, 20, 24)
    policies = [
        Policy(
            ike=(cipher, digests[at % 4], groups[at % 6]),
            esp=(cipher, "" if cipher.endswith("gcm") else digests[1 + at % 3], (0, *groups)[at]),
        )
        for at, cipher in enumerate(ciphers)
    ]
    peers = [
        replace(GATEWAY, address=f"198.51.100.{at}", policy=policy)
        for at, policy in enumerate((None, *policies), start=20)
    ]
    host.run("cat >/run/all.conf", swanctl(peers))
    said = host.azure("swanctl --load-all --clear --file /run/all.conf")
    assert f"successfully loaded {len(peers)} connections" in said
    assert shell("true") == (0, "")


def test_the_partners_tunnel_is_up(host: LinuxHost) -> None:
    said = host.run(
        "i=0; until swanctl --list-sas --ike partner | grep INSTALLED || [ $i = 100 ]; do "
        "i=$((i+1)); sleep 0.05; done"
    )
    assert "ESP:AES_CBC-256/HMAC_SHA2_256_128" in said


def test_somebody_switches_pfs_off(host: LinuxHost, shell: Login) -> None:
    shell(
        f"cat >{FILE}",
        CONNECTION.format(version=2, ike="aes256-sha256-ecp256", esp="aes256gcm16-modp2048s256"),
    )
    typed = meddle("strongswan", host, GATEWAY.address)
    assert typed[-1] == "swanctl --load-all"
    _, text = shell(f"cat {FILE}")
    assert "esp_proposals = aes256gcm16\n" in text
    assert " proposals = aes256-sha256-ecp256\n" in text
    assert "mine: IKEv2" in shell("swanctl --list-conns")[1]
    with pytest.raises(LookupError, match=r"198\.51\.100\.8"):
        meddle("strongswan", host, "198.51.100.8")


def test_only_root_with_the_labs_password_gets_in(world: tuple[LinuxHost, Site]) -> None:
    _, site = world
    assert (site.username, site.enable) == ("root", "")
    assert site.ssh.endswith(" root@127.0.0.1")
    for wrong in (replace(site, username="netops"), replace(site, password="wrong")):
        with pytest.raises(paramiko.AuthenticationException), login(wrong):
            pass


def test_the_machine_itself_stays_as_it_is(shell: Login) -> None:
    assert shell("uname -n") == (0, "site-e-linux\n")
    assert shell("touch /etc/appliance-was-here /var/lib/x /run/x")[0] == 0
    assert not Path("/etc/appliance-was-here").exists()
    status, said = shell("touch /usr/appliance-was-here")
    assert status
    assert "Read-only" in said


def test_a_command_that_fails_says_so(host: LinuxHost) -> None:
    assert host.run("cat; echo", "text") == "text\n"
    with pytest.raises(SandboxError, match="no such thing"):
        host.run("echo no such thing >&2; exit 3")
    with pytest.raises(SandboxError, match="not being served"):
        linux_host("other").run("true")


def test_wiring_is_obeyed_and_nothing_is_left() -> None:
    wiring = Wiring(outside="192.0.2.1", inside="10.9.8.1/30")
    gateway = replace(GATEWAY, device_address="192.0.2.1", selectors=())
    silent = AzurePeer(address="198.51.100.9", psk="x", reachable=False)
    host = linux_host("site-x", peers=[gateway, silent], wiring=wiring)
    with Lab({"site-x": host}) as lab, login(lab.ssh("site-x")) as shell:
        _, said = shell("ip -4 -o addr show; ip route show default; readlink /proc/self/ns/net")
        assert "eth0    inet 192.0.2.1/24" in said
        assert "eth1    inet 10.9.8.1/30" in said
        assert "default via 192.0.2.2 dev eth0" in said
        network = said.splitlines()[-1]
        theirs = host.azure("ip -4 -o addr show lo")
        assert "198.51.100.7/32" in theirs
        assert "198.51.100.9/32" not in theirs
        networks = (network, host.azure("readlink /proc/self/ns/net").strip())
        assert [bool(inhabitants(one)) for one in networks] == [True, True]
    assert [inhabitants(one) for one in networks] == [[], []]
    with pytest.raises(SandboxError, match="not being served"):
        host.run("true")


def test_a_port_in_use_and_faults_are_refused() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="in use"), Lab({"a": linux_host("a")}, port=port):
            pass
    lasting = {"a": [faults.slow(100)]}
    with (
        pytest.raises(ValueError, match="does not know slow"),
        Lab({"a": linux_host("a")}, faults=lasting),
    ):
        pass


FAULTS = [
    faults.drop_before("^mkdir", at=2),
    faults.drop_after("^touch"),
    faults.refuse("No space left on device", "^cat"),
    faults.stall(0.3, "^true"),
    faults.swallow("^rm"),
    faults.alter("echo other", "^echo"),
    faults.cut(3, "^uname"),
]


def test_what_can_go_wrong_with_a_command() -> None:
    with Lab({"a": linux_host("a")}, faults={"a": FAULTS}) as lab, login(lab.ssh("a")) as shell:
        assert shell("mkdir /run/one") == (0, "")
        assert shell("cat /etc/passwd", "text") == (1, "No space left on device\n")
        assert shell("rm -r /run/one") == (0, "")
        assert shell("ls -d /run/one; exit 3") == (3, "/run/one\n")
        assert shell("echo what was asked for") == (0, "other\n")
        began = time.monotonic()
        assert shell("true") == (0, "")
        assert time.monotonic() - began >= 0.3
        assert shell("wc -c", "text through standard input") == (0, "27\n")
        with login(lab.ssh("a")) as again:
            assert again("mkdir /run/two") == (-1, "")
        with login(lab.ssh("a")) as again:
            assert again("touch /run/three") == (-1, "")
        with login(lab.ssh("a")) as again:
            assert again("uname -n") == (-1, "a-l")
        assert shell("ls -d /run/two /run/three") == (
            2,
            "/run/three\nls: cannot access '/run/two': No such file or directory\n",
        )
