"""The result of an estimate or a fit of files: what was found, what was written, and both as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from unpatch.estimates import Estimate
from unpatch.graph.certainty import certainty
from unpatch.mastering.masters import MasterEstimate
from unpatch.pages.estimate import EstimateFiles, EstimateReport
from unpatch.refining import Fitted


@dataclass(frozen=True)
class EstimatedFile:
    """A recording's graph.

    Attributes:
        estimate: the candidates.
        report: what report.html shows, with the refined graph if there is one.
        files: what was written.
    """

    estimate: Estimate
    report: EstimateReport
    files: EstimateFiles

    def to_dict(self) -> dict[str, Any]:
        """As plain data."""
        found, report, distance = self.estimate, self.report, self.report.distance
        blind = {"candidates": candidates_as_json(found), "certainty": certainty_as_json(found)}
        return {
            "graph": report.found.to_dict(),
            **(blind if report.fitted is None else {"without_dry": blind}),
            **({"master": found.to_dict()} if isinstance(found, MasterEstimate) else {}),
            "windows_s": list(found.windows_s),
            "window_s": found.window_s,
            "fit": fit_as_json(report.fitted) if report.fitted else None,
            "distance": None if distance is None else {**vars(distance), "compared_s": report.compared_s},
            "files": {name: str(path) for name, path in vars(self.files).items() if path is not None},
        }


def candidates_as_json(found: Estimate) -> list[dict[str, Any]]:
    """The estimate before refinement."""
    return [
        {
            "share": c.share,
            "probability": c.probability,
            "stray_mass": c.stray_mass,
            "expected_f1": c.expected_f1,
            "distance": c.distance,
            "graph": c.graph.to_dict(),
        }
        for c in found.candidates
    ]


def certainty_as_json(found: Estimate) -> dict[str, Any]:
    """Confidence of each processor, alternatives, and whether the recording is processed at all."""
    return {
        "processors": [
            {"node": i, "kind": n.kind, "probability": n.confidence, "certainty": certainty(n.confidence)}
            for i, n in enumerate(found.graph.nodes)
            if n.is_processor and n.confidence is not None
        ],
        "perhaps_also": dict(found.perhaps_also),
        "no_audible_processing": found.untouched,
    }


def fit_as_json(fitted: Fitted) -> dict[str, Any]:
    """Spectral distances before and after the refinement, delay and gain, as plain data."""
    return {
        "nothing": fitted.nothing,
        "before": fitted.before,
        "after": fitted.after,
        "delay_s": fitted.delay_s,
        "gain_db": fitted.gain_db,
        "moments": [moment._asdict() for moment in fitted.moments],
    }
