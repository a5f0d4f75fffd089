"""Juniper SRX and vSRX on Junos: firewalls that speak IPsec through units of st0."""

from __future__ import annotations

from appliance.driver import Driver
from appliance.lazily import Lazily
from vendors.juniper_junos.advice import ADVICE
from vendors.juniper_junos.edge import EDGE

_hostkeys = Lazily("appliance.session.hostkeys")
_capabilities = Lazily("vendors.juniper_junos.capabilities")
_change = Lazily("vendors.juniper_junos.change")
_cross_check = Lazily("vendors.juniper_junos.cross_check")
_express = Lazily("vendors.juniper_junos.express")
_parse = Lazily("vendors.juniper_junos.parse")
_place = Lazily("vendors.juniper_junos.place")
_recovery = Lazily("vendors.juniper_junos.recovery")
_render = Lazily("vendors.juniper_junos.render")
_room = Lazily("vendors.juniper_junos.room")
_session = Lazily("vendors.juniper_junos.session")
_state = Lazily("vendors.juniper_junos.state")
_symptoms = Lazily("vendors.juniper_junos.symptoms")
_transaction = Lazily("vendors.juniper_junos.transaction")
_wake = Lazily("vendors.juniper_junos.wake")

DRIVER = Driver(
    name="juniper_junos",
    port=22,
    comment="#",
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
    inverse=None,
    pending=_recovery.pending,
    settle=_recovery.settle,
    keep=_recovery.keep,
    differing=_recovery.differing,
    wake=_wake.wake,
    state=_state.state,
    symptoms=_symptoms.symptoms,
    log='show log messages | match "kmd|iked|IKE|RPD_BGP|RT_IPSEC" | last 300',
    edge=EDGE,
)
