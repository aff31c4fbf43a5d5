"""Which snapshots stay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final


@dataclass(frozen=True, slots=True)
class Keep:
    """The newest snapshot of each of the last so many days, weeks and months that have one."""

    daily: int = 0
    weekly: int = 0
    monthly: int = 0


_DAY: Final = "%Y-%m-%d"
_WEEK: Final = "%G-%V"
_MONTH: Final = "%Y-%m"


def kept(moments: Sequence[datetime], keep: Keep) -> set[datetime]:
    """Those of `moments` that stay; the newest always does."""
    newest_first = sorted(moments, reverse=True)
    stay = set(newest_first[:1])
    for count, form in ((keep.daily, _DAY), (keep.weekly, _WEEK), (keep.monthly, _MONTH)):
        stay |= _newest_of_each(newest_first, count, form)
    return stay


def _newest_of_each(newest_first: Sequence[datetime], count: int, form: str) -> set[datetime]:
    found: dict[str, datetime] = {}
    for moment in newest_first:
        found.setdefault(moment.strftime(form), moment)
    return set(list(found.values())[:count])
