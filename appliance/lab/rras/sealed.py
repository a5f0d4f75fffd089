"""Message encryption of WinRM over plain HTTP: the multipart form of MS-WSMV 2.2.9.1."""

from __future__ import annotations

import re
import struct

import spnego

_BOUNDARY = b"--Encrypted Boundary"
_PROTOCOL = b"application/HTTP-SPNEGO-session-encrypted"
CONTENT_TYPE = f'multipart/encrypted;protocol="{_PROTOCOL.decode()}";boundary="Encrypted Boundary"'
_PART = re.compile(rb"--\s*Encrypted Boundary(?:--)?\r\n")
_STREAM = b"\tContent-Type: application/octet-stream\r\n"


def unsealed(context: spnego.ContextProxy, body: bytes) -> bytes:
    """The message in an encrypted body. Raises ValueError for what is none."""
    parts = [part for part in _PART.split(body) if part]
    message = b""
    for head, payload in zip(parts[::2], parts[1::2], strict=False):
        if b"Length=" not in head or not payload.startswith(_STREAM):
            raise ValueError("not an encrypted message")
        data = payload.removeprefix(_STREAM)
        size = struct.unpack("<i", data[:4])[0]
        message += context.unwrap_winrm(data[4 : 4 + size], data[4 + size :])
    if not message:
        raise ValueError("not an encrypted message")
    return message


def sealed(context: spnego.ContextProxy, message: bytes) -> bytes:
    """A message as an encrypted body."""
    wrapped = context.wrap_winrm(message)
    original = (
        b"\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length="
        + str(len(message) + wrapped.padding_length).encode()
    )
    head = b"\r\n".join((_BOUNDARY, b"\tContent-Type: " + _PROTOCOL, original, _BOUNDARY))
    data = struct.pack("<i", len(wrapped.header)) + wrapped.header + wrapped.data
    return head + b"\r\n" + _STREAM + data + _BOUNDARY + b"--\r\n"
