"""A served host, and a login of the tests' own: nothing of the drivers."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import paramiko

from appliance.lab import AzurePeer, Policy, Site

GATEWAY = AzurePeer(
    address="198.51.100.7",
    psk='shared "with" Azure\\',
    policy=Policy(ike=("aes256", "sha256", 19), esp=("aes256gcm", "", 19)),
    selectors=(("10.10.0.0/16", "10.20.0.0/16"),),
)
CONNECTION = """\
connections {{
  mine {{
    version = {version}
    local_addrs = 203.0.113.10
    remote_addrs = 198.51.100.7
    proposals = {ike}
    local {{
      auth = psk
    }}
    remote {{
      auth = psk
      id = 198.51.100.7
    }}
    children {{
      net {{
        local_ts = 10.10.0.0/16
        remote_ts = 10.20.0.0/16
        esp_proposals = {esp}
      }}
    }}
  }}
}}
secrets {{
  ike-mine {{
    id = 198.51.100.7
    secret = "shared \\"with\\" Azure\\\\"
  }}
}}
"""


class Login:
    """A shell of root's over SSH: the host's key is pinned, the lab's password lets in."""

    def __init__(self, client: paramiko.SSHClient) -> None:
        self._client = client

    def __call__(self, command: str, text: str = "") -> tuple[int, str]:
        """Exit status, and what the command wrote to both outputs."""
        to, out, err = self._client.exec_command(command, timeout=20)
        to.write(text)
        to.channel.shutdown_write()
        words = out.read().decode() + err.read().decode()
        return out.channel.recv_exit_status(), words


@contextmanager
def login(site: Site, password: str | None = None) -> Iterator[Login]:
    kind, key = site.host_key.split()
    assert kind == "ssh-ed25519"
    with paramiko.SSHClient() as client:
        known = paramiko.Ed25519Key(data=base64.b64decode(key))
        client.get_host_keys().add(f"[{site.host}]:{site.port}", kind, known)
        client.connect(
            site.host,
            site.port,
            site.username,
            site.password if password is None else password,
            allow_agent=False,
            look_for_keys=False,
            timeout=20,
        )
        yield Login(client)


def inhabitants(network: str) -> list[str]:
    """The processes of this machine in a network namespace, by its name as `readlink` has it."""
    found = []
    for one in Path("/proc").iterdir():
        try:
            if one.name.isdecimal() and os.readlink(one / "ns" / "net") == network:  # noqa: PTH115 -- it is no path
                found.append(one.name)
        except OSError:
            continue
    return found
