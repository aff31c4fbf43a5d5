"""The containers' settings are explained, handed on, and harmless as they come; overlays are as confined as the rest."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from gallery.settings import Settings, UnfitSettings, load_settings
from tests.factories import World

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / ".env.example"
COMPOSE = ROOT / "docker-compose.yml"
OVERLAYS = sorted(path for path in (ROOT / "deploy").glob("*/*.yml") if "\nservices:\n" in path.read_text())
MONITORING = ROOT / "deploy" / "monitoring"
PINNED = r"\$\{[A-Z]+_IMAGE:-[a-z/]+:v?\d+(\.\d+)+[a-z-]*\}"
OURS = "max-gallery-backend:${BACKEND_TARGET:-production}"
DOORS = {"caddy", "traefik"}
"""Services that are there to be reached from outside."""

if not EXAMPLE.exists():
    pytest.skip("the compose files are not beside the package", allow_module_level=True)


def offered() -> dict[str, str]:
    """Names and values of .env.example, those that stand in comments too."""
    return dict(re.findall(r"^#?([A-Z0-9_]+)=(.*)$", EXAMPLE.read_text(), re.MULTILINE))


def asked_for(*paths: Path) -> set[str]:
    """Names that compose files take from .env: `${NAME}` in all its forms, and `NAME:` without a value."""
    text = "".join(path.read_text() for path in paths)
    return set(re.findall(r"\$\{([A-Z0-9_]+)", text)) | set(re.findall(r"^ +([A-Z0-9_]+):$", text, re.MULTILINE))


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text())
    return found


def added(overlay: Path) -> dict[str, dict[str, Any]]:
    """The services that an overlay brings, without those that it changes."""
    return {name: service for name, service in read(overlay)["services"].items() if "image" in service}


def test_the_front_ends_images_get_every_part_of_its_build() -> None:
    front = ROOT / "front"
    parts = {path.name for path in front.glob("vite.*.ts")}
    assert len(parts) > 1
    for taker in (front / "Dockerfile", front / ".dockerignore", ROOT / "docker-compose.dev.yml"):
        assert parts <= set(re.findall(r"vite\.[a-z]+\.ts", taker.read_text())), taker.name


def test_every_setting_is_in_the_example() -> None:
    text = EXAMPLE.read_text()
    missing = {name.upper() for name in Settings.model_fields if not re.search(rf"\b{name.upper()}\b", text)}
    assert not missing


def test_the_example_offers_what_the_services_take_and_nothing_else() -> None:
    beyond = {"BACKEND_TARGET"}  # which image is built is said on the command line
    for_compose = {"COMPOSE_FILE"}
    assert set(offered()) == (asked_for(COMPOSE, *OVERLAYS) - beyond) | for_compose


def test_the_example_offers_the_defaults() -> None:
    text = "".join(path.read_text() for path in (COMPOSE, *OVERLAYS))
    for name, value in offered().items():
        if not name.endswith(
            ("_IMAGE", "_PORT", "_NETWORK", "_LOGS", "_CONFIG", "_ISSUER", "_MEMORY", "_CPUS", "_CONNECTIONS")
        ):
            continue
        defaults = set(re.findall(rf"\$\{{{name}:-([^}}]+)\}}", text))
        assert value in defaults, name


def test_development_takes_nothing_unexplained() -> None:
    assert asked_for(ROOT / "docker-compose.dev.yml") - set(offered()) == {"POSTGRES_PORT"}


def test_the_example_itself_refuses_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in offered().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DATABASE_URL", "postgresql://app_user@db/app_db")
    with pytest.raises(UnfitSettings, match="SECRET_KEY"):
        load_settings()


def test_a_worker_is_told_what_a_backend_is_told() -> None:
    """Jobs run there with `deploy/scale`: a habit that only the backend heard of would be nobody's."""
    at_the_door = {"CORS_ORIGINS", "FORWARDED_ALLOW_IPS", "JOBS_IN_PROCESS", "MAX_UPLOAD_BYTES"}
    scale = read(ROOT / "deploy" / "scale" / "compose.yml")["services"]
    backend = read(COMPOSE)["services"]["backend"]["environment"] | scale["backend"]["environment"]
    assert set(backend) - set(scale["worker"]["environment"]) == at_the_door


def test_every_file_that_is_mounted_is_there() -> None:
    for path in (COMPOSE, ROOT / "docker-compose.dev.yml", *OVERLAYS):
        for service in read(path)["services"].values():
            for volume in (service or {}).get("volumes", []):
                source = re.sub(r"^\$\{\w+:-([^}]+)\}", r"\1", volume).split(":")[0]
                assert not source.startswith("./") or (ROOT / source).exists(), f"{path.parent.name}: {source}"


