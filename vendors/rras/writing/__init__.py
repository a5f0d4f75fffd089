"""From tunnels to the objects a server holds, and to the cmdlets that make them."""
