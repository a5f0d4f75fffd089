"""From IOS text to tunnels: what `parse` and `cross_check` are made of."""
