"""Programs of other engines, which run in an environment of their own (`.venv-bench`) and import nothing of ours."""
