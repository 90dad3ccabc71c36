"""An outside check: chains that pedalboard played on unseen singers, and what we take them for.

    OMP_NUM_THREADS=1 NUMBA_NUM_THREADS=1 python bench/check_pedalboard.py --sources DIR [--clips 200]
        [--model DIR] [--prior DIR]

None of our signal processing is in the clips. Beside the estimates stand the same decoding without hearing
(``--prior``, a model trained without latents) and a random guess that draws effects as often as they are:
the chain of another clip. See README.md.
"""

import argparse
import json
import math
import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

import torch

from outside import EFFECTS, FAMILIES, PLUMBING, Effect, as_graph, by_family, drawn_chain, effects_of
from unpatch.dsp.cpu import configure_cpu
from unpatch.estimate import estimate
from unpatch.files import finite
from unpatch.graph.data import Graph
from unpatch.metrics import Bootstrap, Figure, Tally, order_correlation
from unpatch.processors import PROCESSORS
from unpatch.synth.draw import Draw
from unpatch.synth.sources import SAMPLE_RATE, Sources

RESULTS = Path(__file__).parent / "results"
SPLIT = "val_unseen"
OURS, PRIOR, RANDOM = "estimate", "no latent (same decoding, nothing heard)", "another clip's chain"


@dataclass(frozen=True)
class Clip:
    """What was played, by whom, and what each guesser takes it for."""

    singer: str
    effects: Sequence[Effect]
    guesses: Mapping[str, Graph]

    @property
    def families(self) -> set[str]:
        return {effect.family for effect in self.effects}


def clips(sources: Sources, count: int, seed: int, models: Mapping[str, Path | None]) -> list[Clip]:
    """Draw, play and listen; a random guess is the chain of the clip before."""
    found: list[Clip] = []
    before = as_graph(drawn_clip(sources, Draw(seed, count))[1])
    for index in range(count):
        singer, effects, wet = drawn_clip(sources, Draw(seed, index))
        guesses = {
            name: estimate(wet, SAMPLE_RATE, "singing", model=model).graph for name, model in models.items()
        }
        found.append(Clip(singer, effects, {**guesses, RANDOM: before}))
        before = as_graph(effects)
        if (index + 1) % 20 == 0:
            print(f"{index + 1} of {count} clips", flush=True)
    return found


def drawn_clip(sources: Sources, draw: Draw) -> tuple[str, list[Effect], torch.Tensor]:
    """Singer, effects and what is heard ``[2, T]``."""
    segment = sources.segment(draw.child(0))
    effects, wet = drawn_chain(draw.child(1), segment.audio.expand(2, -1), SAMPLE_RATE)
    return segment.performer, effects, wet


def f1(found: set[str], true: set[str]) -> float:
    return 2 * len(found & true) / (len(found) + len(true))


def figures(found: Sequence[Clip], guesser: str) -> dict[str, Figure]:
    """Means with intervals over singers."""
    bootstrap = Bootstrap([clip.singer for clip in found])
    sets = [f1(effects_of(clip.guesses[guesser]), clip.families) for clip in found]
    orders = [
        order_correlation(by_family(clip.guesses[guesser]), by_family(as_graph(clip.effects)), PROCESSORS)
        for clip in found
    ]
    same = [float(effects_of(clip.guesses[guesser]) == clip.families) for clip in found]
    return {
        "effect-set F1": bootstrap.figure(Tally.of(sets)),
        "all effects, none else": bootstrap.figure(Tally.of(same)),
        "order": bootstrap.figure(Tally.of_known(orders)),
    }


def by_effect(found: Sequence[Clip], guesser: str) -> dict[str, tuple[int, int, int]]:
    """Family to how often it was played, guessed, and rightly guessed."""
    played = Counter(family for clip in found for family in clip.families)
    guessed = Counter(family for clip in found for family in effects_of(clip.guesses[guesser]))
    both = Counter(family for clip in found for family in effects_of(clip.guesses[guesser]) & clip.families)
    names = [*(effect.family for effect in EFFECTS), *sorted(guessed.keys() - played.keys())]
    return {name: (played[name], guessed[name], both[name]) for name in dict.fromkeys(names)}


