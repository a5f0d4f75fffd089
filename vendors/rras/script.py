"""The rendered operations as a script for Windows PowerShell 4.0 and later, without the key.

ASCII, since PowerShell 5.1 reads UTF-8 without a mark as ANSI; only single-quoted literals, which
hold no code; no syntax that came later than Server 2012 R2.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from appliance.errors import UnsupportedError
from appliance.model.change import KEY_MARK, Step

_QUOTES = "'\u2018\u2019\u201a\u201b"
"""PowerShell takes each of these for a single quote."""

_IN_A_ROW = 4

_HEAD = """\
#Requires -Version 4.0
#Requires -Modules RemoteAccess
# Makes the site-to-site interfaces below on this server. Run it as an administrator.
[CmdletBinding()]
param(
    [Parameter()]
    [securestring]$PreSharedKey
)
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
$ConfirmPreference = 'None'
$ProgressPreference = 'SilentlyContinue'
"""
_ASK = """
if ($null -eq $PreSharedKey) {
    $PreSharedKey = Read-Host -AsSecureString -Prompt 'Pre-shared key'
}
$Holder = New-Object -TypeName System.Net.NetworkCredential -ArgumentList '', $PreSharedKey
$PlainKey = $Holder.Password
"""
_TAIL = """\
}
finally {
    $PlainKey = $null
    $Parameters = $null
}
"""


def script(steps: tuple[Step, ...]) -> str:
    """The script; it asks for the key. Raises `UnsupportedError` for a value that is not ASCII."""
    asks = any(KEY_MARK in step.text for step in steps)
    parts = [_HEAD, _ASK if asks else "\n$PlainKey = $null\n", "\ntry {\n"]
    parts += [line for step in steps for line in _step(step)]
    text = "".join((*parts, _TAIL))
    if not text.isascii():
        raise UnsupportedError(
            "a name or value is not ASCII, and would not survive in a script",
            hint="push it instead, or rename the site",
        )
    return text.replace("\n", "\r\n")


def _step(step: Step) -> Iterator[str]:
    said = json.loads(step.text)
    if step.why:
        yield f"    # {' '.join(step.why.split())}\n"
    yield "    $Parameters = @{\n"
    for name, value in said["parameters"].items():
        yield f"        {name} = {_literal(value)}\n"
    yield "    }\n"
    yield f"    {said['cmdlet']} @Parameters\n"


def _array(words: list[str]) -> str:
    """Many, as lines of filters are, stand below each other."""
    if len(words) <= _IN_A_ROW:
        return f"@({', '.join(words)})"
    rows = ",\n".join(f"            {word}" for word in words)
    return f"@(\n{rows}\n        )"


def _literal(value: object) -> str:
    if value == KEY_MARK:
        return "$PlainKey"
    if isinstance(value, bool):
        return "$true" if value else "$false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return _array([_literal(one) for one in value])
    return "'" + "".join(char * 2 if char in _QUOTES else char for char in str(value)) + "'"
