"""Text templates, as package data: TextFSM for reading devices, Jinja2 for the lab's screens."""
