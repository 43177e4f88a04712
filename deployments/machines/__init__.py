"""What starts the parts on more than one machine: systemd units, containers, a reverse proxy."""
