"""Fixtures of all tests; those for procedures come with the product."""

import os

from hypothesis import settings

pytest_plugins = ["deployments.pytest_plugin"]

# The same examples each time, so that a change fails by what it changed. HYPOTHESIS_PROFILE=explore looks further.
settings.register_profile("same", derandomize=True)
settings.register_profile("explore", derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))
