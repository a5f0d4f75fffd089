"""Cisco ASA: firewalls that speak IPsec through crypto maps or virtual tunnel interfaces."""

from __future__ import annotations

from appliance.driver import Driver
from vendors.cisco_asa import lazy
from vendors.cisco_asa.advice import ADVICE

DRIVER = Driver(
    name="cisco_asa",
    port=22,
    comment="!",
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
    inverse=lazy.inverse,
    wake=lazy.wake,
    state=lazy.state,
)
