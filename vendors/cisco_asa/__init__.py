"""Cisco ASA: firewalls that speak IPsec through crypto maps or virtual tunnel interfaces."""

from __future__ import annotations

from appliance.driver import Driver
from appliance.lazily import Lazily
from vendors.cisco_asa.advice import ADVICE

_hostkeys = Lazily("appliance.session.hostkeys")
_capabilities = Lazily("vendors.cisco_asa.capabilities")
_change = Lazily("vendors.cisco_asa.change")
_cross_check = Lazily("vendors.cisco_asa.cross_check")
_express = Lazily("vendors.cisco_asa.express")
_parse = Lazily("vendors.cisco_asa.parse")
_place = Lazily("vendors.cisco_asa.place")
_recovery = Lazily("vendors.cisco_asa.recovery")
_render = Lazily("vendors.cisco_asa.render")
_room = Lazily("vendors.cisco_asa.room")
_session = Lazily("vendors.cisco_asa.session")
_state = Lazily("vendors.cisco_asa.state")
_symptoms = Lazily("vendors.cisco_asa.symptoms")
_transaction = Lazily("vendors.cisco_asa.transaction")
_wake = Lazily("vendors.cisco_asa.wake")

DRIVER = Driver(
    name="cisco_asa",
    port=22,
    comment="!",
    advice=ADVICE,
    express=_express.express,
    place=_place.place,
    refusals=_capabilities.refusals,
    render=_render.render,
    script=None,
    parse=_parse.parse,
    cross_check=_cross_check.cross_check,
    change=_change.change,
    show=_state.show,
    offers=_hostkeys.offers,
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
    log="show logging",
)