def by_length(found: Sequence[Clip], guesser: str) -> dict[int, Figure]:
    """Effect-set F1 of chains of one, two ... effects."""
    table = {}
    for count in sorted({len(clip.effects) for clip in found}):
        some = [clip for clip in found if len(clip.effects) == count]
        table[count] = figures(some, guesser)["effect-set F1"]
    return table


def share(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "-"


def cell(figure: Figure) -> str:
    if math.isnan(figure.mean):
        return "- (n=0)"
    return f"{figure.mean:.3f} [{figure.low:.3f}, {figure.high:.3f}] (n={figure.count})"


def report(found: Sequence[Clip], model: Path | None) -> str:
    """The results as Markdown."""
    guessers = list(found[0].guesses)
    rows = {guesser: figures(found, guesser) for guesser in guessers}
    heads = list(next(iter(rows.values())))
    lengths = {guesser: by_length(found, guesser) for guesser in guessers}
    singers = len({clip.singer for clip in found})
    lines = [
        "# Outside check: chains played by pedalboard",
        "",
        f"{len(found)} clips of 3.63 s, {singers} singers that no training heard, one to four of "
        f"{len(EFFECTS)} effects; pedalboard {metadata.version('pedalboard')}, torch {torch.__version__}, "
        f"Python {platform.python_version()}; model: {model.name if model else 'as shipped'}. "
        "In brackets the 95 % interval, a bootstrap over singers; n: clips that have the figure.",
        "",
        f"| guess | {' | '.join(heads)} |",
        f"|---|{'---|' * len(heads)}",
        *(f"| {name} | {' | '.join(cell(row[head]) for head in heads)} |" for name, row in rows.items()),
        "",
        f"| effect-set F1 of chains of | {' | '.join(map(str, lengths[OURS]))} |",
        f"|---|{'---|' * len(lengths[OURS])}",
        *(
            f"| {name} | {' | '.join(f'{f.mean:.3f}' for f in row.values())} |"
            for name, row in lengths.items()
        ),
        "",
        "| effect | played | guessed | right | recall | precision |",
        "|---|---|---|---|---|---|",
        *(
            f"| {name} | {played} | {guessed} | {both} | {share(both, played)} | {share(both, guessed)} |"
            for name, (played, guessed, both) in by_effect(found, OURS).items()
        ),
        "",
        "One effect: " + "; ".join(f"{name} is {', '.join(kinds)}" for name, kinds in FAMILIES.items()) + ". "
        f"No effects, and not counted: {', '.join(PLUMBING)}. "
        "Order is compared in canonical form, in which linear neighbours stand in one order, "
        "whoever came first.",
        "",
    ]
    return "\n".join(lines)


def as_json(found: Sequence[Clip]) -> dict[str, object]:
    """Every figure, and every clip."""
    return {
        "figures": {
            name: {head: asdict(figure) for head, figure in figures(found, name).items()}
            for name in found[0].guesses
        },
        "by_effect": by_effect(found, OURS),
        "clips": [
            {
                "singer": clip.singer,
                "played": [effect.family for effect in clip.effects],
                "guessed": {name: sorted(effects_of(graph)) for name, graph in clip.guesses.items()},
            }
            for clip in found
        ],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sources", required=True, help="folder of dry singing, indexed by splits")
    parser.add_argument("--split", default=SPLIT)
    parser.add_argument("--clips", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--model", type=Path, help="in place of the shipped one")
    parser.add_argument("--prior", type=Path, help="model without latents; left out if not given")
    options = parser.parse_args()
    configure_cpu()
    sources = Sources.open(options.sources, options.split)
    models = {OURS: options.model} | ({PRIOR: options.prior} if options.prior else {})
    found = clips(sources, options.clips, options.seed, models)
    text = report(found, options.model)
    print(text)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "pedalboard.md").write_text(text, encoding="utf-8")
    (RESULTS / "pedalboard.json").write_text(
        json.dumps(finite(as_json(found)), indent=1) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
