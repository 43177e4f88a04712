"""Fixtures of all tests; those for procedures come with the product."""

pytest_plugins = ["deployments.pytest_plugin"]
