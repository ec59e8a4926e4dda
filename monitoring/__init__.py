"""Monitoring: what a window of predictions looks like beside the reference, and the verdict over it."""
