"""Reading ASA configurations."""