def test_secrets_are_the_files_that_make_secrets_writes() -> None:
    script = (ROOT / "tools" / "make_secrets.sh").read_text()
    names = {name for path in OVERLAYS for name in read(path).get("secrets", {})}
    assert names
    for name in names:
        assert re.search(rf"\b{name}\b", script, re.IGNORECASE), name
    readers = [
        (service, read(path)["services"][service]["environment"])
        for path in OVERLAYS
        for service in ("backend", "worker", "backup")
        if "secrets" in read(path)["services"].get(service, {})
    ]
    assert {service for service, _ in readers} == {"backend", "worker", "backup"}
    for _, taken in readers:
        for name in taken:
            setting = name.removesuffix("_FILE").lower()
            assert setting in Settings.model_fields
            assert taken[f"{setting.upper()}_FILE"] == f"/run/secrets/{setting}"
            assert taken[setting.upper()] == "", "the value itself is emptied"


@pytest.mark.parametrize("overlay", OVERLAYS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_an_overlay_adds_is_confined(overlay: Path) -> None:
    for name, service in added(overlay).items():
        assert service["image"] == OURS or re.fullmatch(PINNED, service["image"]), "a pinned image, or our own"
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert set(service.get("cap_add", [])) <= {"NET_BIND_SERVICE", "DAC_READ_SEARCH"}, name
        assert all(service.get(limit) for limit in ("mem_limit", "cpus", "pids_limit")), name
        assert service["logging"]["options"]["max-size"] == "10m", name
        assert "docker.sock" not in str(service), name
        for port in service.get("ports", []):
            assert name in DOORS or ":-127.0.0.1:" in port, f"{name} is public"


@pytest.mark.parametrize("page", ["docs/operations.md", "docs/ru/operations.md"])
def test_every_overlay_is_explained(page: str) -> None:
    text = (ROOT / page).read_text()
    names = [str(path.relative_to(ROOT)).removesuffix("/compose.yml") for path in OVERLAYS]
    assert not [name for name in names if name not in text]


def test_actions_are_pinned() -> None:
    for path in (ROOT / ".github" / "workflows").glob("*.yml"):
        used = re.findall(r"uses: (\S+)(.*)", path.read_text())
        assert used
        for action, comment in used:
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action), action
            assert re.search(r"# v?\d", comment), f"which version is {action}?"


async def test_alerts_and_dashboard_ask_for_what_is_measured(world: World) -> None:
    await world.person("anna")
    answer = await world.client().get("/metrics")
    # What has labels tells nothing before its first event; its name is known all the same.
    known = {family.name for family in text_string_to_metric_families(answer.text)}
    measured = known | {name + end for name in known for end in ("_total", "_count", "_bucket")}
    board = json.loads((MONITORING / "grafana" / "dashboards" / "gallery.json").read_text())
    asked = [target["expr"] for panel in board["panels"] for target in panel.get("targets", [])]
    rules = [rule for group in read(MONITORING / "alerts.yml")["groups"] for rule in group["rules"]]
    for expression in [*asked, *(rule["expr"] for rule in rules)]:
        names = set(re.findall(r"\b(?:gallery|process)_\w+", re.sub(r'"[^"]*"', "", expression)))
        assert names or "up{" in expression
        assert names <= measured, f"{names - measured} in {expression}"
    sources = {panel["datasource"]["uid"] for panel in board["panels"] if "datasource" in panel}
    provided = read(MONITORING / "grafana" / "provisioning" / "datasources" / "gallery.yml")["datasources"]
    assert sources <= {source["uid"] for source in provided}


def test_every_alert_has_a_test_that_rings_it_and_one_that_does_not() -> None:
    """promtool says whether they pass (tools/docker_check); here is seen that no alert is left out."""
    ringing: set[str] = set()
    silent: dict[str, set[str]] = {}
    for test in read(MONITORING / "alerts.test.yml")["tests"]:
        asked = test.get("promql_expr_test", [])
        told = {str(sample["labels"]) for question in asked for sample in question["exp_samples"]}
        ringing |= {name for labels in told for name in re.findall(r'alertname="(\w+)"', labels)}
        ringing |= {case["alertname"] for case in test.get("alert_rule_test", []) if case["exp_alerts"]}
        if asked and not told:
            silent[test["name"]] = {item["series"].partition("{")[0] for item in test["input_series"]}
    assert len(silent) == 2, "a well gallery, and one that is short of every bound"
    rules = [rule for group in read(MONITORING / "alerts.yml")["groups"] for rule in group["rules"]]
    assert ringing == {rule["alert"] for rule in rules}
    for rule in rules:
        series = set(re.findall(r"\b(?:gallery|process)_\w+|\bup(?={)", re.sub(r'"[^"]*"', "", rule["expr"])))
        assert any(series <= fed for fed in silent.values()), f"{rule['alert']} is silent for want of {series}"
        assert set(rule["annotations"]) == {"summary", "action"}
        assert rule["labels"]["severity"] in {"warning", "critical"}
