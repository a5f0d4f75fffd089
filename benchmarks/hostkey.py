"""What checking one host key costs when many sites are known."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import asyncssh
import paramiko

from appliance.session.hostkeys import directory, lookup, pin
from benchmarks.runner import ms, table

SIZES = (1, 100, 1_000, 10_000)
ROUNDS = 100


def _key() -> str:
    public = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    return " ".join(public.split()[:2])


def shared_file(sites: int, folder: Path, key: str) -> float:
    """CPU seconds of what netmiko does for each connection with one known_hosts for all."""
    file = folder / f"known_hosts-{sites}"
    file.write_text("".join(f"site-{n} {key}\n" for n in range(sites)))
    start = time.process_time()
    client = paramiko.SSHClient()
    client.load_host_keys(str(file))
    if not client.get_host_keys().lookup(f"site-{sites - 1}"):
        raise ValueError("the key was not found")
    return time.process_time() - start


def own_store(sites: int, key: str) -> float:
    """CPU seconds of one lookup of ours, the mean of many."""
    for number in range(sites):
        path = directory() / f"site-{number}"
        if not path.exists():
            pin(f"site-{number}", "203.0.113.10", 22, key)
    start = time.process_time()
    for _ in range(ROUNDS):
        if lookup(f"site-{sites - 1}", "203.0.113.10") != key:
            raise ValueError("the key was not found")
    return (time.process_time() - start) / ROUNDS


def run() -> str:
    key, rows = _key(), []
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_STATE_HOME"] = folder
        for sites in SIZES:
            theirs, ours = shared_file(sites, Path(folder), key), own_store(sites, key)
            rows.append([f"{sites:,}", ms(theirs), f"{ours * 1000:.3f}", f"{theirs / ours:,.0f}x"])
    head = ("known sites", "netmiko, one known_hosts: CPU ms", "appliance: CPU ms", "times less")
    return "# Host keys: CPU time to find one for a connection\n\n" + table(head, rows)
