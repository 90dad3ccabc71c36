"""Audio and sample rates as users have them: every public function accepts them, or names what is wrong."""

import math
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

import unpatch
from tests.small_models import debug_model
from unpatch.audio import AudioError, as_audio, as_channels, as_rate, as_stereo
from unpatch.graph.build import chain
from unpatch.mastering.matching.matching import Amounts
from unpatch.mixing.inputs import gathered
from unpatch.processors import PROCESSORS

RATE = 8_000
GRAPH = chain(PROCESSORS, "highpass2")
STEREO = 0.5 * torch.rand(2, RATE, generator=torch.Generator().manual_seed(0)) - 0.25
EXACT = (STEREO * 2**15).round() / 2**15
"""The same in steps that 16 bits hold, so that nothing is rounded on the way."""

WAYS: dict[str, Callable[[Tensor], Any]] = {
    "tensor": lambda x: x,
    "double": lambda x: x.double(),
    "with gradient": lambda x: x.clone().requires_grad_(),
    "strided": lambda x: x.repeat_interleave(2, dim=1)[:, ::2],
    "array": lambda x: x.numpy(),
    "double array": lambda x: x.double().numpy(),
    "long double array": lambda x: x.double().numpy().astype(np.longdouble),
    "columns first": lambda x: np.asfortranarray(x.numpy()),
    "backwards": lambda x: x.numpy()[:, ::-1].copy()[:, ::-1],
    "big endian": lambda x: x.numpy().astype(">f4"),
    "read only": lambda x: np.frombuffer(x.numpy().tobytes(), np.float32).reshape(x.shape),
    "16 bits": lambda x: (x * 2**15).short(),
    "32 bits": lambda x: (x.double() * 2**31).int().numpy(),
    "big endian 16 bits": lambda x: (x.numpy() * 2**15).astype(">i2"),
    "lists": lambda x: x.tolist(),
    "list of tensors": list,
    "list of arrays": lambda x: [row.numpy() for row in x],
}


@pytest.mark.parametrize("way", WAYS)
def test_audio_is_accepted_in_every_form(way: str) -> None:
    found = as_stereo(WAYS[way](EXACT), "it")
    assert found.dtype == torch.float32
    assert not found.requires_grad
    assert torch.equal(found, EXACT)


def test_eight_bits_and_half_precision_are_scaled_too() -> None:
    assert as_stereo(torch.tensor([0, 128, 255], dtype=torch.uint8), "it")[0].tolist() == [-1, 0, 127 / 128]
    assert as_stereo(np.array([-128, 0, 64], np.int8), "it")[1].tolist() == [-1, 0, 0.5]
    assert as_stereo(np.array([0.25, -0.5], np.float16), "it")[0].tolist() == [0.25, -0.5]
    assert as_stereo(np.array([-(2**31), 2**30], np.int32), "it")[0].tolist() == [-1, 0.5]


def test_only_tensors_of_double_precision_stay_so() -> None:
    assert as_audio(STEREO.double(), "it").dtype == torch.float64
    assert as_audio(STEREO.double().numpy(), "it").dtype == torch.float32
    assert as_audio(STEREO.double().requires_grad_(), "it").requires_grad


def test_mono_is_put_on_both_channels() -> None:
    for mono in (STEREO[0], STEREO[:1], STEREO[0].tolist()):
        assert torch.equal(as_channels(mono, "it"), STEREO[:1])
        assert torch.equal(as_stereo(mono, "it"), STEREO[:1].expand(2, -1))


REFUSED: dict[str, tuple[Any, type[Exception], str]] = {
    "transposed": (STEREO.T, AudioError, r"8000, 2.*give its transpose"),
    "transposed array": (STEREO.numpy().T, AudioError, r"8000, 2.*give its transpose"),
    "three channels": (STEREO[:1].expand(3, -1), AudioError, r"3, 8000"),
    "empty": (STEREO[:, :0], AudioError, "no samples"),
    "empty list": ([], AudioError, "no samples"),
    "NaN": (STEREO * math.nan, AudioError, "NaN or infinite"),
    "infinite": (np.full((2, RATE), np.inf), AudioError, "NaN or infinite"),
    "1e30": (torch.full((2, RATE), -1e30), AudioError, r"holds samples of 1e\+30"),
    "double 1e300": (np.full((2, RATE), 1e300), AudioError, r"holds samples of 1e\+300"),
    "complex": (torch.complex(STEREO, STEREO), AudioError, "type complex64"),
    "boolean": (STEREO > 0, AudioError, "type bool"),
    "64 bits": (torch.ones(2, RATE, dtype=torch.int64), AudioError, "divide it by its full scale"),
    "whole numbers": ([[0, 1], [1, 0]], AudioError, "divide it by its full scale"),
    "unsigned 16 bits": (np.ones((2, RATE), np.uint16), AudioError, "divide it by its full scale"),
    "ragged": ([[0.1, 0.2], [0.1]], AudioError, "rows differ"),
    "ragged arrays": ([np.zeros(3), np.zeros(2)], AudioError, "rows differ"),
    "None": (None, TypeError, "got NoneType"),
    "text": ("take.wav", TypeError, "got str"),
    "path": (Path("take.wav"), TypeError, "got PosixPath"),
    "objects": ([object()], TypeError, "got list"),
}


