"""Configure on-premises VPN appliances for site-to-site IPsec to Azure VPN Gateway."""
