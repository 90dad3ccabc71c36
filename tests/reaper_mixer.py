"""Plays a REAPER project: items, effects, faders, folders and sends, as far as exports use them.

The project is read by the public parser ``rpp``, its effects by :mod:`tests.eel2`.
"""

from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from tests.eel2 import Effect

Signal = NDArray[np.float64]


class Mixer:
    """A project and the folder of its effects, laid out as in REAPER's resource path."""

    def __init__(self, project: Path) -> None:
        import rpp

        self.home, self.effects = project.parent, project.with_name(f"{project.stem} effects")
        root = rpp.loads(project.read_text(encoding="utf-8"))
        self.sample_rate = int(one(root, "SAMPLERATE")[0])
        self.tracks = [child for child in root if getattr(child, "tag", None) == "TRACK"]

    def parents(self) -> list[int | None]:
        """The track whose folder each track lies in."""
        found, open_folders = list[int | None](), list[int]()
        for k, track in enumerate(self.tracks):
            found.append(open_folders[-1] if open_folders else None)
            _, step = (int(word) for word in one(track, "ISBUS"))
            if step > 0:
                open_folders.append(k)
            for _ in range(-step):
                open_folders.pop()
        assert not open_folders
        return found

    def play(self, frames: int) -> Signal:
        """What arrives at the master, ``[2, T]``."""
        self.frames, self.done = frames, dict[int, Signal]()
        parents, master = self.parents(), np.zeros((2, frames))
        for k, track in enumerate(self.tracks):
            if parents[k] is None and one(track, "MAINSEND")[0] == "1":
                master += self.fader(k) * self.after_effects(k)[:2]
        return master

    def fader(self, k: int) -> float:
        return float(one(self.tracks[k], "VOLPAN")[0])

    def after_effects(self, k: int) -> Signal:
        if k not in self.done:
            self.done[k] = self._after_effects(k)
        return self.done[k]

    def _after_effects(self, k: int) -> Signal:
        track = self.tracks[k]
        audio = np.zeros((int(one(track, "NCHAN")[0]), self.frames))
        for part, parent in enumerate(self.parents()):
            if parent == k and one(self.tracks[part], "MAINSEND")[0] == "1":
                heard = self.fader(part) * self.after_effects(part)
                audio[: len(heard)] += heard
        for words in every(track, "AUXRECV"):
            self.receive(words, audio)
        for item in track.findall("ITEM"):
            self.lay(item, audio)
        for effect in track.find("FXCHAIN").findall("JS"):
            self.run(effect, audio)
        return audio

    def receive(self, words: list[str], audio: Signal) -> None:
        source, mode, gain, _, _, _, turned, out_of, into = words[:9]
        assert mode == "3", "sends stand behind effects and before the fader"
        heard = self.after_effects(int(source))[int(out_of) : int(out_of) + 2]
        audio[int(into) : int(into) + 2] += heard * float(gain) * (-1 if turned == "1" else 1)

    def lay(self, item: Any, audio: Signal) -> None:
        heard, rate = soundfile.read(self.home / one(item.find("SOURCE"), "FILE")[0], always_2d=True)
        assert rate == self.sample_rate
        start, skipped = (round(float(one(item, name)[0]) * rate) for name in ("POSITION", "SOFFS"))
        length = round(float(one(item, "LENGTH")[0]) * rate)
        volume, take_volume = float(one(item, "VOLPAN")[0]), float(one(item, "VOLPAN")[2])
        part = heard.T[:, skipped : skipped + length][:, : max(self.frames - start, 0)]
        audio[:2, start : start + part.shape[1]] += volume * take_volume * part

    def run(self, effect: Any, audio: Signal) -> None:
        text = (self.effects / "Effects" / effect.attrib[0]).read_text()
        (settings,) = (line for line in effect if isinstance(line, list))
        values = [None if word == "-" else float(word) for word in settings]
        Effect(text, self.effects / "Data", self.sample_rate).play(values, audio)


def every(element: Any, name: str) -> list[list[str]]:
    return [line[1:] for line in element if isinstance(line, list) and line[0] == name]


def one(element: Any, name: str) -> list[str]:
    (found,) = every(element, name)
    return found
