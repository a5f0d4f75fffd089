"""Cool OS, a vendor that does not exist: the example of docs/add-a-vendor.md."""

from __future__ import annotations

from appliance.driver import Driver
from appliance.session.hostkeys import offers

from .capabilities import express, refusals
from .change import change, render
from .cross_check import cross_check
from .parse import parse
from .place import place
from .recovery import differing, keep, pending, settle
from .session import connect, identify, read
from .state import show, state, wake
from .transaction import transaction

DRIVER = Driver(
    name="cool_os",
    port=22,
    comment="#",
    advice={
        "ike": "`show vpn`, then `show log vpn`",
        "counters": "`ping <address in Azure> via <tunnel>`, then `show vpn` again",
        "routes": "`show route`",
    },
    express=express,
    place=place,
    refusals=refusals,
    render=render,
    script=None,
    parse=parse,
    cross_check=cross_check,
    change=change,
    show=show,
    offers=offers,
    connect=connect,
    identify=identify,
    read=read,
    ready=None,
    transaction=transaction,
    inverse=None,
    pending=pending,
    settle=settle,
    keep=keep,
    differing=differing,
    wake=wake,
    state=state,
)
