"""Mono files are measured as they are played, on both channels."""

import math
from pathlib import Path

import numpy as np
import pytest
import soundfile
from pyloudnorm import Meter

from unpatch.audio import load
from unpatch.pages.mix.loudness import Loudness


def test_a_mono_file_measures_3_lu_more_than_as_one_channel(tmp_path: Path) -> None:
    mono = 0.1 * np.random.default_rng(0).standard_normal(3 * 44_100)
    soundfile.write(tmp_path / "mono.wav", mono, 44_100, subtype="FLOAT")
    audio, rate = load(tmp_path / "mono.wav")
    as_one_channel = Meter(44_100).integrated_loudness(mono)
    assert Loudness.of(audio, rate).lufs == pytest.approx(as_one_channel + 10 * math.log10(2), abs=0.01)
