"""A case that nobody may recognise in Prefect: one neutral flow for every restricted procedure."""

from __future__ import annotations

from functools import partial
from typing import Any

from tasks.durable.prefect_clerk import RESTRICTED_TITLE
from tasks.durable.prefect_flow import RestrictedFlow
from tasks.durable.prefect_runtime import run_under_prefect


@partial(RestrictedFlow, name=RESTRICTED_TITLE, persist_result=False, retries=0)
def restricted_case(ref: str) -> Any:
    """
    Carry on a restricted case.

    Its procedure is known from our own ledger; here it has a neutral name, no tags that tell anything, and one
    parameter. The steps it does are not shown as task runs.
    """
    return run_under_prefect(ref, show_steps=False)
