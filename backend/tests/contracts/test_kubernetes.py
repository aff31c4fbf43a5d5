"""The manifests fit Kubernetes' own schemas, each other, and the gallery that they run."""

import copy
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import psycopg
import pytest
import typer.main
import yaml

from gallery.cli import app
from gallery.settings import Settings
from tests.factories import World, tiny_jpeg

FOLDER = Path(__file__).resolve().parents[3] / "deploy" / "kubernetes"
VERSIONS = ("1.30", "1.37")
"""The oldest and the newest that are promised."""
WITHOUT_SCHEMA = {"Kustomization", "Component", "ScaledObject", "TriggerAuthentication"}
Manifest = dict[str, Any]

if not FOLDER.exists():
    pytest.skip("the manifests are not beside the package", allow_module_level=True)


def manifests() -> dict[tuple[str, str], Manifest]:
    """All of them, by kind and name (a kustomization by its folder)."""
    found = {}
    for path in sorted(FOLDER.rglob("*.yaml")):
        for document in yaml.safe_load_all(path.read_text()):
            name = document.get("metadata", {}).get("name")
            if name is None:
                name = str(path.parent.relative_to(FOLDER))
            elif "queue-metric" in str(path):
                name += " (by metric)"
            found[document["kind"], name] = document
    return found


ALL = manifests()
DEPLOYMENTS = [name for kind, name in ALL if kind == "Deployment"]
PODS = {name: manifest for (kind, name), manifest in ALL.items() if kind in {"Deployment", "CronJob"}}
"""What makes pods, by its name, which its pods bear."""


def template(maker: Manifest) -> Manifest:
    spec = maker["spec"]
    made: Manifest = (spec["jobTemplate"]["spec"] if maker["kind"] == "CronJob" else spec)["template"]
    return made


def pod(maker: Manifest) -> Manifest:
    spec: Manifest = template(maker)["spec"]
    return spec


def misfits(manifest: Manifest, version: str) -> str:
    try:
        kubernetes_validate.validate(manifest, version, strict=True)
    except kubernetes_validate.ValidationError as error:
        return str(error.message)
    return ""


def weaknesses(maker: Manifest) -> Iterator[str]:
    """What a pod may do, or lacks, that ours must not."""
    spec = pod(maker)
    # What comes to an end by itself is not watched: how it ended is.
    probes = () if maker["kind"] == "CronJob" else ("startupProbe", "readinessProbe", "livenessProbe")
    context = spec.get("securityContext", {})
    if not context.get("runAsNonRoot") or context.get("seccompProfile") != {"type": "RuntimeDefault"}:
        yield "the pod's security context"
    if spec.get("automountServiceAccountToken") is not False:
        yield "a token of the cluster"
    for container in spec["containers"]:
        own = container.get("securityContext", {})
        if own.get("capabilities") != {"drop": ["ALL"]} or own.get("allowPrivilegeEscalation") is not False:
            yield "rights"
        if own.get("readOnlyRootFilesystem") is not True:
            yield "a root that can be written"
        if "memory" not in container.get("resources", {}).get("limits", {}):
            yield "no limit of memory"
        yield from (f"no {probe}" for probe in probes if probe not in container)
        mounted = {mount["name"] for mount in container["volumeMounts"]}
        if mounted != {volume["name"] for volume in spec["volumes"]}:
            yield "volumes"


def loose_ends(everything: dict[tuple[str, str], Manifest]) -> Iterator[str]:
    """References that lead nowhere."""
    settings, secrets = everything["ConfigMap", "gallery-settings"]["data"], offered_secrets()
    for name, value in settings.items():
        if name.removesuffix("_FILE").lower() not in {*Settings.model_fields, "forwarded_allow_ips"}:
            yield f"no such setting: {name}"
        if name.endswith("_FILE") and value != f"/run/secrets/gallery/{name.removesuffix('_FILE')}":
            yield f"another file: {name}"
        if name.endswith("_FILE") and name.removesuffix("_FILE") not in secrets:
            yield f"a secret that is not explained: {name}"
    for (kind, name), manifest in everything.items():
        spec = manifest.get("spec", {})
        if kind in {"HorizontalPodAutoscaler", "ScaledObject"} and spec["scaleTargetRef"]["name"] not in DEPLOYMENTS:
            yield f"{kind} {name}: {spec['scaleTargetRef']}"
        if kind in {"Service", "PodDisruptionBudget", "NetworkPolicy"}:
            selector = spec.get("selector") or spec.get("podSelector")
            labels = selector.get("matchLabels", selector) if selector else {}
            chosen = labels.get("app.kubernetes.io/name")
            if chosen is not None and chosen not in PODS:
                yield f"{kind} {name}: {chosen}"
        if kind == "Deployment" and spec["selector"]["matchLabels"] != template(manifest)["metadata"]["labels"]:
            yield f"{name} does not choose its own pods"
        if kind == "CronJob":
            yield from _strange_words(manifest, settings, secrets)
        if kind in {"Deployment", "CronJob"}:
            claims = {volume.get("persistentVolumeClaim", {}).get("claimName") for volume in pod(manifest)["volumes"]}
            yield from (
                f"{name}: {claim}" for claim in claims - {None} if ("PersistentVolumeClaim", claim) not in everything
            )
        if kind in {"Kustomization", "Component"}:
            for path in [*manifest.get("resources", ()), *manifest.get("components", ())]:
                if not (FOLDER / name / path).exists():
                    yield f"{name}: {path}"


