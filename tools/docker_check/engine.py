"""The Docker engine, compose, and a stack under a name of its own."""

import json
import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
SERVICES: Final = ("db", "backend", "frontend")
MEGABYTE: Final = 1 << 20
_OWN_NAMES: Final = """
services:
  backend:
    image: {images}-backend:${{BACKEND_TARGET:-production}}
    volumes:
      - {folder}/error.log:/app/error.log
  frontend: {{image: {images}-frontend{tag}}}
volumes:
{volumes}
networks:
{networks}
"""
_VOLUMES: Final = ("postgres_data", "uploads_data")
_NETWORKS: Final = ("max_gallery_network",)


class Failed(Exception):
    """A promise that did not hold."""


class Skipped(Exception):
    """A promise that could not be tried here, and why."""


def expect(condition: object, words: object) -> None:
    if not condition:
        raise Failed(str(words))


def compose_commands() -> list[list[str]]:
    """Every compose there is on this machine: 1.29 by its hyphen, v2 as Docker's plugin. COMPOSE chooses one."""
    if "COMPOSE" in os.environ:
        return [os.environ["COMPOSE"].split()]
    plugin = subprocess.run(["docker", "compose", "version"], capture_output=True).returncode == 0
    hyphen = [["docker-compose"]] if shutil.which("docker-compose") else []
    return [*hyphen, *([["docker", "compose"]] if plugin else [])]


def engine_answers() -> bool:
    try:
        if subprocess.run(["docker", "info"], capture_output=True, timeout=30).returncode:
            return False
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return False
    return bool(compose_commands())


def docker(*arguments: str, check: bool = True, seconds: int = 120) -> str:
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=seconds)
    if check and done.returncode:
        raise Failed(f"docker {' '.join(arguments)}: {done.stderr[-1000:]}")
    return done.stdout.strip()


def size_of(image: str) -> int:
    return int(docker("image", "inspect", "-f", "{{.Size}}", image))


def has_image(image: str) -> bool:
    """Whether the image is here or can be fetched."""
    if subprocess.run(["docker", "image", "inspect", image], capture_output=True).returncode == 0:
        return True
    with suppress(subprocess.TimeoutExpired):
        return subprocess.run(["docker", "pull", "-q", image], capture_output=True, timeout=600).returncode == 0
    return False


def provide(variable: str, published: str, name: str, recipe: str) -> str:
    """The image that `variable` names or the published one; without one, `name`, which `recipe` makes."""
    named = os.environ.get(variable, published)
    if variable in os.environ or has_image(named):
        return named
    made = subprocess.run(["docker", "build", "-q", "-t", name, "-"], input=recipe, text=True, capture_output=True)
    expect(made.returncode == 0, made.stderr[-1000:])
    return name


def eventually(holds: Callable[[], object], otherwise: str, seconds: int = 30) -> None:
    """Asks again until it holds; what goes wrong on the way counts as a no."""
    deadline = time.monotonic() + seconds
    said = ""
    while True:
        try:
            if holds():
                return
        except Exception as error:  # noqa: BLE001  # whatever it is, it may pass
            said = f" ({type(error).__name__}: {error})"
        expect(time.monotonic() < deadline, otherwise + said)
        time.sleep(0.5)


