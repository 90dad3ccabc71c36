"""The card of a model: what it is, its training data, and its terms of use."""

from collections.abc import Mapping, Sequence
from typing import Any

from unpatch.storage.markdown import table
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
            _facts(step, parameters, notes),
            "",
            "## Figures",
            "",
            "On examples that are held out of training, by the stratum of the generator:",
            "",
            _figures(notes["validation"]),
            "",
            "## Sources",
            "",
            _sources(notes["sources"]),
            "",
        ]
    )


def _facts(step: int, parameters: int, notes: Mapping[str, Any]) -> str:
    preset, spent, place = notes["preset"], notes["spent"], notes["place"]
    training, terms = preset["training"], terms_of(notes["sources"])
    fresh = (place["newest"] + 1 - place["oldest"]) * training["stream"]["shard"]
    licence = "; ".join(part for part in (USES[terms["commercial_use"]], ALIKE[terms["share_alike"]]) if part)
    hours = {name: spent[f"{name}_seconds"] / 3600 for name in ("core", "generator")}
    rows = {
        "task": preset["model"]["task"],
        "model": f"{parameters / 1e6:.1f} M parameters, stored in half precision",
        "trained": f"{step:,} steps of batch {training['batch']}, the last ones with a falling rate",
        "data": f"a stream of synthetic examples, {fresh:,} different ones",
        "processor time": f"training {hours['core']:.1f} h, making examples {hours['generator']:.1f} h",
        "use of the weights": licence,
    }
    return table(("", ""), rows.items())


def _figures(figures: Mapping[str, float]) -> str:
    """A row for each figure, a column for each validation set."""
    sets = list(dict.fromkeys(name.split("/")[0] for name in figures))
    rows = []
    for name, meaning in FIGURES.items():
        found = [figures.get(f"{one}/{name}") for one in sets]
        rows.append((name, *("-" if value is None else f"{value:.3f}" for value in found), meaning))
    return table(("figure", *sets, ""), rows)


def _sources(credits: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        (credit["category"], ", ".join(credit["performers"]), credit["licence"], credit["origin"])
        for credit in credits
    ]
    head = ("category", "performers", "licence", "origin")
    return table(head, (map(_cell, cells) for cells in rows))


def _cell(text: str | None) -> str:
    return (text or "not stated").replace("|", "/").replace("\n", " ")
