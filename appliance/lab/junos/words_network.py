"""The statements about interfaces, routes and BGP, in the order in which Junos prints them."""

INTERFACES = """
interfaces
  ~ interface-range traceoptions
  <port> @sorted
    disable !
    description = text
    ~ traceoptions native-vlan-id speed link-mode gigether-options
    ~ ether-options
    ~ redundant-ether-options fastether-options encapsulation fabric-options
    ~ aggregated-ether-options
    ~ auto-negotiation no-auto-negotiation hold-time promiscuous-mode per-unit-scheduler
    vlan-tagging ! @choice:tagging
    stacked-vlan-tagging ! @choice:tagging
    flexible-vlan-tagging ! @choice:tagging
    mtu = int:256-9192
    mac = text
    unit <int:0-16385> @sorted
      disable !
      description = text
      ~ traps no-traps encapsulation proxy-arp dhcp-options tunnel
      vlan-tags @line
        outer = text
        inner = text
      bandwidth = text
      vlan-id = int:1-4094
      point-to-point ! @choice:topology
      multipoint ! @choice:topology
      family @join
        inet @alone
          mtu = int:68-9500
          tcp-mss = int:64-65535
          sampling ...
          dhcp ...
          filter ...
          address <address>
            primary !
            preferred !
            arp ...
            vrrp-group ...
            master-only !
          next-hop-tunnel <ip>
            ipsec-vpn = name
          unnumbered-address ...
          ~ targeted-broadcast no-redirects policer rpf-check
        inet6 @alone
          mtu = int:1280-9500
          dhcpv6-client ...
          address <address>
            primary !
            preferred !
            eui-64 !
        iso ...
        ethernet-switching ...
        mpls ...
        bridge ...
"""
_STATIC = """
routing-options
  ~ interface-routes traceoptions nonstop-routing rib-groups generate resolution flow
  ~ aggregate multicast bgp-orf-cisco-mode dynamic-tunnels instance-import auto-export
  static
    ~ defaults rib-group
    route <route> @line
      next-hop * hop @choice:way
      next-table = text @choice:way
      discard ! @choice:way
      reject ! @choice:way
      receive ! @choice:way
      qualified-next-hop <hop>
        preference = int:0-4294967295
        metric = int:0-4294967295
        interface = unit
        tag = int:0-4294967295
      no-readvertise !
      readvertise !
      retain !
      no-retain !
      install !
      no-install !
      resolve !
      no-resolve !
      active !
      passive !
      metric = int:0-4294967295
      preference = int:0-4294967295
      tag = int:0-4294967295
      community ...
      bfd-liveness-detection ...
  rib <name>
    ~ generate aggregate martians
    static
      defaults ...
      route <route> @line
        next-hop * hop @choice:way
        discard ! @choice:way
        reject ! @choice:way
        qualified-next-hop <hop>
          preference = int:0-4294967295
          metric = int:0-4294967295
        preference = int:0-4294967295
        metric = int:0-4294967295
        tag = int:0-4294967295
        no-readvertise !
  martians ...
  router-id = ip
  autonomous-system = asn @line
  confederation ...
  forwarding-table
    export * name
    ~ unicast-reverse-path indirect-next-hop chained-composite-next-hop
  graceful-restart ...
"""
_NEIGHBOR = """
      description = text
      metric-out ...
      local-address = ip
      preference = int:0-4294967295
      hold-time = hold
      local-preference = int:0-4294967295
      passive !
      import * name
      damping !
      family ...
      authentication-key = text @secret @nine
      authentication-algorithm = text
      authentication-key-chain = text
      export * name
      remove-private ...
      cluster = ip
      shutdown ...
      peer-as = asn
      local-as @line
        <asn> @line
          private !
          alias !
          no-prepend-global-as !
          loops = int:1-10
      as-override !
      multipath ...
      advertise-inactive !
      advertise-peer-as !
      ~ out-delay log-updown graceful-restart mtu-discovery tcp-mss traceoptions
      bfd-liveness-detection
        version = text
        minimum-interval = int:1-255000
        minimum-receive-interval = int:1-255000
        multiplier = int:1-255
        no-adaptation !
        transmit-interval
          minimum-interval = int:1-255000
          threshold = int:0-4294967295
        detection-time ...
        session-mode = text
        holddown-interval = int:0-255000
        authentication ...
      ~ as-loop no-advertise-peer-as accept-remote-nexthop outbound-route-filter
      ~ include-mp-next-hop ttl
"""
_BGP = f"""
protocols
  ~ igmp router-advertisement rsvp mpls ldp pim ospf ospf3 isis rip lldp lldp-med rstp mstp vstp
  ~ l2-learning bfd vrrp dot1x igmp-snooping neighbor-discovery evpn layer2-control sflow
  bgp
    traceoptions ...
    disable !
    path-selection ...
    local-address = ip
    hold-time = hold
    advertise-inactive !
    log-updown !
    import * name
    family ...
    authentication-key = text @secret @nine
    export * name
    damping !
    remove-private ...
    cluster = ip
    local-as @line
      <asn> @line
        private !
        alias !
        no-prepend-global-as !
        loops = int:1-10
    multipath ...
    ~ graceful-restart mtu-discovery tcp-mss bfd-liveness-detection out-delay preference
    ~ precision-timers path-selection
    multihop @alone
      ttl = int:1-255
      no-nexthop-change !
    group <name>
      type = external|internal
      multihop @alone
        ttl = int:1-255
        no-nexthop-change !
{_NEIGHBOR}
      neighbor <ip>
        multihop @alone
          ttl = int:1-255
          no-nexthop-change !
{_NEIGHBOR.replace(chr(10) + "      ", chr(10) + "        ")}
      allow * route
"""
POLICY = """
policy-options
  ~ application-maps route-distinguisher community as-path as-path-group condition damping
  prefix-list <name>
    apply-path = text
    <prefix> @sorted
  policy-statement <name>
    term <name> @ordered
      from @line
        instance = name
        protocol * text
        interface * unit
        neighbor * ip
        ~ family rib area metric tag community as-path next-hop color origin preference
        ~ route-type policy
        prefix-list * name
        prefix-list-filter ...
        route-filter <prefix> <match> @block
        source-address-filter ...
      to ...
      then @line
        ~ metric tag as-path-prepend community origin preference next-hop color install-nexthop
        local-preference = text
        load-balance = per-packet|consistent-hash|destination-ip-only|source-ip-only
        next = term|policy
        default-action = accept|reject
        accept ! @choice:end
        reject ! @choice:end
    from @line
      instance = name
      protocol * text
      ~ family rib neighbor interface metric tag community as-path next-hop
      prefix-list * name
      prefix-list-filter ...
      route-filter <prefix> <match> @block
    then @line
      ~ metric tag as-path-prepend community origin preference next-hop
      local-preference = text
      load-balance = per-packet|consistent-hash|destination-ip-only|source-ip-only
      next = term|policy
      accept ! @choice:end
      reject ! @choice:end
"""
ROUTING = _STATIC
PROTOCOLS = _BGP


def _indented(text: str, by: str) -> str:
    return "\n".join(by + line for line in text.splitlines() if line.strip())


INSTANCES = f"""
routing-instances
  <name>
    description = text
    instance-type = instance-type
    ~ system bridge-domains vlan-id route-distinguisher vrf-target vrf-import vrf-export
    ~ vrf-table-label
    interface <unit>
{_indented(_STATIC, "    ")}
{_indented(_BGP, "    ")}
"""
