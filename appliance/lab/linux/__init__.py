"""A Linux host with a real charon, and a real charon that plays Azure, in a sandbox.

    host = linux_host("site-e", peers=[AzurePeer(address="198.51.100.7", psk="...")])
    with Lab({"site-e": host}) as lab:
        lab.ssh("site-e")                 # root, with the lab's password
        host.run("swanctl --list-sas")    # a command on the host
        host.azure("swanctl --list-sas")  # one at Azure's end
        host.meet(gateway)                # Azure changes its end

Needs root and some packages: `needs.missing` tells which are not there. The host is made of
namespaces (processes, mounts, networks) that end with the sandbox, whatever ends that; its /etc,
/run and /var/lib are its own, the rest of the machine's file system it sees read-only.
"""

from __future__ import annotations

from appliance.lab.linux.factory import linux_host
from appliance.lab.linux.host import LinuxHost
from appliance.lab.linux.needs import missing

__all__ = ["LinuxHost", "linux_host", "missing"]
