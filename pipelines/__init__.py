"""When things happen: one Prefect flow in each file. What happens stands in the library."""
