"""How a charon is set up that runs in a namespace, beside others, without the kernel's ESP."""

from __future__ import annotations

# kernel-libipsec encrypts in user space: the kernel needs TUN, and no ESP. It stands before
# kernel-netlink: the first one that can handle ESP gets it. A blocking call over vici holds one of
# the threads, and with 8 libipsec leaves none for it; two such calls at a time are the most that 16
# allow. No packet is lost in a namespace: short retransmissions do.
_SETTINGS = """\
charon-systemd {{
  load = random nonce openssl gmp hmac kdf sha1 sha2 md5 aes drbg pem pkcs1 pkcs8 pubkey x509 \
kernel-libipsec kernel-netlink socket-default vici
  threads = 16
  retransmit_tries = {tries}
  retransmit_timeout = 0.5
  retransmit_base = 1.2
  filelog {{ log {{
      path = {folder}/log
      default = 1
      ike = 2
      cfg = 2
      flush_line = yes
  }} }}
  plugins {{ vici {{
      socket = unix://{socket}
  }} }}
}}
"""


def settings(folder: str, socket: str, *, tries: int) -> str:
    """Its strongswan.conf: log in the folder, vici at the socket, so many retransmissions."""
    return _SETTINGS.format(folder=folder, socket=socket, tries=tries)
