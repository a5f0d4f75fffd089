"""strongSwan on Linux: charon by swanctl, tunnel interfaces and routes by systemd-networkd."""

from __future__ import annotations

from appliance.driver import Driver
from appliance.lazily import Lazily
from vendors.strongswan.advice import ADVICE
from vendors.strongswan.logs import LOG

_hostkeys = Lazily("appliance.session.hostkeys")
_capabilities = Lazily("vendors.strongswan.capabilities")
_change = Lazily("vendors.strongswan.change")
_cross_check = Lazily("vendors.strongswan.cross_check")
_express = Lazily("vendors.strongswan.express")
_parse = Lazily("vendors.strongswan.parse")
_place = Lazily("vendors.strongswan.place")
_recovery = Lazily("vendors.strongswan.recovery")
_render = Lazily("vendors.strongswan.render")
_room = Lazily("vendors.strongswan.room")
_session = Lazily("vendors.strongswan.session")
_state = Lazily("vendors.strongswan.state")
_symptoms = Lazily("vendors.strongswan.symptoms")
_transaction = Lazily("vendors.strongswan.transaction")
_wake = Lazily("vendors.strongswan.wake")

DRIVER = Driver(
    name="strongswan",
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
    routes_stay=True,  # an XFRM interface has a carrier with and without SAs
    log=LOG,
)
