"""Out of hours: the rota, nights, and what is in on-call's hands."""
