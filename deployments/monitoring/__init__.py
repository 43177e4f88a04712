"""
What other machines watch us by: /metrics for Prometheus, and the door by which Prefect's automations have us look.

The worker's own numbers (legs, slots) come from the worker, which alone knows them. `alerts.yaml` has rules for
Prometheus, each with its page in `docs/runbook/`.
"""
