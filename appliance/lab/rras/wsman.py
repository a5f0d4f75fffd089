"""WS-Management: the few actions that PowerShell remoting needs, on SOAP.

MS-WSMV: Create, Command, Send, Receive, Signal, Delete and Get of a shell.
"""

from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from appliance.lab.rras.shell import Delay, Run, Shell

_SOAP = "http://www.w3.org/2003/05/soap-envelope"
_ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
_WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
_SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
_PSRP = "http://schemas.microsoft.com/powershell"
_TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
_ANONYMOUS = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous"
_POWERSHELL = "http://schemas.microsoft.com/powershell/Microsoft.PowerShell"

NOTHING_YET, GONE, TOO_MANY = 2150858793, 2150858843, 2150859173
_MOST_SHELLS = 25


@dataclass(frozen=True, slots=True)
class Answer:
    """An envelope and its HTTP status."""

    status: int
    body: bytes


class ShellLostError(Exception):
    """The shell is gone: the service was restarted, or the server."""


class Service:
    """All shells of one listener."""

    def __init__(self, run: Run, delay: Delay) -> None:
        self._run = run
        self._delay = delay
        self.shells: dict[str, Shell] = {}

    def answer(self, body: bytes) -> Answer:
        """What the service says to one envelope."""
        root = ET.fromstring(body)  # noqa: S314 -- from the test's own client
        action = (root.findtext(f".//{{{_ADDRESSING}}}Action") or "").rpartition("/")[2]
        message = root.findtext(f".//{{{_ADDRESSING}}}MessageID") or ""
        try:
            return self._act(action, root, message)
        except ShellLostError:
            self.shells.clear()
            return _fault(message, GONE, "The shell was not found on the server.")

    def _act(self, action: str, root: ET.Element, message: str) -> Answer:
        if action == "Create":
            return self._create(root, message)
        identity = _selector(root)
        shell = self.shells.get(identity)
        if shell is None:
            return _fault(message, GONE, "The shell was not found on the server.")
        if action == "Command":
            return self._command(root, shell, message)
        if action == "Receive":
            return self._receive(root, shell, message)
        if action == "Send":
            for stream in root.iter(f"{{{_SHELL}}}Stream"):
                shell.feed(base64.b64decode(stream.text or ""), _number(stream.get("CommandId")))
        elif action == "Delete":
            del self.shells[identity]
        body = f'<r:{action}Response xmlns:r="{_SHELL}"/>'
        return _said(message, f"{_SHELL}/{action}Response", body)

    def _create(self, root: ET.Element, message: str) -> Answer:
        if len(self.shells) >= _MOST_SHELLS:
            return _fault(message, TOO_MANY, "This user has too many shells.")
        described = root.find(f".//{{{_SHELL}}}Shell")
        identity = (described.get("ShellId") if described is not None else "") or str(uuid.uuid4())
        shell = self.shells[identity] = Shell(identity, self._run, self._delay)
        shell.feed(base64.b64decode(root.findtext(f".//{{{_PSRP}}}creationXml") or ""))
        body = (
            f'<x:ResourceCreated xmlns:x="{_TRANSFER}"><a:Address>{_ANONYMOUS}</a:Address>'
            f"<a:ReferenceParameters><w:ResourceURI>{_POWERSHELL}</w:ResourceURI><w:SelectorSet>"
            f'<w:Selector Name="ShellId">{escape(identity)}</w:Selector></w:SelectorSet>'
            "</a:ReferenceParameters></x:ResourceCreated>"
            f'<r:Shell xmlns:r="{_SHELL}"><r:ShellId>{escape(identity)}</r:ShellId>'
            f"<r:ResourceUri>{_POWERSHELL}</r:ResourceUri></r:Shell>"
        )
        return _said(message, f"{_TRANSFER}/CreateResponse", body)

    def _command(self, root: ET.Element, shell: Shell, message: str) -> Answer:
        line = root.find(f".//{{{_SHELL}}}CommandLine")
        identity = (line.get("CommandId") if line is not None else "") or str(uuid.uuid4())
        arguments = root.findtext(f".//{{{_SHELL}}}Arguments") or ""
        shell.begin(identity, base64.b64decode(arguments))
        body = (
            f'<r:CommandResponse xmlns:r="{_SHELL}"><r:CommandId>{escape(identity)}</r:CommandId>'
            "</r:CommandResponse>"
        )
        return _said(message, f"{_SHELL}/CommandResponse", body)

    def _receive(self, root: ET.Element, shell: Shell, message: str) -> Answer:
        wanted = root.find(f".//{{{_SHELL}}}DesiredStream")
        command = wanted.get("CommandId") if wanted is not None else None
        data, done = shell.take(_number(command), _seconds(root))
        if not data and not done:
            return _fault(message, NOTHING_YET, "The operation has timed out.")
        named = f' CommandId="{escape(command)}"' if command else ""
        streams = f'<r:Stream Name="stdout"{named}>{base64.b64encode(data).decode()}</r:Stream>'
        state = f'<r:CommandState{named} State="{_SHELL}/CommandState/Done"/>' if done else ""
        body = (
            f'<r:ReceiveResponse xmlns:r="{_SHELL}">{streams if data else ""}{state}'
            "</r:ReceiveResponse>"
        )
        return _said(message, f"{_SHELL}/ReceiveResponse", body)


def _selector(root: ET.Element) -> str:
    for selector in root.iter(f"{{{_WSMAN}}}Selector"):
        if selector.get("Name") == "ShellId":
            return selector.text or ""
    return ""


def _number(text: str | None) -> uuid.UUID | None:
    return uuid.UUID(text) if text else None


def _seconds(root: ET.Element) -> float:
    """The operation timeout, `PT20S`."""
    text = root.findtext(f".//{{{_WSMAN}}}OperationTimeout") or "PT20S"
    return float(text.removeprefix("PT").removesuffix("S"))


def _said(message: str, action: str, body: str) -> Answer:
    return Answer(200, _envelope(message, action, body))


def _fault(message: str, code: int, words: str) -> Answer:
    body = (
        "<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>w:InternalError"
        f'</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang="en-US">{escape(words)}'
        "</s:Text></s:Reason><s:Detail><f:WSManFault "
        'xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" '
        f'Code="{code}" Machine="lab"><f:Message>{escape(words)}</f:Message></f:WSManFault>'
        "</s:Detail></s:Fault>"
    )
    return Answer(500, _envelope(message, f"{_WSMAN}/fault", body))


def _envelope(message: str, action: str, body: str) -> bytes:
    return (
        f'<s:Envelope xmlns:s="{_SOAP}" xmlns:a="{_ADDRESSING}" xmlns:w="{_WSMAN}"><s:Header>'
        f"<a:Action>{action}</a:Action><a:MessageID>uuid:{uuid.uuid4()}</a:MessageID>"
        f"<a:To>{_ANONYMOUS}</a:To><a:RelatesTo>{escape(message)}</a:RelatesTo></s:Header>"
        f"<s:Body>{body}</s:Body></s:Envelope>"
    ).encode()
