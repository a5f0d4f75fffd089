"""Cisco IOS and IOS-XE: routers that speak IPsec through tunnel interfaces or crypto maps."""

from __future__ import annotations

from appliance.driver import Driver
from appliance.lazily import Lazily
from vendors.cisco_ios.advice import ADVICE
from vendors.cisco_ios.edge import EDGE

_hostkeys = Lazily("appliance.session.hostkeys")
_capabilities = Lazily("vendors.cisco_ios.capabilities")
_change = Lazily("vendors.cisco_ios.change")
_cross_check = Lazily("vendors.cisco_ios.cross_check")
_parse = Lazily("vendors.cisco_ios.parse")
_place = Lazily("vendors.cisco_ios.place")
_recovery = Lazily("vendors.cisco_ios.recovery")
_render = Lazily("vendors.cisco_ios.render")
_session = Lazily("vendors.cisco_ios.session")
_state = Lazily("vendors.cisco_ios.state")
_symptoms = Lazily("vendors.cisco_ios.symptoms")
_transaction = Lazily("vendors.cisco_ios.transaction")
_wake = Lazily("vendors.cisco_ios.wake")

DRIVER = Driver(
    name="cisco_ios",
    port=22,
    comment="!",
    advice=ADVICE,
    express=_capabilities.express,
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
    edge=EDGE,
)
