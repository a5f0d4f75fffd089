"""The statements below `security` and `applications`, in the order in which an SRX prints them."""

SECURITY = """
security
  ~ pki log certificates authentication-key-chains ssh-known-hosts
  ike
    traceoptions ...
    respond-bad-spi ...
    proposal <name>
      description = text
      authentication-method = ike-method
      dh-group = group
      authentication-algorithm = ike-digest
      encryption-algorithm = ike-cipher
      lifetime-seconds = int:180-86400
    policy <name>
      mode = main|aggressive
      description = text
      reauth-frequency = int:0-100
      proposals * name @choice:proposals
      proposal-set = set @choice:proposals
      certificate ...
      pre-shared-key @line
        ascii-text = text @secret @nine @choice:form
        hexadecimal = text @secret @nine @choice:form
    gateway <name>
      ike-policy = name
      address * peer @choice:peer
      dynamic @choice:peer @alone
        ~ distinguished-name general-ikeid
        hostname = text
        inet = ip
        user-at-hostname = text
        connections-limit = int:1-2147483647
        ike-user-type = group-ike-id|shared-ike-id
        reject-duplicate-connection !
      dead-peer-detection @alone
        always-send ! @choice:kind
        optimized ! @choice:kind
        probe-idle-tunnel ! @choice:kind
        interval = int:2-60
        threshold = int:1-5
      no-nat-traversal !
      nat-keepalive = int:1-300
      local-identity @line
        inet = ip @choice:id
        inet6 = ip @choice:id
        hostname = text @choice:id
        user-at-hostname = text @choice:id
        key-id = text @choice:id
        distinguished-name ...
      remote-identity @line
        inet = ip @choice:id
        inet6 = ip @choice:id
        hostname = text @choice:id
        user-at-hostname = text @choice:id
        key-id = text @choice:id
        distinguished-name ...
      external-interface = unit
      local-address = ip
      ~ aaa xauth advpn tcp-encap-profile
      general-ikeid !
      version = v1-only|v2-only
      fragmentation ...
  ipsec
    ~ traceoptions security-association anti-replay-window-size tunnel-mtu
    vpn-monitor-options
      interval = int:2-3600
      threshold = int:1-65536
    proposal <name>
      description = text
      protocol = esp|ah
      authentication-algorithm = esp-digest
      encryption-algorithm = esp-cipher
      extended-sequence-number !
      lifetime-seconds = int:180-86400
      lifetime-kilobytes = kilobytes
    policy <name>
      description = text
      perfect-forward-secrecy
        keys = group
      proposals * name @choice:proposals
      proposal-set = set @choice:proposals
    vpn <name>
      description = text
      bind-interface = unit
      df-bit = clear|copy|set
      multi-sa ...
      copy-outer-dscp !
      vpn-monitor @alone
        optimized !
        source-interface = unit
        destination-ip = ip
        verify-path ...
      ike
        gateway = name
        idle-time = int:60-999999
        no-anti-replay !
        anti-replay-window-size = int:64-8192
        install-interval = int:0-10
        proxy-identity
          local = prefix
          remote = prefix
          service = text
        ipsec-policy = name
      manual ...
      traffic-selector <name>
        description = text
        term ...
        local-ip = prefix
        remote-ip = prefix
      establish-tunnels = immediately|on-traffic|responder-only|responder-only-no-rekey
      ~ distribution-profile tunnel-mtu udp-encapsulate passive-mode-tunneling match-direction
  address-book
    <name>
      description = text
      address <name> @line
        description = text
        <prefix>
        dns-name ...
        range-address ...
        wildcard-address ...
      address-set <name>
        description = text
        address <name>
        address-set <name>
      attach
        zone <name>
  ~ alg application-tracking forwarding-options application-firewall idp utm dynamic-address gprs
  flow
    ~ traceoptions bridge syn-flood-protection-mode aging packet-log power-mode-disable
    allow-dns-reply !
    allow-embedded-icmp !
    route-change-timeout = int:6-1800
    sync-icmp-session !
    force-ip-reassembly !
    tcp-mss
      all-tcp
        mss = int:64-65535
      ipsec-vpn
        mss = int:64-65535
      gre-in
        mss = int:64-65535
      gre-out
        mss = int:64-65535
    tcp-session ...
    ipsec-performance-acceleration !
  screen ...
  nat
    source
      ~ pool-default-port-range address-persistent interface port-randomization
      ~ pool-utilization-alarm
      pool <name>
        ~ routing-instance host-address-base port overflow-pool description address
      rule-set <name> @ordered
        description = text
        from @line
          zone * name
          interface * unit
          routing-instance * name
        to @line
          zone * name
          interface * unit
          routing-instance * name
        rule <name> @ordered
          description = text
          match
            source-address * prefix
            source-address-name * name
            destination-address * prefix
            destination-address-name * name
            ~ source-port destination-port protocol application
          then
            source-nat
              off ! @choice:nat
              interface ... @choice:nat
              pool ... @choice:nat
    ~ destination static proxy-arp natv6v4
  policies
    from-zone <name> to-zone <name>
      policy <name> @ordered
        description = text
        match
          source-address * name
          destination-address * name
          source-address-excluded !
          destination-address-excluded !
          application * name
          ~ source-identity source-end-user-profile dynamic-application url-category
        then
          permit @choice:action @alone
            ~ application-services firewall-authentication tcp-options services-offload
            ~ destination-address
            tunnel
              ipsec-vpn = name
              pair-policy = name
          deny ! @choice:action
          reject ... @choice:action
          log
            session-init !
            session-close !
          count ...
        scheduler-name = name
    global
      policy <name> @ordered
        description = text
        match
          source-address * name
          destination-address * name
          source-address-excluded !
          destination-address-excluded !
          application * name
          from-zone * name
          to-zone * name
          ~ source-identity dynamic-application url-category
        then
          permit @choice:action @alone
            ~ application-services firewall-authentication tcp-options services-offload
          deny ! @choice:action
          reject ... @choice:action
          log
            session-init !
            session-close !
          count ...
        scheduler-name = name
    default-policy
      permit-all ! @choice:default
      deny-all ! @choice:default
    policy-rematch ...
    ~ policy-stats traceoptions unified-policy
  zones
    functional-zone ...
    security-zone <name>
      description = text
      tcp-rst !
      address-book
        address <name> @line
          description = text
          <prefix>
          dns-name ...
          range-address ...
          wildcard-address ...
        address-set <name>
          address <name>
          address-set <name>
      screen = name
      host-inbound-traffic
        system-services
          <service>
            except !
        protocols
          <routing>
            except !
      interfaces
        <unit>
          host-inbound-traffic
            system-services
              <service>
                except !
            protocols
              <routing>
                except !
      ~ application-tracking enable-reverse-reroute source-identity-log
      ~ advance-policy-based-routing-profile
  ~ advance-policy-based-routing user-identification softwires group-vpn ike-user-type
  ~ remote-access tcp-encap resource-manager macsec
"""
APPLICATIONS = """
applications
  application <name>
    ~ application-protocol ether-type icmp-type icmp-code inactivity-timeout rpc-program-number
    ~ uuid ttl description
    term ...
    protocol = text
    source-port = text
    destination-port = text
  application-set <name>
    description = text
    application <name>
    application-set <name>
"""
