"""A small interpreter of EEL2, the language of JSFX: as much of it as exported effects are written in.

Written from the language's reference page and not from our printer: text is parsed into closures.
"""

import math
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

Run = Callable[[], float]
TOKEN = re.compile(r"\s*(\d+\.?\d*|\.\d+|[A-Za-z_]\w*|[-+*/<>=!]=|[-+*/^%&<>=?:;,()\[\]])")
COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: abs(a - b) < 1e-5,
    "!=": lambda a, b: abs(a - b) >= 1e-5,
}
BINARY: tuple[dict[str, Callable[[float, float], float]], ...] = (
    {"&": lambda a, b: float(int(a) & int(b))},
    {"+": lambda a, b: a + b, "-": lambda a, b: a - b},
    {"*": lambda a, b: a * b, "/": lambda a, b: a / b if b else 0.0},
)
MATHS: dict[str, Callable[..., float]] = {
    **{name: getattr(math, name) for name in ("exp", "log", "sin", "cos", "tan", "sqrt", "pow")},
    "floor": lambda a: float(math.floor(a)),
    "abs": abs,
    "min": min,
    "max": max,
}


class Machine:
    """Variables, memory and functions of one effect."""

    def __init__(self, files: Sequence[Path] = ()) -> None:
        self.variables: dict[str, float] = {}
        self.memory: NDArray[np.float64] = np.zeros(1 << 12)
        self.functions: dict[str, tuple[list[str], Run]] = {}
        self.files = files
        self.opened: NDArray[np.float64] = np.zeros(0)

    def at(self, place: float) -> int:
        """An address, with room for it."""
        address = int(place + 1e-5)
        assert address >= 0, "before the beginning of memory"
        self.reach(address + 1)
        return address

    def reach(self, stop: int) -> None:
        if stop > len(self.memory):
            size = max(2 * len(self.memory), stop)
            self.memory = np.concatenate([self.memory, np.zeros(size - len(self.memory))])

    def part(self, place: float, count: float) -> slice:
        start = self.at(place)
        self.reach(start + int(count))
        return slice(start, start + int(count))

    # Functions of the language that reach into memory or files.

    def memset(self, place: float, value: float, count: float) -> float:
        part = self.part(place, count)  # which may move all memory to a larger place
        self.memory[part] = value
        return place

    def memcpy(self, to: float, source: float, count: float) -> float:
        first, second = self.part(to, count), self.part(source, count)
        self.memory[first] = self.memory[second].copy()
        return to

    def _transform(self, place: float, size: float, inverse: bool) -> float:
        assert self.at(place) // 65_536 == (self.at(place) + 2 * int(size) - 1) // 65_536, "crosses 65536"
        part = self.part(place, 2 * size)
        bins = self.memory[part].copy().view(np.complex128)
        made = np.fft.ifft(bins) * size if inverse else np.fft.fft(bins)
        self.memory[part] = made.view(np.float64)
        return place

    def fft(self, place: float, size: float) -> float:
        return self._transform(place, size, inverse=False)

    def ifft(self, place: float, size: float) -> float:
        return self._transform(place, size, inverse=True)

    def convolve_c(self, to: float, source: float, size: float) -> float:
        first, second = self.part(to, 2 * size), self.part(source, 2 * size)
        one, other = (self.memory[part].copy().view(np.complex128) for part in (first, second))
        self.memory[first] = (one * other).view(np.float64)
        return to

    def file_open(self, number: float) -> float:
        audio, _ = soundfile.read(self.files[int(number)], always_2d=True)
        self.opened = audio.flatten()
        return 1.0

    def file_avail(self, _: float) -> float:
        return float(len(self.opened))

    def file_mem(self, _: float, place: float, count: float) -> float:
        part = self.part(place, count)
        self.memory[part] = self.opened[: int(count)]
        return count


