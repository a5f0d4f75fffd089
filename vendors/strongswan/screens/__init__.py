"""What the operational commands of a Linux host print, one module a family."""
