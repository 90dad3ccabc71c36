"""Cepstra against the physics of echoes, and on voices."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from unpatch.demo import embedded_voice
from unpatch.features.echoes import FIRST_MS, HIGHEST_DB, LAGS, LOWEST_DB, EchoSignal, cepstrum, echo_pictures
from unpatch.features.pictures import FeatureSettings, echoes, quantised
from unpatch.graph.build import Step, chain
from unpatch.processors import PROCESSORS
from unpatch.rendering import render
from unpatch.synth.generate import Example
from unpatch.synth.shards import OnDisk, members, read_shards, write_tar
from unpatch.synth.sources import Segment

RATE, LENGTH = 44_100, 160_000
SIGNALS: tuple[EchoSignal, ...] = ("left", "right", "mid", "side")


def voice(start: int = 0) -> Tensor:
    """A stretch of the demo's dry voice ``[2, T]``."""
    audio, rate = embedded_voice()
    assert rate == RATE
    return torch.roll(audio, -start, 1)[:, :LENGTH]


def played(audio: Tensor, *steps: Step) -> Tensor:
    return render(chain(PROCESSORS, *steps), audio, RATE)


def noise(seed: int = 0) -> Tensor:
    return torch.randn(1, LENGTH, generator=torch.Generator().manual_seed(seed)).expand(2, -1) * 0.1


def peak_ms(picture: Tensor) -> Tensor:
    """Of pictures ``[E, N]``, the time of the largest value ``[E]``."""
    return picture.argmax(-1) + FIRST_MS


def level_db(values: Tensor) -> Tensor:
    return LOWEST_DB + (values + 1) / 2 * (HIGHEST_DB - LOWEST_DB)


@pytest.mark.parametrize("gain", [0.1, 0.5, -0.5])
def test_an_echo_of_noise_stands_at_its_time_with_its_gain(gain: float) -> None:
    """ln |1 + g exp(-i w t)|^2 = 2 (g cos w t - g^2 / 2 cos 2 w t + ...), as far as both sounds are there."""
    delay = 15_003
    dry = noise()
    wet = dry.clone()
    wet[:, delay:] += gain * dry[:, :-delay]
    found = cepstrum(wet[0], wet[0].square().mean(), RATE)
    assert int(found[FIRST_MS * RATE // 1000 : RATE].abs().argmax()) + FIRST_MS * RATE // 1000 == delay
    assert float(found[delay]) == pytest.approx(gain * (1 - delay / LENGTH), abs=0.02)
    assert float(found[2 * delay]) == pytest.approx(-(gain**2) / 2 * (1 - 2 * delay / LENGTH), abs=0.02)
    picture = echo_pictures(wet, ("mid",), RATE)[0]
    shown = picture[round(delay / RATE * 1000) - FIRST_MS]
    assert float(level_db(shown)) == pytest.approx(20 * np.log10(abs(gain)), abs=1.5)


@pytest.mark.parametrize("delay_ms", [80.0, 350.0, 617.0, 950.0])
def test_a_plain_delay_of_a_voice_stands_out_at_its_time(delay_ms: float) -> None:
    settings = {"delay_ms": delay_ms, "mix": 0.3, "feedback": 0.2, "frequency_hz": 8_000.0}
    picture = echo_pictures(played(voice(), ("mono_delay", settings)), SIGNALS, RATE)
    dry = echo_pictures(voice(), SIGNALS, RATE)
    for own, before in zip(picture[:3], dry[:3], strict=True):
        assert abs(int(peak_ms(own)) - delay_ms) <= 2
        assert float(level_db(own.max()) - level_db(own.median())) > 15
        assert float(level_db(before.max()) - level_db(before.median())) < 15
    assert bool((picture[3] == -1).all())  # a mono voice has no side


def test_left_and_right_have_their_own_times() -> None:
    """The right echo time is 2^offset times the left one, the set time the geometric mean of both."""
    settings = {"delay_ms": 300.0, "mix": 0.4, "frequency_hz": 8_000.0, "stereo_offset": 0.5}
    picture = echo_pictures(played(voice(), ("mono_delay", settings)), ("left", "right"), RATE)
    np.testing.assert_allclose(peak_ms(picture), [300 * 2**-0.25, 300 * 2**0.25], atol=2)


def test_delays_are_told_from_voices_and_from_reverberation_by_the_height_of_the_peak() -> None:
    starts = range(0, 4 * 40_000, 40_000)

    def height(audio: Tensor) -> float:
        picture = level_db(echo_pictures(audio, ("mid",), RATE))
        return float(picture.max() - picture.median())

    def heights(*steps: Step) -> list[float]:
        return [height(played(voice(start), *steps)) for start in starts]

    echo = heights(("mono_delay", {"delay_ms": 410.0, "mix": 0.25, "frequency_hz": 5_000.0}))
    others = heights() + heights(("mono_reverb", {"mix": 0.4})) + heights("compressor", "bell")
    assert min(echo) > max(others)


def test_level_does_not_matter_and_silence_repeats_nothing() -> None:
    audio = played(voice(), ("mono_delay", {"delay_ms": 350.0}))
    found = echo_pictures(audio, SIGNALS, RATE)
    torch.testing.assert_close(echo_pictures(audio * 0.01, SIGNALS, RATE), found, atol=1e-3, rtol=0)
    assert bool((echo_pictures(torch.zeros(2, LENGTH), SIGNALS, RATE) == -1).all())


def test_batches_are_rows() -> None:
    audio = torch.stack([noise(0), noise(1)])
    together = echo_pictures(audio, SIGNALS, RATE)
    assert together.shape == (2, 4, LAGS)
    torch.testing.assert_close(together[1], echo_pictures(audio[1], SIGNALS, RATE), atol=1e-4, rtol=0)


@pytest.mark.parametrize(("signals", "shape"), [((), (0, 0)), (("side", "left"), (2, LAGS))])
def test_settings_say_which_are_taken(signals: Sequence[EchoSignal], shape: tuple[int, int]) -> None:
    settings = FeatureSettings(echoes=tuple(signals))
    found = echoes(noise(), settings)
    assert found.shape == settings.echo_shape == shape
    with pytest.raises(ValueError, match="a second at least, not 44000 frames"):
        replace(settings, echoes=("mid",), frames=44_000)


@pytest.mark.parametrize("signals", [(), ("mid", "side")])
def test_shards_keep_them(signals: tuple[EchoSignal, ...], tmp_path: Path) -> None:
    settings = FeatureSettings(fft=1024, hop=4096, bands=16, echoes=signals)
    graph, sung = chain(PROCESSORS, "mono_delay"), Segment(noise()[:1], ("in",), "nobody", ())
    wet = render(graph, noise(), RATE)
    example = Example(graph, sung.audio, wet, wet, "singing", RATE, 0, 0, sung)
    write_tar(tmp_path / "0.tar", members(example, settings, ()))
    whole = next(read_shards([tmp_path / "0.tar"]))
    lazy = next(read_shards([tmp_path / "0.tar"], ("pictures",), lazy=True))
    if not signals:
        assert (whole.echoes, lazy.echoes) == (None, None)
        return
    assert whole.echoes is not None and isinstance(lazy.echoes, OnDisk)
    np.testing.assert_array_equal(whole.echoes, quantised(echoes(wet, settings)))
    np.testing.assert_array_equal(lazy.echoes.read(), whole.echoes)
