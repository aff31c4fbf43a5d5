"""Writes front/src/api/openapi.json: what the API promises, without starting anything.

Usage: .venv/bin/python tools/openapi.py [--check]
"""

import subprocess
import sys
from pathlib import Path

TARGET = Path(__file__).resolve().parents[1] / "front" / "src" / "api" / "openapi.json"


def main() -> int:
    command = [Path(sys.executable).with_name("gallery"), "openapi"]
    wanted = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "--check" in sys.argv:
        fresh = TARGET.exists() and TARGET.read_text() == wanted
        print("openapi.json is fresh" if fresh else "openapi.json is stale: run `make api`")
        return 0 if fresh else 1
    TARGET.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
