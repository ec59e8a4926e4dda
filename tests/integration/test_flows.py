"""The flows, on a real Prefect server, registry and store."""

def test_discovery(company):
    """Discovery gives a verdict and an artifact that names it."""
    import time
    t = time.time()
    assert company.call("pipelines.discovery:discovery") == "x"

def test_dev(company, candidate, champion):
    print(company.artifact("development"))
    print(company.artifact("deployment"))
    assert company.runs("development") == []
