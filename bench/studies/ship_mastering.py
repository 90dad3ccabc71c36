"""Make the weights that come with the package of a run: calibrated on held-out music, in half precision.

python -m bench.studies.ship_mastering runs/mastering_small_chain_ours_mixed --data data/mastering
"""

import argparse
from pathlib import Path

import unpatch
from unpatch.learning.runs import MODEL
from unpatch.learning.weights import read_config
from unpatch.mastering.calibrating import calibrate
from unpatch.mastering.clips import Clips
from unpatch.mastering.model import FORMAT, FORMAT_VERSION, load_model, save_model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    wishes = parser.parse_args()
    model = load_model(wishes.run / MODEL)
    found = calibrate(model, Clips.load(wishes.data, "val"))
    print("temperatures", [round(float(t), 2) for t in found])
    notes = {
        name: read_config(wishes.run / MODEL, FORMAT, FORMAT_VERSION)[name] for name in ("step", "preset")
    }
    folder = Path(unpatch.__file__).parent / "assets" / "weights" / wishes.run.name
    save_model(model.half(), folder, **notes)
    print(folder, f"{(folder / 'model.safetensors').stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
