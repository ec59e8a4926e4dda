"""API keys: what one is, which are valid now, and what each may do."""
