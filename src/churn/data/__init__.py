"""Tables: read any of them, give them the declared kinds, and split them honestly."""