def _strange_words(job: Manifest, settings: Manifest, secrets: set[str]) -> Iterator[str]:
    """What a job is told that there is not: by setting and by secret, of which it is given some alone."""
    given: set[str] = set()
    for volume in pod(job)["volumes"]:
        items = volume.get("secret", {}).get("items", ())
        given |= {item["path"] for item in items if item["key"] in secrets}
    for variable in pod(job)["containers"][0]["env"]:
        name = variable["name"].removesuffix("_FILE")
        source = variable.get("valueFrom", {}).get("configMapKeyRef")
        known = name in settings and source == {"name": "gallery-settings", "key": name} if source else name in given
        if name.lower() not in Settings.model_fields or not known:
            yield f"{job['metadata']['name']}: {variable['name']}"


def offered_secrets() -> set[str]:
    return set(re.findall(r"^([A-Z0-9_]+)=", (FOLDER / "example" / "secrets.env.example").read_text(), re.MULTILINE))


@pytest.mark.parametrize("version", VERSIONS)
def test_every_manifest_fits_its_schema(version: str) -> None:
    checked = {key: manifest for key, manifest in ALL.items() if key[0] not in WITHOUT_SCHEMA}
    assert len(checked) >= 18
    assert {key: words for key, manifest in checked.items() if (words := misfits(manifest, version))} == {}


def test_pods_are_confined_and_watched() -> None:
    assert {name: list(weaknesses(maker)) for name, maker in PODS.items()} == {
        "gallery-backend": [],
        "gallery-worker": [],
        "gallery-frontend": [],
        "gallery-backup": [],
    }


def test_the_backup_is_the_gallerys_and_is_told_no_key() -> None:
    job = ALL["CronJob", "gallery-backup"]
    assert job["spec"]["concurrencyPolicy"] == "Forbid"
    assert template(job)["metadata"]["labels"] == {"app.kubernetes.io/name": "gallery-backup"}
    [container] = pod(job)["containers"]
    program, verb, *words = container["args"]
    assert program == "gallery"
    command = typer.main.get_command(app).commands[verb]  # type: ignore[attr-defined]  # a group has commands
    understood = command.make_context(verb, list(words)).params
    assert (str(understood["target"]), understood["check"], understood["keep_daily"]) == ("/backup", True, 7)
    told = {variable["name"].removesuffix("_FILE") for variable in container["env"]}
    assert told == {
        "DATABASE_URL",
        "STORAGE_URL",
        *(f"S3_{x}" for x in ("ENDPOINT", "REGION", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY")),
    }
    assert "envFrom" not in container


def test_nothing_refers_to_what_is_not_there() -> None:
    assert list(loose_ends(ALL)) == []


def _misspelled(worker: Manifest) -> None:
    container = pod(worker)["containers"][0]
    container["livenesProbe"] = container.pop("livenessProbe")


def _wrong_type(worker: Manifest) -> None:
    worker["spec"]["replicas"] = "two"


def _strange_probe(worker: Manifest) -> None:
    pod(worker)["containers"][0]["startupProbe"]["httpGet"] = {"path": "/health"}


@pytest.mark.parametrize("plant", [_misspelled, _wrong_type, _strange_probe])
def test_a_planted_misfit_is_found(plant: Callable[[Manifest], None]) -> None:
    broken = copy.deepcopy(ALL["Deployment", "gallery-worker"])
    plant(broken)
    assert misfits(broken, VERSIONS[-1])


def test_planted_weaknesses_and_loose_ends_are_found() -> None:
    weak = copy.deepcopy(ALL["Deployment", "gallery-worker"])
    container = pod(weak)["containers"][0]
    container["securityContext"]["capabilities"] = {"drop": ["ALL"], "add": ["SYS_ADMIN"]}
    del container["livenessProbe"]
    assert list(weaknesses(weak)) == ["rights", "no livenessProbe"]
    loose = copy.deepcopy(ALL)
    loose["ConfigMap", "gallery-settings"]["data"]["STORAGE_URI"] = "s3://misspelled"
    loose["ScaledObject", "gallery-worker"]["spec"]["scaleTargetRef"]["name"] = "worker"
    backup = pod(loose["CronJob", "gallery-backup"])
    backup["containers"][0]["env"][0]["valueFrom"]["configMapKeyRef"]["key"] = "STORE"
    backup["volumes"][0]["secret"]["items"].pop()
    backup["volumes"][1]["persistentVolumeClaim"]["claimName"] = "backups"
    assert list(loose_ends(loose)) == [
        "no such setting: STORAGE_URI",
        "gallery-backup: STORAGE_URL",
        "gallery-backup: S3_SECRET_ACCESS_KEY_FILE",
        "gallery-backup: backups",
        "ScaledObject gallery-worker: {'name': 'worker'}",
    ]


async def test_workers_follow_the_queue_that_there_is(world: World) -> None:
    """KEDA's question is asked of a real queue; the other way counts by a gauge that the gallery has."""
    trigger = ALL["ScaledObject", "gallery-worker"]["spec"]["triggers"][0]["metadata"]
    anna = await world.person("anna")

    def asked() -> int:
        with psycopg.connect(world.gallery.settings.database_url) as connection:
            row = connection.execute(trigger["query"]).fetchone()
        assert row is not None
        return int(row[0])

    before = asked()
    for _ in range(3):
        await world.upload(anna, anna.personal_space, tiny_jpeg())
    assert asked() == before + 3
    metric = ALL["HorizontalPodAutoscaler", "gallery-worker (by metric)"]["spec"]["metrics"][0]["external"]
    assert f'{metric["metric"]["name"]}{{task="assets.ingest"}}' in (await world.client().get("/metrics")).text
    assert metric["target"]["averageValue"] == trigger["targetQueryValue"]
