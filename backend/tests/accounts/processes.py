"""The gallery as its operator meets it: processes with arguments, an environment and output."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_OURS = {
    "DATABASE_URL",
    "SECRET_KEY",
    "REFRESH_SECRET_KEY",
    "BOT_TOKEN",
    "PUBLIC_URL",
    "HOST",
    "PORT",
    "DATA_DIR",
    "UPLOADS_DIR",
    "FRONT_DIR",
    "ERROR_LOG",
    "JOBS_IN_PROCESS",
    "METRICS_TOKEN",
    "DEBUG",
}
COMMAND = (sys.executable, "-c", "from gallery.cli import main; main()")


def environment(**more: str) -> dict[str, str]:
    """This process's environment without what would configure a gallery, and `more`."""
    plain = {name: value for name, value in os.environ.items() if name not in _OURS and not name.endswith("_FILE")}
    return {**plain, **more}


@dataclass(frozen=True)
class Verb:
    """One call of the command line. An environment of None is that of the verb before."""

    arguments: Sequence[str]
    stdin: str | None = None
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Ended:
    """How a verb ended."""

    returncode: int
    stdout: str
    stderr: str


_MANY = """
import json, logging, sys
from typer.testing import CliRunner
from gallery.cli import app
ended = []
for arguments, stdin, env in json.load(sys.stdin):
    result = CliRunner().invoke(app, arguments, input=stdin, env=env)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    logging.basicConfig(handlers=[logging.NullHandler()], force=True)  # the runner has closed what logs went to
    ended.append((result.exit_code, result.stdout, result.stderr))
json.dump(ended, sys.stdout)
"""


def gallery(*verbs: Verb, env: Mapping[str, str], cwd: Path, timeout: float = 250) -> list[Ended]:
    """These verbs of the command line one after the other, in one process: starting one takes longer than most."""
    calls = [(list(verb.arguments), verb.stdin, dict(verb.env)) for verb in verbs]
    done = subprocess.run(
        [sys.executable, "-c", _MANY],
        env=dict(env),
        cwd=cwd,
        input=json.dumps(calls),
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    assert done.returncode == 0, done.stderr
    return [Ended(*ended) for ended in json.loads(done.stdout)]