class Parser:
    """One section of code to something that runs it."""

    def __init__(self, text: str, machine: Machine) -> None:
        text = re.sub(r"//.*", "", text)
        self.tokens = [found.group(1) for found in TOKEN.finditer(text)]
        assert re.sub(r"\s", "", text) == "".join(self.tokens), "characters that are no part of the language"
        self.place, self.machine, self.scope = 0, machine, dict[str, str]()

    @property
    def token(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self, wanted: str = "") -> str:
        token = self.token
        assert not wanted or token == wanted, f"expected {wanted!r}, found {token!r}"
        self.place += 1
        return token

    def statements(self, end: str = "") -> Run:
        found: list[Run] = []
        while self.token != end:
            if self.token == "function":
                self.function()
            elif self.token != ";":
                found.append(self.expression())
            if self.token != end:
                self.take(";")
        return _in_turn(found)

    def function(self) -> None:
        self.take("function")
        name = self.take()
        arguments = self.names()
        local = self.names() if self.token == "local" and self.take() else []
        self.scope = {each: f"{name}.{each}" for each in (*arguments, *local)}
        self.take("(")
        body = self.statements(")")
        self.take(")")
        self.machine.functions[name] = ([self.scope[each] for each in arguments], body)
        self.scope = {}

    def names(self) -> list[str]:
        self.take("(")
        found = []
        while self.token != ")":
            if (name := self.take()) != ",":
                found.append(name.lower())
        self.take(")")
        return found

    def expression(self) -> Run:
        """An assignment, or a choice, or what is less."""
        start = self.place
        left = self.comparison()
        if self.token in ("=", "+=", "-=", "*=", "/="):
            sign = self.take()
            return self.assignment(start, left, sign, self.expression())
        if self.token == "?":
            self.take()
            then = self.expression()
            other: Run = lambda: 0.0  # noqa: E731
            if self.token == ":":
                self.take()
                other = self.expression()
            return lambda: then() if abs(left()) > 1e-5 else other()
        return left

    def assignment(self, start: int, left: Run, sign: str, value: Run) -> Run:
        if sign != "=":
            operate, right = {**BINARY[1], **BINARY[2]}[sign[0]], value
            value = lambda: operate(left(), right())  # noqa: E731
        machine, end, target = self.machine, self.place, self.tokens[start]
        if self.tokens[start + 1] == "[":
            self.place = start + 2
            base, offset = self.variable(target), self.expression()
            self.place = end

            def store() -> float:
                address = machine.at(base() + offset())
                machine.memory[address] = found = value()
                return found

            return store
        variables, name = machine.variables, self.scope.get(target.lower(), target.lower())

        def keep() -> float:
            variables[name] = found = value()
            return found

        return keep

    def comparison(self) -> Run:
        left = self.binary(0)
        while self.token in COMPARE:
            compare, one, other = COMPARE[self.take()], left, self.binary(0)
            left = lambda c=compare, a=one, b=other: float(c(a(), b()))  # type: ignore[misc] # noqa: E731
        return left

    def binary(self, level: int) -> Run:
        if level == len(BINARY):
            return self.unary()
        left = self.binary(level + 1)
        while self.token in BINARY[level]:
            operate, one, other = BINARY[level][self.take()], left, self.binary(level + 1)
            left = lambda o=operate, a=one, b=other: o(a(), b())  # type: ignore[misc] # noqa: E731
        return left

    def unary(self) -> Run:
        if self.token == "-":
            self.take()
            value = self.unary()
            return lambda: -value()
        return self.primary()

    def primary(self) -> Run:
        token = self.take()
        if token == "(":
            inner = self.statements(")")
            self.take(")")
            return inner
        if token[0].isdigit() or token[0] == ".":
            value = float(token)
            return lambda: value
        if self.token == "(":
            return self.call(token)
        read, machine = self.variable(token), self.machine
        if self.token == "[":
            self.take()
            offset = self.expression()
            self.take("]")
            return lambda: float(machine.memory[machine.at(read() + offset())])
        return read

    def variable(self, token: str) -> Run:
        variables, name = self.machine.variables, self.scope.get(token.lower(), token.lower())
        return lambda: variables.get(name, 0.0)

    def call(self, name: str) -> Run:
        self.take("(")
        if name == "loop":
            return self.loop()
        if name == "file_riff":
            return self.file_riff()
        given: list[Run] = []
        while self.token != ")":
            given.append(self.expression())
            if self.token == ",":
                self.take()
        self.take(")")
        if name in MATHS:
            function = MATHS[name]
            return lambda: function(*(each() for each in given))
        if name in self.machine.functions:
            return self.user_call(name, given)
        if name == "file_close":
            return lambda: 0.0
        method = getattr(self.machine, name)
        return lambda: float(method(*(each() for each in given)))

    def user_call(self, name: str, given: list[Run]) -> Run:
        arguments, body = self.machine.functions[name]
        assert len(arguments) == len(given), f"{name} takes {len(arguments)} arguments"
        variables = self.machine.variables

        def run() -> float:
            variables.update(zip(arguments, [each() for each in given], strict=True))
            return body()

        return run

    def loop(self) -> Run:
        count = self.expression()
        self.take(",")
        body = self.statements(")")
        self.take(")")

        def run() -> float:
            for _ in range(int(count())):
                body()
            return 0.0

        return run

    def file_riff(self) -> Run:
        _, channels, _, _, _ = self.take(), self.take(","), self.take(), self.take(","), self.take()
        self.take(")")
        assert channels == ","
        return lambda: 0.0


def _in_turn(found: list[Run]) -> Run:
    if len(found) == 1:
        return found[0]

    def run() -> float:
        value = 0.0
        for each in found:
            value = each()
        return value

    return run


class Effect:
    """A JSFX file."""

    def __init__(self, text: str, data: Path, sample_rate: float) -> None:
        head, *sections = re.split(r"^@(\w+)\n", text, flags=re.M)
        self.sliders = [
            (int(number), name, float(value))
            for number, name, value in re.findall(r"^slider(\d+):(\w+)=([-\d.]+)<", head, re.M)
        ]
        self.pins = len(re.findall(r"^in_pin:", head, re.M)) or 2
        files = [data / name for name in re.findall(r"^filename:\d+,(.*)$", head, re.M)]
        self.machine, self.sample_rate = Machine(files), sample_rate
        self.sections = {
            name: Parser(code, self.machine).statements()
            for name, code in zip(sections[::2], sections[1::2], strict=True)
        }

    @property
    def latency(self) -> int:
        return int(self.machine.variables.get("pdc_delay", 0.0))

    def play(self, settings: Sequence[float | None], audio: NDArray[np.float64]) -> None:
        """Process ``[channels, T]`` in place from the start of the project, without latency."""
        variables = self.machine.variables
        variables |= {"srate": self.sample_rate, "play_state": 1.0, "play_position": 0.0}
        for (place, name, value), given in zip(self.sliders, settings, strict=False):
            variables[name.lower()] = variables[f"slider{place}"] = value if given is None else given
        self.run("init")
        self.run("slider")
        self.run("block")
        late, frames = self.latency, audio.shape[1]
        padded, names = np.pad(audio, ((0, 0), (0, late))), [f"spl{c}" for c in range(self.pins)]
        sample = self.sections["sample"]
        for t in range(frames + late):
            variables.update(zip(names, padded[: self.pins, t].tolist(), strict=True))
            sample()
            padded[: self.pins, t] = [variables[name] for name in names]
        audio[:] = padded[:, late:]

    def run(self, name: str) -> None:
        if name in self.sections:
            self.sections[name]()
