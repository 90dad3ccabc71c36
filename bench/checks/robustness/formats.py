"""Damaged files of every format, given to the function that reads them."""

import json
import random
import shutil
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path

from bench.checks.robustness import seeds, states
from bench.checks.robustness.format import Format
from bench.checks.robustness.graphs import TooLongError, time_limit
from bench.checks.robustness.mutations import damaged_bytes, damaged_data, damaged_text, damaged_xml
from bench.checks.robustness.verdict import MOST_LETTERS, Tally, Verdict

SECONDS = 30
NAMES = ("settings", "kind", "version", "train", "a", "../../x", "/etc/passwd")


def torture(name: str, count: int, seed: int) -> Tally:
    """Damage a file of a format ``count`` times and read it."""
    rng, tally, format_ = random.Random(f"{name} {seed}"), Tally(), FORMATS[name]
    with tempfile.TemporaryDirectory() as top:
        whole, folder = Path(top) / "whole", Path(top) / "damaged"
        whole.mkdir()
        format_.prepare(whole)
        content = (whole / format_.file).read_bytes()
        for number in range(count):
            shutil.copytree(whole, folder)
            (folder / format_.file).write_bytes(_damaged(content, format_, rng))
            tally.add(f"{name}, seed {seed}, number {number}", *_read(format_, folder))
            shutil.rmtree(folder)
    return tally


def _damaged(content: bytes, format_: Format, rng: random.Random) -> bytes:
    if format_.file.endswith(".json") and rng.random() < 0.6:
        return json.dumps(damaged_data(json.loads(content), rng, NAMES)).encode()
    if format_.file.endswith(".xml") and rng.random() < 0.6:
        return damaged_xml(content.decode(), rng, NAMES).encode("utf-8", "surrogatepass")
    if format_.is_text and rng.random() < 0.8:
        return damaged_text(content.decode(), rng).encode("utf-8", "surrogatepass")
    return damaged_bytes(content, rng)


def _read(format_: Format, folder: Path) -> tuple[Verdict, str]:
    try:
        with time_limit(SECONDS):
            format_.read(folder)
    except (ValueError, OSError) as error:
        return _judged(error, folder)
    except TooLongError:
        return "hang", ""
    except Exception as error:
        return "traceback", _where(error)
    return "worked", ""


def _judged(error: Exception, folder: Path) -> tuple[Verdict, str]:
    """A message has one line and names the file or its folder."""
    text = (
        f"{error.filename}: {error.strerror}" if isinstance(error, OSError) and error.filename else str(error)
    )
    if "\n" in text or len(text) > MOST_LETTERS:
        return "unclear", f"long message, {_where(error)}"
    if str(folder) not in text:
        return "unclear", f"names no file, {_where(error)}"
    return "refused", ""


def _where(error: Exception) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {last.name}, {'/'.join(Path(last.filename).parts[-2:])}:{last.lineno}"


# --- what is read ---------------------------------------------------------------------------------


def _file(name: str, content: Callable[[], bytes]) -> Callable[[Path], None]:
    def prepare(folder: Path) -> None:
        (folder / name).write_bytes(content())

    return prepare


def _stems(folder: Path) -> None:
    raw = folder / "Song_RAW"
    raw.mkdir()
    for place in (folder, raw):
        for name in ("Kick", "Snare", "Bass"):
            (place / f"{name}.wav").write_bytes(seeds.wav())


def _with_groups(folder: Path) -> None:
    _stems(folder)
    (folder / "groups.yaml").write_text(seeds.GROUPS)


def _with_metadata(folder: Path) -> None:
    _stems(folder)
    (folder / "Song_METADATA.yaml").write_text(seeds.MEDLEY)


def _read_groups(folder: Path) -> None:
    from unpatch.stems.groups import assigned, read_groups

    path = folder / "groups.yaml"
    assigned(path, read_groups(path), sorted(folder.glob("*.wav")))


def _read_metadata(folder: Path) -> None:
    from unpatch.stems.medley import medley_tracks

    medley_tracks(folder, folder / "Song_METADATA.yaml")


def _read_midi(folder: Path) -> None:
    from unpatch.synth.drums.groove import _strokes

    _strokes.cache_clear()
    _strokes(folder / "a.mid")


def _read_soundfont(folder: Path) -> None:
    from unpatch.synth.drums.soundfont import DrumSoundFont

    DrumSoundFont(folder / "a.sf2").takes(0, 0, 60)


def _read_archive(folder: Path) -> None:
    from unpatch.mastering.sources import recordings_in

    recordings_in(folder, folder.parent / "cache")


def _read_model(folder: Path) -> None:
    from unpatch.blind.models.weights import from_pretrained
    from unpatch.processors import PROCESSORS

    from_pretrained(folder, PROCESSORS)


def _proxy(folder: Path) -> None:
    from unpatch.mastering.proxy import NeuralCompressor, ProxySettings
    from unpatch.mastering.proxy_weights import save_proxy

    save_proxy(NeuralCompressor(ProxySettings()), folder)


def _read_proxy(folder: Path) -> None:
    from unpatch.mastering.proxy_weights import load_proxy

    load_proxy(folder)


def _mastering(folder: Path) -> None:
    from unpatch.mastering.model import Mastering, save_model
    from unpatch.mastering.presets import PRESETS

    save_model(Mastering(PRESETS["mastering_debug_chain_ours"].model), folder)


