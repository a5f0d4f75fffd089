"""The certificate a server shows, for a person to compare and pin."""

from __future__ import annotations

import base64
import socket
import ssl

from appliance.errors import ConnectError
from appliance.session import Target
from appliance.session.hostkeys import CERTIFICATE


def offers(target: Target) -> tuple[str, ...]:
    """The certificate that the server shows to anybody, `x509 BASE64`; none over http.

    Raises `ConnectError` when nobody answers with TLS.
    """
    if target.winrm.scheme != "https":
        return ()
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # to be shown to a person, who decides
    where = (target.host, target.port)
    try:
        with (
            socket.create_connection(where, target.timeout) as raw,
            context.wrap_socket(raw, server_hostname=target.host) as tls,
        ):
            shown = tls.getpeercert(binary_form=True) or b""
    except OSError as error:
        raise ConnectError(
            f"no certificate was shown: {error.strerror or error}",
            where=f"{target.host}:{target.port}",
            hint="WinRM listens with TLS only where a listener was made: `winrm quickconfig "
            "-transport:https` on the server, port 5986",
        ) from None
    return (f"{CERTIFICATE} {base64.b64encode(shown).decode()}",)
