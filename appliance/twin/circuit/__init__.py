"""An ExpressRoute circuit with the VPN behind it, lost and mended while packets flow."""
