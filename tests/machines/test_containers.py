"""The compose file, its image and the reverse proxy: what must hold, and read by their own programs where they are."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from deployments.cli import COMMANDS
from tests.machines.settings_named import MACHINES, not_known

COMPOSE = yaml.safe_load((MACHINES / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
LASTING = sorted(set(SERVICES) - {"set-up"})
OURS = sorted(name for name, service in SERVICES.items() if service["image"] == "safe-pathways")
NGINX = (MACHINES / "nginx" / "nginx.conf").read_text(encoding="utf-8")


def docker_compose() -> bool:
    """Whether the compose plugin is on this machine; it needs no running Docker to read a file."""
    docker = shutil.which("docker")
    return docker is not None and subprocess.run([docker, "compose", "version"], capture_output=True).returncode == 0


def test_docker_compose_reads_the_file(tmp_path: Path) -> None:
    """Docker's own program finds nothing wrong with it."""
    if not docker_compose():
        pytest.skip("docker compose is not on this machine")
    said = subprocess.run(
        ["docker", "compose", "--file", MACHINES / "compose.yaml", "config", "--quiet"],
        capture_output=True, text=True, timeout=60, cwd=tmp_path,
    )  # fmt: skip
    assert (said.returncode, said.stderr) == (0, "")


@pytest.mark.parametrize("name", LASTING)
def test_every_part_is_watched_bounded_and_started_again(name: str) -> None:
    """A health check says when it is in trouble, and it comes back whatever ended it."""
    service = SERVICES[name]
    assert service["restart"] == "always"
    assert service["healthcheck"]["test"]
    if name in OURS:
        assert service["deploy"]["resources"]["limits"]["memory"]
        assert service["stop_grace_period"] == "45s"


@pytest.mark.parametrize("name", OURS)
def test_our_parts_run_a_command_there_is_with_nothing_they_do_not_need(name: str) -> None:
    """No privileges, no writable machine but its home, and a command of ours."""
    service = SERVICES[name]
    commands = service.get("command") or re.findall(r"pathways (\S+)", service["entrypoint"][-1])
    assert set(commands) <= set(COMMANDS)
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert "no-new-privileges:true" in service["security_opt"]


def test_two_workers_two_worklists_and_one_server_run() -> None:
    """Either worker, either worklist may end, and the other goes on."""
    assert SERVICES["worker"]["deploy"]["replicas"] == 2
    assert {"worklist-1", "worklist-2"} <= set(SERVICES)
    assert "replicas" not in SERVICES["prefect-server"]["deploy"]


def test_only_the_proxy_is_reached_from_outside() -> None:
    """Nobody reaches Prefect, PostgreSQL or a worklist but through it, and the database has no way out."""
    assert [name for name, service in SERVICES.items() if service.get("ports")] == ["proxy"]
    assert COMPOSE["networks"]["database"]["internal"] is True
    assert "front" not in SERVICES["prefect-server"]["networks"]


def test_no_part_begins_before_tables_and_deployments_are_there() -> None:
    """Workers and worklists wait for the set-up, and that for a database and a server that answer."""
    for name in ("worker", "worklist-1", "worklist-2"):
        assert SERVICES[name]["depends_on"] == {"set-up": {"condition": "service_completed_successfully"}}
    awaited = SERVICES["set-up"]["depends_on"]
    assert {one["condition"] for one in awaited.values()} == {"service_healthy"}


def test_secrets_come_by_files_and_every_one_is_there() -> None:
    """No password stands in the compose file; each secret that a part reads is handed to it."""
    for name, service in SERVICES.items():
        read = {value for value in service.get("environment", {}).values() if "/run/secrets/" in str(value)}
        handed = set(service.get("secrets", []))
        assert {Path(one).name for one in read} <= handed, name
        assert handed <= set(COMPOSE["secrets"])
    assert all(set(secret) == {"file"} for secret in COMPOSE["secrets"].values())
    ignored = (MACHINES / ".gitignore").read_text().split()
    assert {"secrets/", "settings/", "certificates/"} <= set(ignored)


