"""The mix loss of 3.8 s of stereo at 30 kHz, with gradient, one thread: unpatch against auraloss.

    OMP_NUM_THREADS=1 NUMBA_NUM_THREADS=1 python -m bench.speed.mix_loss [--runs 25]

All take turns in one process; medians count. See README.md.
"""

import argparse
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from itertools import pairwise
from typing import Any

os.environ |= dict.fromkeys(
    ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)  # before torch and numba are loaded

import numpy as np
import torch
from torch import Tensor

from bench.shared.folders import RESULTS
from bench.shared.peers import installed
from unpatch.dsp.cpu import configure_cpu
from unpatch.mixing import mel_kernels
from unpatch.mixing.loss import MixLossSettings, MixTarget, ours, presence, published
from unpatch.mixing.loss_settings import transforms
from unpatch.mixing.mel_bank import Bank, mel_bank
from unpatch.mixing.weighting import weights
from unpatch.storage import markdown

auraloss: Any = installed("auraloss")

RATE, NATIVE_RATE = 30_000, 44_100
SECONDS = 3.8
TRACKS, CANDIDATES = 20, 16
PAGE = RESULTS / "mix_loss.md"

Loss = Callable[[Tensor], Tensor]
Work = Callable[[], object]


def noise(*shape: int, seed: int) -> Tensor:
    return 0.1 * torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def four(audio: Tensor) -> Tensor:
    """Left, right, mid and side ``[4, 1, T]`` of ``[2, T]``."""
    left, right = audio
    return torch.stack([left, right, left + right, left - right])[:, None]