class Stack:
    """The services under a name of their own, driven by compose from a folder that holds the repository's files."""

    def __init__(
        self,
        project: str,
        folder: Path,
        port: int,
        *,
        root: Path = ROOT,
        files: Iterable[str] = ("docker-compose.yml",),
        images: str | None = None,
        tag: str = "",
        more: str = "",
        volumes: Iterable[str] = (),
        networks: str = "",
        env_file: Path | None = None,
    ) -> None:
        self.root, self.project, self.images = root, project, images or project
        self.port, self.backend_port, self.database_port = port, port + 1, port + 2
        self.services: tuple[str, ...] = SERVICES
        self._last: dict[str, str] = {}
        written = folder / f"{project}.yml"
        names = _OWN_NAMES.format(
            images=self.images,
            tag=tag,
            folder=folder,
            volumes=_named(project, (*_VOLUMES, *volumes)),
            networks="\n".join([_named(project, _NETWORKS), networks]),
        )
        written.write_text(names, encoding="utf-8")
        empty = folder / "empty.env"
        empty.touch()
        self._command = [*compose_commands()[0], "--project-directory", str(root), "-p", project]
        self._command += ["--env-file", str(env_file or empty)]
        for path in (*(root / file for file in files), written):
            self._command += ["-f", str(path)]
        if more:
            (folder / f"{project}-more.yml").write_text(more, encoding="utf-8")
            self._command += ["-f", str(folder / f"{project}-more.yml")]
        self.secrets = {
            "POSTGRES_PASSWORD": secrets.token_hex(16),
            "SECRET_KEY": secrets.token_hex(32),
            "REFRESH_SECRET_KEY": secrets.token_hex(32),
            "BOT_TOKEN": f"{secrets.token_hex(8)}:{secrets.token_hex(16)}",
            "METRICS_TOKEN": secrets.token_hex(24),
        }
        self.environment = {
            **os.environ,
            **({} if env_file else self.secrets),
            "FRONTEND_PORT": f"127.0.0.1:{self.port}",
            "BACKEND_PORT": f"127.0.0.1:{self.backend_port}",
            "POSTGRES_PORT": str(self.database_port),
            "PUBLIC_URL": f"http://127.0.0.1:{self.port}",
        }

    def attempt(
        self, *arguments: str, stdin: str = "", seconds: int = 1800, **changed: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self._command, *arguments],
            cwd=self.root,
            env={**self.environment, **changed},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=seconds,
        )

    def run(self, *arguments: str, stdin: str = "", seconds: int = 1800, **changed: str) -> str:
        done = self.attempt(*arguments, stdin=stdin, seconds=seconds, **changed)
        if done.returncode:
            raise Failed(f"{' '.join(arguments)}: {(done.stdout + done.stderr)[-1500:]}")
        return done.stdout

    def within(self, service: str, *arguments: str, stdin: str = "") -> str:
        return self.run("exec", "-T", service, *arguments, stdin=stdin)

    def container(self, service: str) -> str:
        found = self.run("ps", "-q", service, seconds=60).split()
        expect(found, f"no container of {service}")
        return found[0]

    def facts(self, service: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(docker("inspect", self._last.get(service) or self.container(service)))[0]
        return found

    def remember_containers(self) -> None:
        """Stopped containers are not listed by every version of compose."""
        self._last = {name: self.container(name) for name in self.services}

    def wait_healthy(self, seconds: int = 300) -> None:
        deadline = time.monotonic() + seconds
        states: list[str] = []
        while time.monotonic() < deadline:
            states = [_state(self.facts(name)) for name in self.services]
            if set(states) == {"healthy"}:
                return
            time.sleep(1)
        raise Failed(f"not healthy: {dict(zip(self.services, states, strict=True))}")

    def start(self) -> None:
        self._last = {}
        self.run("up", "-d", "--no-build", *(() if self.services == SERVICES else self.services))
        self.remember_containers()
        self.wait_healthy()

    def remove(self) -> None:
        """Everything of this stack; nothing happens where there is nothing."""
        self.attempt("down", "-v", "--remove-orphans")


def _named(project: str, keys: Iterable[str]) -> str:
    return "\n".join(f"  {key}: {{name: {project}-{key.replace('_', '-')}}}" for key in keys)


def _state(facts: dict[str, Any]) -> str:
    """A container without a health check is as well as it runs."""
    state = facts["State"]
    if "Health" in state:
        return str(state["Health"]["Status"])
    return "healthy" if state["Running"] else str(state["Status"])


def checkout(folder: Path, name: str = "checkout") -> Path:
    """A copy of the repository's files as they are now, which a row may change."""
    copy = folder / name
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    for path in filter(None, names.split("\0")):
        if (ROOT / path).is_file():
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, copy / path)
    return copy


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    expect(old in text, f"{old} is not in {path.name}")
    path.write_text(text.replace(old, new, 1) if old else text + new, encoding="utf-8")
