"""What the command lines of Cisco platforms have in common."""
