"""What conftest.py says about which tests run together holds."""

import os

import pytest


@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="one process runs all tests")
def test_tests_of_one_file_run_in_one_process(request: pytest.FixtureRequest) -> None:
    assert request.node.nodeid.endswith(f"@{request.path}")
