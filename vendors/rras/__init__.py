"""Windows Server with Routing and Remote Access: route-based IKEv2, driven by typed cmdlets."""

from __future__ import annotations

from appliance.driver import Driver
from vendors.rras import lazy
from vendors.rras.advice import ADVICE

DRIVER = Driver(
    name="rras",
    port=5986,
    comment="#",
    advice=ADVICE,
    express=lazy.express,
    place=lazy.place,
    refusals=lazy.refusals,
    render=lazy.render,
    script=lazy.script,
    parse=lazy.parse,
    cross_check=None,
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