def stock(target: Tensor, chosen: MixLossSettings) -> Loss:
    """auraloss, on the four signals as a batch."""
    sizes = list(chosen.sizes)
    taken = auraloss.freq.MultiResolutionSTFTLoss(
        sizes, [size // 4 for size in sizes], sizes, scale="mel", n_bins=chosen.bands, sample_rate=RATE,
        perceptual_weighting=True, eps=chosen.floor**2,
    )  # fmt: skip
    rest = chosen.scored(target.shape[-1], RATE)
    return lambda found: taken(four(target[:, rest]), four(found[:, rest]))


def dense(bank: Bank) -> Tensor:
    """The bands as a matrix ``[F, M]``."""
    matrix = np.zeros((bank.size // 2 + 1, bank.bands + 2))
    for j, (start, stop) in enumerate(pairwise(bank.corners)):
        matrix[start:stop, j] += bank.fall[start:stop]
        matrix[start:stop, j + 1] += bank.rise[start:stop]
    return torch.from_numpy(matrix[:, 1:-1]).float()


class Plain:
    """The same savings with torch's operations: cached target, two transforms, folded weighting."""

    def __init__(self, target: Tensor, chosen: MixLossSettings) -> None:
        self._floor, self._rest = chosen.floor, chosen.scored(target.shape[-1], RATE)
        banks = [mel_bank(size, chosen.bands, chosen.highest_hz, RATE) for size in chosen.sizes]
        self._matrices = [dense(bank) for bank in banks]
        bins_hz = [np.arange(bank.size // 2 + 1) * (RATE / bank.size) for bank in banks]
        self._weights = [torch.from_numpy(weights(hz, RATE, chosen.weighting)).float() for hz in bins_hz]
        self._targets = [self._mels(target, i) for i in range(len(banks))]

    def __call__(self, found: Tensor) -> Tensor:
        terms = []
        for i, y in enumerate(self._targets):
            x = self._mels(found, i)
            terms.append(
                (x.log() - y.log()).abs().mean((1, 2)) + (x - y).norm(dim=(1, 2)) / x.norm(dim=(1, 2))
            )
        total: Tensor = torch.stack(terms).mean()
        return total

    def _mels(self, audio: Tensor, i: int) -> Tensor:
        size = 2 * (len(self._weights[i]) - 1)
        window = torch.hann_window(size)
        bins = torch.stft(audio[:, self._rest], size, size // 4, window=window, return_complex=True)
        left, right = bins.transpose(1, 2) * self._weights[i]
        spectra = torch.stack([left, right, left + right, left - right])
        power = spectra.real.square() + spectra.imag.square()
        mels: Tensor = power.clamp_min(self._floor**2).sqrt() @ self._matrices[i]
        return mels


def step(loss: Loss, found: Tensor) -> Work:
    """Value and gradient."""
    variable = found.clone().requires_grad_()

    def run() -> None:
        variable.grad = None
        loss(variable).sum().backward()  # type: ignore[no-untyped-call]

    return run


def value(loss: Loss, found: Tensor) -> Work:
    def run() -> Tensor:
        with torch.no_grad():
            return loss(found)

    return run


def in_turns(works: Mapping[str, Work], runs: int) -> dict[str, tuple[float, float]]:
    """Median milliseconds of processor time and of wall clock, after one round that does not count."""
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in works}
    for _ in range(runs + 1):
        for name, work in works.items():
            start = time.process_time(), time.perf_counter()
            work()
            taken[name].append((time.process_time() - start[0], time.perf_counter() - start[1]))
    return {
        name: (
            1e3 * statistics.median(one[0] for one in times[1:]),
            1e3 * statistics.median(one[1] for one in times[1:]),
        )
        for name, times in taken.items()
    }


def with_tracks(rate: int) -> MixTarget:
    tracks = noise(TRACKS, 2, round(SECONDS * rate), seed=2) / TRACKS
    return MixTarget(tracks.sum(0), rate, ours(), tracks=tracks, presence=presence([tracks], rate, ours()))


def wholes() -> dict[str, Work]:
    """Rows of the first table."""
    frames = round(SECONDS * RATE)
    sought, found = noise(2, frames, seed=0), noise(2, frames, seed=1)
    native = noise(2, round(SECONDS * NATIVE_RATE), seed=0)
    target = MixTarget(sought, RATE)
    peers: dict[str, Loss] = {
        "auraloss": stock(sought, published()),
        "torch operations, cached target, dense bands": Plain(sought, published()),
        "unpatch": target.loss,
    }
    batch = found.expand(CANDIDATES, -1, -1).contiguous()
    native_found = noise(2, native.shape[-1], seed=1)
    return {
        **{f"{name}: value and gradient": step(loss, found) for name, loss in peers.items()},
        **{f"{name}: value": value(loss, found) for name, loss in peers.items()},
        f"unpatch: values of {CANDIDATES} candidates": value(target.loss, batch),
        "unpatch: all parts": lambda: target.measure(found),
        f"unpatch, ours, {TRACKS} tracks: value and gradient": step(with_tracks(RATE).loss, found),
        "unpatch at 44.1 kHz: value and gradient": step(MixTarget(native, NATIVE_RATE).loss, native_found),
        f"unpatch, ours, {TRACKS} tracks at 44.1 kHz: value and gradient": step(
            with_tracks(NATIVE_RATE).loss, native_found
        ),
        "unpatch: pictures of a target": lambda: MixTarget(sought, RATE),
    }


def parts() -> dict[str, Work]:
    """Steps of the work, each over the three resolutions."""
    chosen, frames = published(), round(SECONDS * RATE)
    scored = chosen.scored(frames, RATE)
    audio = noise(2, frames, seed=1)[:, scored]
    taken = transforms(chosen, RATE, audio.shape[-1], audio.dtype)
    cut = [transform.frames_of(audio) for transform in taken]
    spectra = [torch.fft.rfft(frames) for frames in cut]
    mels = [transform.mels(each) for transform, each in zip(taken, spectra, strict=True)]
    back = [torch.fft.irfft(each, norm="forward") for each in spectra]
    slopes = torch.zeros_like(audio)

    def pull() -> None:
        for transform, each, mel in zip(taken, spectra, mels, strict=True):
            mel_kernels.mels_adjoint(torch.view_as_real(each.clone()).numpy(), transform.bands, mel.numpy())

    def add() -> None:
        for transform, each in zip(taken, back, strict=True):
            transform.overlap_add(each, slopes)

    return {
        "frames": lambda: [transform.frames_of(audio) for transform in taken],
        "transforms": lambda: [torch.fft.rfft(each) for each in cut],
        "magnitudes and bands": lambda: [t.mels(each) for t, each in zip(taken, spectra, strict=True)],
        "logarithms": lambda: [mel.log() for mel in mels],
        "adjoint of magnitudes and bands": pull,
        "inverse transforms": lambda: [torch.fft.irfft(each, norm="forward") for each in spectra],
        "overlap and add": add,
    }


def table(whole: Mapping[str, tuple[float, float]], part: Mapping[str, tuple[float, float]]) -> str:
    """The results as Markdown."""
    kinds = ("value and gradient", "value")
    base = {kind: whole[f"auraloss: {kind}"][0] for kind in kinds}
    rows = []
    for name, (processor, wall) in whole.items():
        kind = name.split(": ")[-1]
        ratio = (
            f"{base[kind] / processor:.1f}"
            if kind in base and "tracks" not in name and "44" not in name
            else ""
        )
        rows.append((name, f"{processor:.1f}", f"{wall:.1f}", ratio))
    load = os.getloadavg()[0]
    about = (
        f"A segment of {SECONDS} s of stereo at {RATE} Hz, of which 1 s is warm-up; three resolutions of "
        f"96 mel bands; left, right, mid, side. One thread, medians; torch {torch.__version__}, auraloss "
        f"{version('auraloss')}, Python {platform.python_version()}, load of the machine {load:.1f}."
    )
    head = ("work", "ms of processor time", "ms of wall clock", "times as fast as auraloss")
    steps = ((name, f"{processor:.2f}") for name, (processor, _) in part.items())
    return markdown.page(
        "Mix loss",
        about,
        markdown.table(head, rows),
        markdown.table(("step, all resolutions", "ms of processor time"), steps),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=25)
    options = parser.parse_args()
    torch.set_num_threads(1)
    configure_cpu()
    text = table(in_turns(wholes(), options.runs), in_turns(parts(), options.runs))
    print(text)
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