def test_no_setting_is_misspelt() -> None:
    """Every setting that the compose file names is read by our code or by Prefect."""
    assert not_known((MACHINES / "compose.yaml").read_text(encoding="utf-8")) == set()


def test_the_image_has_no_secret_and_no_root() -> None:
    """It is made of the named folders alone, from locked packages, and runs as a user of its own."""
    text = (MACHINES / "Dockerfile").read_text(encoding="utf-8")
    ignored = (MACHINES / "Dockerfile.dockerignore").read_text(encoding="utf-8").split("\n")
    assert re.findall(r"(?m)^USER (.*)$", text)[-1] == "10001:10001"
    assert "--require-hashes" in text
    assert ignored.index("*") < ignored.index("!deployments") < ignored.index("deployments/machines")
    checkout = MACHINES.parents[1]
    for copied in re.findall(r"(?m)^COPY (?!--from)(.*) \S+$", text):
        assert all((checkout / one).exists() and f"!{one}" in ignored for one in copied.split()), copied


def test_nginx_reads_its_configuration(tmp_path: Path) -> None:
    """nginx itself finds nothing wrong with it."""
    nginx = shutil.which("nginx")
    if nginx is None:
        pytest.skip("nginx is not on this machine")
    loaded = _streams(nginx)
    pem, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    wanted = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=test", "-keyout", key, "-out", pem]
    subprocess.run(["openssl", "req", *wanted], check=True, capture_output=True)
    text = re.sub(r"(?m)^(\s*ssl_certificate_key) .*$", rf"\1 {key};", NGINX)
    text = re.sub(r"(?m)^(\s*ssl_certificate) .*$", rf"\1 {pem};", text)
    text = re.sub(r"(worklist-\d|prefect-server):", "127.0.0.1:", text)
    (tmp_path / "nginx.conf").write_text(loaded + text.replace("include mime.types;", ""))
    said = subprocess.run(
        [nginx, "-t", "-c", tmp_path / "nginx.conf", "-p", tmp_path], capture_output=True, text=True, timeout=60
    )
    assert said.returncode == 0, said.stderr


def _streams(nginx: str) -> str:
    """The line that loads what passes mail on, where this nginx has it as a module of its own."""
    built = subprocess.run([nginx, "-V"], capture_output=True, text=True).stderr
    if "--with-stream=dynamic" not in built:
        return ""
    folder = re.findall(r"--modules-path=(\S+)", built)
    module = Path(folder[0] if folder else "/usr/lib/nginx/modules") / "ngx_stream_module.so"
    if not module.exists():
        pytest.skip("this nginx lacks its stream module (libnginx-mod-stream)")
    return f"load_module {module};\n"


def test_the_proxy_lets_only_managers_see_prefect() -> None:
    """Every way to Prefect, to mail and to what parts say of themselves names who may come, and refuses all others."""
    blocks = re.split(r"\n\s*server \{", NGINX)
    for marker in ("prefect.example.gov.uk", "listen 2525"):
        block = next(one for one in blocks if marker in one)
        assert re.search(r"allow [0-9./]+;(.|\n)*?deny all;", block), marker
    places = dict(re.findall(r"location ~ (\S+) \{(.*?)\}", NGINX, re.DOTALL))
    assert re.search(r"allow [0-9./]+;(.|\n)*deny all;", places["^/(health|ready|metrics|monitoring)(/|$)"])


def test_the_proxy_says_who_calls_and_nobody_else_can() -> None:
    """The caller's address is set anew at each way to a worklist, never added to what the caller said."""
    ways = NGINX.count("proxy_pass http://")
    assert NGINX.count("proxy_set_header X-Forwarded-For $remote_addr;") == ways == 3
    assert NGINX.count("proxy_set_header Host $http_host;") == ways
