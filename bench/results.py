"""What was measured, against what was promised."""

import json
import math
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One number; `least` or `most` is the target where there is one."""

    part: str
    name: str
    value: float
    unit: str
    least: float | None = None
    most: float | None = None

    @property
    def target(self) -> str:
        if self.least is not None:
            return f">= {_plain(self.least)}"
        return "" if self.most is None else f"<= {_plain(self.most)}"

    @property
    def verdict(self) -> str:
        if self.least is None and self.most is None:
            return ""
        missed = (self.least is not None and self.value < self.least) or (
            self.most is not None and self.value > self.most
        )
        return "MISSED" if missed else "ok"


@dataclass
class Results:
    """Figures in the order of their making."""

    figures: list[Figure] = field(default_factory=list)

    def add(
        self,
        part: str,
        name: str,
        value: float,
        unit: str,
        *,
        least: float | None = None,
        most: float | None = None,
    ) -> None:
        self.figures.append(Figure(part, name, value, unit, least, most))
        print(_line(self.figures[-1]), flush=True)

    def table(self) -> str:
        return "\n".join(_line(figure) for figure in self.figures)

    def write(self, path: Path, **facts: Any) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = [{**asdict(figure), "verdict": figure.verdict} for figure in self.figures]
        path.write_text(json.dumps({**facts, "figures": rows}, indent=2, ensure_ascii=False) + "\n")


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that is not less than that share of all."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def client(verb: str, **task: Any) -> Any:
    """Runs bench/client.py and gives its answer."""
    program = [sys.executable, str(Path(__file__).with_name("client.py")), verb]
    ended = subprocess.run(program, input=json.dumps(task).encode(), stdout=subprocess.PIPE, check=True)
    return json.loads(ended.stdout)


def _line(figure: Figure) -> str:
    value = f"{_plain(figure.value)} {figure.unit}".rstrip()
    return f"{figure.part:<22} {figure.name:<44} {value:>16}  {figure.target:<9} {figure.verdict}".rstrip()


def _plain(value: float) -> str:
    if value == int(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 10 else f"{value:.1f}"
