"""Juniper SRX and vSRX on Junos: firewalls that speak IPsec through units of st0."""

from __future__ import annotations

from appliance.driver import Driver
from vendors.juniper_junos import lazy
from vendors.juniper_junos.advice import ADVICE

DRIVER = Driver(
    name="juniper_junos",
    port=22,
    comment="#",
    advice=ADVICE,
    express=lazy.express,
    place=lazy.place,
    refusals=lazy.refusals,
    render=lazy.render,
    script=None,
    parse=lazy.parse,
    cross_check=lazy.cross_check,
    change=lazy.change,
    show=lazy.show,
    offers=lazy.offers,
    connect=lazy.connect,
    identify=lazy.identify,
    read=lazy.read,
    ready=lazy.ready,
    transaction=lazy.transaction,
    inverse=None,
    wake=lazy.wake,
    state=lazy.state,
)
