"""Ranges of the numbers that users give, declared once for the command line and the functions behind it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Range:
    """Numbers from ``low`` to ``high``, both included; never NaN.

    Attributes:
        unit: of the numbers, for messages.
        open_below: whether ``low`` itself is excluded.
    """

    low: float
    high: float
    unit: str = ""
    open_below: bool = False

    def __contains__(self, value: float) -> bool:
        return bool((self.low < value if self.open_below else self.low <= value) and value <= self.high)

    def __str__(self) -> str:
        bounds = (f"above {_plain(self.low)}, at most " if self.open_below else f"{_plain(self.low)} to ") + (
            _plain(self.high)
        )
        return f"{bounds} {self.unit}".rstrip()

    def check(self, name: str, value: float | None) -> None:
        """ValueError, which names the argument, where a value is outside; None, left out, is none."""
        if value is not None and value not in self:
            raise ValueError(f"{name} is {value!s:.24}; allowed are {self}")

    def __call__(self, type_: object, value: float | None) -> None:
        """The same as cyclopts calls a validator, which names the option itself."""
        if value is not None and value not in self:
            raise ValueError(f"Allowed are {self}.")


def _plain(bound: float) -> str:
    return f"{bound:,}" if isinstance(bound, int) else f"{bound:g}"


SHARE = Range(0, 1)
COUNT = Range(1, 10**9)
COUNT_OR_NONE = Range(0, 10**9)
SEED = Range(0, 2**63 - 1)
WORKERS = Range(1, 1_024)
GENERATORS = Range(0, 1_024)
MINUTES = Range(0, 525_600, "min", open_below=True)
DECAY = Range(0, 10**9, open_below=True)
BEAMS = Range(1, 10_000)
CANDIDATES = Range(1, 1_000)
DRAWS = Range(0, 100_000)
ROUNDS = Range(0, 10_000)
EFFECTS = Range(0, 8)
SHARD_SIZE = Range(1, 1_000_000)
TEMPERATURE = Range(0, 100)
TOLERANCE = Range(0, 1_000)
SECONDS = Range(0, 86_400, "s", open_below=True)
SECONDS_OR_NONE = Range(0, 86_400, "s")
LUFS = Range(-70, 0, "LUFS")
PORT = Range(0, 65_535)
UPLOAD_MB = Range(1, 100_000, "MB")
TRUE_PEAK_DB = Range(-60, 6, "dBTP")
