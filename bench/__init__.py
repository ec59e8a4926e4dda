"""How fast the server is beside its alternatives, measured on this machine. Nothing imports this folder."""
