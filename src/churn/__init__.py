"""The churn library: what a customer row is, how a model is made of it, packed, registered and judged."""
