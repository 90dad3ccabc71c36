"""Numeric options as annotated types: cyclopts refuses values out of range with the name of the option."""

from typing import Annotated

from cyclopts import Parameter as Option

from unpatch import ranges

Share = Annotated[float, Option(validator=ranges.SHARE)]
Count = Annotated[int, Option(validator=ranges.COUNT)]
CountOrNone = Annotated[int, Option(validator=ranges.COUNT_OR_NONE)]
Seed = Annotated[int, Option(validator=ranges.SEED)]
Workers = Annotated[int, Option(validator=ranges.WORKERS)]
Beams = Annotated[int, Option(validator=ranges.BEAMS)]
Candidates = Annotated[int, Option(validator=ranges.CANDIDATES)]
Draws = Annotated[int, Option(validator=ranges.DRAWS)]
Rounds = Annotated[int, Option(validator=ranges.ROUNDS)]
Effects = Annotated[int, Option(validator=ranges.EFFECTS)]
ShardSize = Annotated[int, Option(validator=ranges.SHARD_SIZE)]
Tolerance = Annotated[float, Option(validator=ranges.TOLERANCE)]
Seconds = Annotated[float, Option(validator=ranges.SECONDS)]
SecondsOrNone = Annotated[float, Option(validator=ranges.SECONDS_OR_NONE)]
Loudness = Annotated[float, Option(validator=ranges.LUFS)]
TruePeak = Annotated[float, Option(validator=ranges.TRUE_PEAK_DB)]
Minutes = Annotated[float, Option(validator=ranges.MINUTES)]
Generators = Annotated[int, Option(validator=ranges.GENERATORS)]
Decay = Annotated[float, Option(validator=ranges.DECAY)]
