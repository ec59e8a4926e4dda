"""How a challenger is tried out on real requests, and what a contact is worth: pure decisions, no clock and no network."""
