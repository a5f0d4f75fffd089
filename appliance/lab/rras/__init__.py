"""A Windows server with RRAS on loopback: PowerShell remoting over WinRM, cmdlets in memory.

The endpoint speaks the real protocols (HTTP, TLS, NTLM, WS-Management, PSRP); what cmdlets take,
refuse and return is modelled after their published reference. No PowerShell runs here: of scripts
only those are accepted that are known by their SHA-256, and each has a twin in Python.
"""
