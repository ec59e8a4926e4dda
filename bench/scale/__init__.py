"""How cost grows with the number of rows: `python -m bench.scale`."""
