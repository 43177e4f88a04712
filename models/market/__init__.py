"""The market of care: what is counted about each provider, what a meeting decides, and the risk of recruitment."""
