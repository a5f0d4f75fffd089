"""strongSwan on Linux: charon by swanctl, tunnel interfaces and routes by systemd-networkd."""

from __future__ import annotations

from appliance.driver import Driver
from vendors.strongswan import lazy
from vendors.strongswan.advice import ADVICE

DRIVER = Driver(
    name="strongswan",
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
