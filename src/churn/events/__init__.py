"""Tables of events become snapshots of customers, each as it was known on its date. DuckDB does the work."""