ENTRANCES: dict[str, Callable[[Any, Any], Any]] = {
    "render": lambda x, rate: unpatch.render(GRAPH, x, rate),
    "render_batch": lambda x, rate: unpatch.render_batch([GRAPH], [x], rate),
    "bake": lambda x, rate: unpatch.bake(GRAPH, x, rate),
    "apply": lambda x, rate: unpatch.apply(GRAPH, x, rate),
    "apply by name": lambda x, rate: unpatch.apply(GRAPH, {"in": x}, rate),
    "estimate": lambda x, rate: unpatch.estimate(x, rate, model=debug_model()),
    "estimate a master": lambda x, rate: unpatch.estimate(x, rate, "mastering"),
    "estimate, dry": lambda x, rate: unpatch.estimate(STEREO, rate, dry=x, model=debug_model()),
    "fit, dry": lambda x, rate: unpatch.fit(GRAPH, x, STEREO, rate, renders=1),
    "fit, wet": lambda x, rate: unpatch.fit(GRAPH, STEREO, x, rate, renders=1),
    "match, target": lambda x, rate: unpatch.match(x, STEREO, rate),
    "match, reference": lambda x, rate: unpatch.match(STEREO, [x], rate),
    "match, reference's rate": lambda x, rate: unpatch.match(STEREO, [x], RATE, reference_rate=rate),
    "search, mix": lambda x, rate: unpatch.search({"a": STEREO}, x, rate),
    "search, stem": lambda x, rate: unpatch.search({"a": x}, STEREO, rate),
    "report": lambda x, rate: unpatch.report(None, x, rate, "nowhere"),  # type: ignore[arg-type]
    "save": lambda x, rate: unpatch.save("nowhere.wav", x, rate),
}


OPTIONAL = {"estimate, dry", "search, mix"}
"""Where None stands for nothing."""


@pytest.mark.parametrize("entrance", ENTRANCES)
def test_every_entrance_refuses_what_is_no_audio(
    entrance: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for given, error, message in REFUSED.values():
        if given is None and entrance in OPTIONAL:
            continue
        with pytest.raises(error, match=message) as refusal:
            ENTRANCES[entrance](given, RATE)
        assert "\n" not in str(refusal.value)
    assert not list(tmp_path.iterdir())


RATES: dict[str, tuple[Any, type[Exception], str]] = {
    "zero": (0, AudioError, "0 Hz; 8000 to 192000 Hz"),
    "negative": (-44_100, AudioError, "-44100 Hz; 8000 to 192000 Hz"),
    "NaN": (math.nan, AudioError, "nan Hz"),
    "infinite": (math.inf, AudioError, "inf Hz"),
    "low": (7_999, AudioError, "7999 Hz"),
    "high": (10**9, AudioError, r"1e\+09 Hz"),
    "half": (44_100.5, AudioError, "whole numbers of Hz"),
    "text": ("44100", TypeError, "a number of Hz, got '44100'"),
    "true": (True, TypeError, "a number of Hz, got True"),
}


@pytest.mark.parametrize("entrance", ENTRANCES)
def test_every_entrance_refuses_what_is_no_sample_rate(
    entrance: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for given, error, message in RATES.values():
        with pytest.raises(error, match=message):
            ENTRANCES[entrance](STEREO, given)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("rate", [44_100, 44_100.0, np.int32(44_100), np.float32(44_100), Fraction(44_100)])
def test_any_number_may_say_the_sample_rate(rate: Any) -> None:
    found = as_rate(rate)
    assert (found, type(found)) == (44_100, int)


def saved(audio: Any, rate: Any) -> Tensor:
    unpatch.save("a.wav", audio, rate)
    return unpatch.load("a.wav")[0]


OUTCOMES: dict[str, Callable[[Any, Any], Tensor]] = {
    "render": lambda x, rate: unpatch.render(GRAPH, x, rate).detach(),
    "apply": lambda x, rate: unpatch.apply(GRAPH, x, rate),
    "match": lambda x, rate: unpatch.match(x, [x], rate, amounts=Amounts(dynamics=0, clip=0)).audio,
    "fit": lambda x, rate: torch.tensor(unpatch.fit(GRAPH, x, x, rate, renders=1).after),
    "search": lambda x, rate: gathered({"a": x}, x, rate, None).stems[0].audio,
    "save": saved,
}


def _same(entrance: str, given: Any, rate: Any) -> None:
    expected = OUTCOMES[entrance](EXACT, RATE)
    found = OUTCOMES[entrance](given, rate)
    assert expected.dtype == torch.float32
    torch.testing.assert_close(found.float(), expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("entrance", OUTCOMES)
@pytest.mark.parametrize("way", ["double array", "backwards", "16 bits", "list of arrays"])
def test_the_form_makes_no_difference(
    entrance: str, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    _same(entrance, WAYS[way](EXACT), np.float64(RATE))


def test_rendering_keeps_double_precision_and_gradients() -> None:
    dry = EXACT.double().requires_grad_()
    wet = unpatch.render(chain(PROCESSORS, "panning"), dry, RATE, energy=False)
    assert wet.dtype == torch.float64
    wet.sum().backward()  # type: ignore[no-untyped-call]
    assert dry.grad is not None
    assert float(dry.grad.abs().sum()) > 0


@pytest.mark.parametrize("graph", [None, GRAPH.to_dict(), GRAPH.to_json()])
def test_what_is_no_graph_is_refused(graph: Any) -> None:
    for use in (lambda: unpatch.render(graph, STEREO, RATE), lambda: unpatch.draw(graph)):
        with pytest.raises(TypeError, match="a Graph is needed, got"):
            use()


def test_estimate_refuses_windows_that_mean_nothing() -> None:
    with pytest.raises(ValueError, match="windows is loudest or all, got 'x'"):
        unpatch.estimate(STEREO, RATE, model=debug_model(), windows="x")  # type: ignore[arg-type]
