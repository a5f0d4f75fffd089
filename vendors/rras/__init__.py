"""Windows Server with Routing and Remote Access: route-based IKEv2, driven by typed cmdlets."""

from __future__ import annotations

from appliance.driver import Driver
from appliance.lazily import Lazily
from vendors.rras.advice import ADVICE

_certificates = Lazily("appliance.session.certificates")
_capabilities = Lazily("vendors.rras.capabilities")
_change = Lazily("vendors.rras.change")
_express = Lazily("vendors.rras.express")
_parse = Lazily("vendors.rras.parse")
_place = Lazily("vendors.rras.place")
_recovery = Lazily("vendors.rras.recovery")
_render = Lazily("vendors.rras.render")
_room = Lazily("vendors.rras.room")
_script = Lazily("vendors.rras.script")
_session = Lazily("vendors.rras.session")
_state = Lazily("vendors.rras.state")
_symptoms = Lazily("vendors.rras.symptoms")
_transaction = Lazily("vendors.rras.transaction")
_wake = Lazily("vendors.rras.wake")

_LAST_ERRORS = (
    '[{"cmdlet": "Get-VpnS2SInterface", "parameters": {}},'
    ' {"cmdlet": "Select-Object", "parameters":'
    ' {"Property": ["Name", "Destination", "ConnectionState", "LastError"]}},'
    ' {"cmdlet": "ConvertTo-Json", "parameters": {"Depth": 4, "Compress": true}}]'
)
"""What stands for a log: why each interface last failed."""
DRIVER = Driver(
    name="rras",
    port=5986,
    comment="#",
    advice=ADVICE,
    express=_express.express,
    place=_place.place,
    refusals=_capabilities.refusals,
    render=_render.render,
    script=_script.script,
    parse=_parse.parse,
    cross_check=None,
    change=_change.change,
    show=_state.show,
    offers=_certificates.offers,
    connect=_session.connect,
    identify=_session.identify,
    read=_session.read,
    ready=_transaction.ready,
    room=_room.room,
    transaction=_transaction.transaction,
    inverse=_transaction.inverse_transaction,
    pending=_recovery.pending,
    settle=_recovery.settle,
    keep=_recovery.keep,
    differing=_recovery.differing,
    wake=_wake.wake,
    state=_state.state,
    symptoms=_symptoms.symptoms,
    log=_LAST_ERRORS,
)
