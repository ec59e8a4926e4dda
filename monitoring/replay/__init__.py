"""Live through a history of periods under a policy: what monitoring would have said, and what it would have earned."""
