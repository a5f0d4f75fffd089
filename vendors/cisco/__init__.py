"""What Cisco's operating systems have in common: the shape of their configuration text."""
