"""Any Junos configuration of an SRX as tunnels.

A tunnel is a `security ipsec vpn`; its name is the VPN's. What the writer finds in `Tunnel.objects`:

label           what follows `appliance: ` in the description of the st0 unit
gateway, ike policy, ipsec policy
                names at `security ike` and `security ipsec`; proposals have theirs in the model
zone            security zone of the st0 unit
outside zone    security zone of the external interface
instance        routing instance of the st0 unit, or of the external interface without one; absent
                for the main one
address book    `global` or `zone`: the style in use; absent when there are no addresses yet
policies        what lets the traffic of `passes` through: `FROM TO NAME` of each, with `, ` between;
                for a policy-based VPN those that have it as their tunnel
establish       word of `establish-tunnels`; absent: `on-traffic`
dpd             `always-send` or `probe-idle-tunnel`; absent: `optimized`
bgp group, bgp export
                group of the sessions in the tunnel, and its export policies with a blank between
selector LOCAL REMOTE
                name of the traffic selector that holds this pair
route NETWORK   how a static route leads into the tunnel, where it is not `next-hop st0.N`
remote name     the gateway's address where it is a host name
groups          configuration groups that parts of the tunnel are inherited from: `delete` cannot
                take these away, a statement of its own overrides them

`Observed.objects` maps a path (`security ike gateway G`) to the statements below it, one a line as
`set` has them, without the path, keys masked. Paths are those of `reading.outline`.
"""

from __future__ import annotations
