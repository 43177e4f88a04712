"""What whoever keeps the system running works with: logs, numbers, /health, automations and the runbook."""