def _read_mastering(folder: Path) -> None:
    from unpatch.mastering.model import load_model

    load_model(folder)


def _read_shard(folder: Path) -> None:
    from unpatch.synth.shards import read_shards

    list(read_shards([folder / "a.tar"]))


def _read_master(folder: Path) -> None:
    from unpatch.mastering.matching.master import Master

    Master.load(folder / "a.json").graph()


def _sources(folder: Path) -> None:
    (folder / "a.wav").write_bytes(seeds.wav())
    (folder / "index.tsv").write_text("file\tsinger\tsplit\na.wav\tanna\ttrain\na.wav\tbob\tval\n")


def _read_sources(folder: Path) -> None:
    from unpatch.synth.sources import Sources

    Sources.open(folder).check()


def _performances(folder: Path) -> None:
    (folder / "a.mid").write_bytes(seeds.midi())
    (folder / "info.csv").write_text('midi_filename,duration,split,style\na.mid,3.5,train,"rock, slow"\n')


def _read_performances(folder: Path) -> None:
    from unpatch.synth.drums.groove import performances

    performances(folder, "train")


def _folder_kit(folder: Path) -> None:
    (folder / "a.wav").write_bytes(seeds.wav())
    rows = [("file", "kit", "class", "velocity_rank", "n_velocities"), ("a.wav", "one", "kick", "1", "2")]
    (folder / "index.tsv").write_text("".join("\t".join(row) + "\n" for row in rows))


def _read_folder_kit(folder: Path) -> None:
    from unpatch.synth.drums.folder import read_folder

    read_folder(folder, "one", {"kick": "kick"})


def _hydrogen_kit(folder: Path) -> None:
    (folder / "a.wav").write_bytes(seeds.wav())
    (folder / "drumkit.xml").write_text(seeds.hydrogen())


def _read_hydrogen_kit(folder: Path) -> None:
    from unpatch.synth.drums.hydrogen import read_hydrogen

    read_hydrogen(folder, {"kick": "Kick", "snare": "Snare"})


def _clips(folder: Path) -> None:
    import numpy as np

    np.save(folder / "train.npy", np.zeros((1, 1000), np.int16))
    clip = {"track": "a", "start_s": 0.0, "gain_db": 0.0, "crest_db": 10.0}
    (folder / "train.json").write_text(json.dumps({"rate_hz": 44_100, "clips": [clip]}))


def _read_clips(folder: Path) -> None:
    from unpatch.mastering.clips import Clips

    for index in range(len(clips := Clips.load(folder, "train"))):
        clips.cut(index, 0, 10)


def _kit(folder: Path) -> None:
    import numpy as np

    from unpatch.synth.drums.kit import ARTICULATIONS, Kit, Take

    takes = {name: [Take(1.0, np.zeros(100, np.float32))] for name in ARTICULATIONS}
    Kit("a", takes).save(folder)


def _read_kit(folder: Path) -> None:
    from unpatch.synth.drums.kit import Kit

    if Kit.is_saved(folder, "a"):
        Kit.load(folder, "a").struck("kick", 0.5)


FORMATS: dict[str, Format] = {
    "YAML of groups": Format("groups.yaml", _with_groups, _read_groups, is_text=True, share=4),
    "YAML of MedleyDB": Format("Song_METADATA.yaml", _with_metadata, _read_metadata, is_text=True, share=4),
    "MIDI": Format("a.mid", _file("a.mid", seeds.midi), _read_midi, share=6),
    "DrumSoundFont": Format("a.sf2", _file("a.sf2", seeds.soundfont), _read_soundfont, share=6),
    "zip": Format("a.zip", _file("a.zip", seeds.packed), _read_archive, share=3),
    "weights of a model": Format("model.safetensors", seeds.model, _read_model, share=3),
    "config of a model": Format("config.json", seeds.model, _read_model, is_text=True, share=4),
    "weights of a proxy": Format("model.safetensors", _proxy, _read_proxy, share=2),
    "config of a proxy": Format("config.json", _proxy, _read_proxy, is_text=True, share=2),
    "weights of mastering": Format("model.safetensors", _mastering, _read_mastering, share=2),
    "config of mastering": Format("config.json", _mastering, _read_mastering, is_text=True, share=2),
    "shard": Format("a.tar", _file("a.tar", seeds.shard), _read_shard, share=4),
    "preset of match": Format("a.json", _file("a.json", seeds.master), _read_master, is_text=True, share=3),
    "table of singers": Format("index.tsv", _sources, _read_sources, is_text=True, share=2),
    "table of performances": Format("info.csv", _performances, _read_performances, is_text=True, share=2),
    "table of a kit": Format("index.tsv", _folder_kit, _read_folder_kit, is_text=True, share=2),
    "Hydrogen kit": Format("drumkit.xml", _hydrogen_kit, _read_hydrogen_kit, is_text=True, share=2),
    "index of clips": Format("train.json", _clips, _read_clips, is_text=True, share=2),
    "array of clips": Format("train.npy", _clips, _read_clips),
    "index of a stored kit": Format("a.json", _kit, _read_kit, is_text=True),
    "array of a stored kit": Format("a.npy", _kit, _read_kit),
    **states.FORMATS,
}
"""Every format by name."""
