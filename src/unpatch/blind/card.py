"""The card of a model: what it is, its training data, and its terms of use."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from unpatch.synth.credits import terms_of

USES = {True: "commercial use is allowed", False: "**non-commercial use only**", None: "not known: see below"}
ALIKE = {True: "what is made of them must carry the same licence", False: "", None: ""}
FIGURES = {
    "node_error": "nodes mispredicted, the true prefix given",
    "parameter_error": "mean absolute error of parameters in unit range, the true prototype given",
    "presence_f1": "F1 of the sets of kinds, from the presence head at one half",
    "greedy_f1": "F1 of the sets of kinds, decoded greedily",
    "untouched": "share of the untouched recordings that are recognised, decoded greedily",
}


def card(step: int, parameters: int, notes: Mapping[str, Any]) -> str:
    """The text of a card.

    Args:
        step: steps of training.
        parameters: how many the model has.
        notes: of its config.
    """
    preset = notes["preset"]
    return "\n".join(
        [
            f"# Model card: {preset['name']}",
            "",
            *_facts(step, parameters, notes),
            "",
            "## Figures",
            "",
            "On examples that are held out of training, by the stratum of the generator:",
            "",
            *_figures(notes["validation"]),
            "",
            "## Sources",
            "",
            *_sources(notes["sources"]),
            "",
        ]
    )


def _facts(step: int, parameters: int, notes: Mapping[str, Any]) -> Iterator[str]:
    preset, spent, place = notes["preset"], notes["spent"], notes["place"]
    training, terms = preset["training"], terms_of(notes["sources"])
    fresh = (place["newest"] + 1 - place["oldest"]) * training["stream"]["shard"]
    licence = "; ".join(part for part in (USES[terms["commercial_use"]], ALIKE[terms["share_alike"]]) if part)
    hours = {name: spent[f"{name}_seconds"] / 3600 for name in ("core", "generator")}
    yield "| | |"
    yield "|---|---|"
    yield f"| task | {preset['model']['task']} |"
    yield f"| model | {parameters / 1e6:.1f} M parameters, stored in half precision |"
    yield f"| trained | {step:,} steps of batch {training['batch']}, the last ones with a falling rate |"
    yield f"| data | a stream of synthetic examples, {fresh:,} different ones |"
    yield f"| processor time | training {hours['core']:.1f} h, making examples {hours['generator']:.1f} h |"
    yield f"| use of the weights | {licence} |"


def _figures(figures: Mapping[str, float]) -> Iterator[str]:
    """A row for each figure, a column for each validation set."""
    sets = list(dict.fromkeys(name.split("/")[0] for name in figures))
    yield f"| figure | {' | '.join(sets)} | |"
    yield "|---" * (len(sets) + 2) + "|"
    for name, meaning in FIGURES.items():
        row = [figures.get(f"{one}/{name}") for one in sets]
        cells = ["-" if value is None else f"{value:.3f}" for value in row]
        yield f"| {name} | {' | '.join(cells)} | {meaning} |"


def _sources(credits: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield "| category | performers | licence | origin |"
    yield "|---|---|---|---|"
    for credit in credits:
        cells = (credit["category"], ", ".join(credit["performers"]), credit["licence"], credit["origin"])
        yield f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _cell(text: str | None) -> str:
    return (text or "not stated").replace("|", "/").replace("\n", " ")
