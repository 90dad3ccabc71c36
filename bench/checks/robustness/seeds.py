"""Small files that are right, to be damaged: one of every format that is read."""

import io
import json
import struct
import zipfile
from pathlib import Path

import mido
import numpy as np
import soundfile
import torch

from unpatch.blind.models import build
from unpatch.blind.models.weights import save_pretrained
from unpatch.blind.presets import preset
from unpatch.blind.vocabulary import Vocabulary
from unpatch.graph.build import chain
from unpatch.processors import PROCESSORS

RATE_HZ = 44_100
GROUPS = "drums: [Kick.wav, 'Snare*']\nbass: Bass.wav\nrest:\n- '*'\n"
MEDLEY = """mix_filename: Song_MIX.wav
raw_dir: Song_RAW
title: A Song
stems:
  S01: {instrument: drum set, filename: a.wav, raw: {R01: {instrument: kick drum, filename: Kick.wav}}}
  S02:
    instrument: [bass, guitar]
    raw:
      R01: {instrument: bass, filename: Bass.wav}
"""


def tone(seconds: float = 0.2, channels: int = 1, rate_hz: int = RATE_HZ) -> np.ndarray:
    """A harmonic tone with some noise ``[T, C]``."""
    time = np.arange(round(seconds * rate_hz)) / rate_hz
    noise = np.random.default_rng(0).standard_normal(len(time))
    mono = 0.2 * sum(np.sin(2 * np.pi * 220 * k * time) / k for k in range(1, 6)) + 0.01 * noise
    return np.repeat(mono[:, None], channels, axis=1).astype(np.float32)


def wav(seconds: float = 0.2) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, tone(seconds, 2), RATE_HZ, format="WAV", subtype="PCM_16")
    return file.getvalue()


def midi() -> bytes:
    """Two bars of drums with a change of tempo."""
    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=400_000), mido.Message("program_change")])
    for pitch in (36, 42, 38, 42) * 2:
        track += [
            mido.Message("note_on", channel=9, note=pitch, velocity=90, time=120),
            mido.Message("note_off", channel=9, note=pitch, time=60),
        ]
    track.append(mido.MetaMessage("set_tempo", tempo=600_000, time=10))
    file = io.BytesIO()
    mido.MidiFile(tracks=[track], ticks_per_beat=480).save(file=file)
    return file.getvalue()


def packed() -> bytes:
    """Two recordings in a zip file, one of them compressed."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("music/one.wav", wav(2.5))
        archive.writestr("two.wav", wav(0.5), zipfile.ZIP_DEFLATED)
    return file.getvalue()


def soundfont() -> bytes:
    """One preset of one instrument of one looped sample (SoundFont 2.04, section 4)."""
    samples = (tone(0.1)[:, 0] * 20_000).astype("<i2").tobytes() + bytes(92)
    count = len(samples) // 2 - 46
    name = b"x".ljust(20, b"\0")
    tables = {
        "phdr": struct.pack("<20sHHHIII20sHHHIII", name, 0, 0, 0, 0, 0, 0, name, 0, 0, 1, 0, 0, 0),
        "pbag": struct.pack("<4H", 0, 0, 1, 0),
        "pmod": bytes(10),
        "pgen": struct.pack("<4H", 41, 0, 0, 0),
        "inst": struct.pack("<20sH20sH", name, 0, name, 1),
        "ibag": struct.pack("<4H", 0, 0, 4, 0),
        "imod": bytes(10),
        "igen": struct.pack("<10H", 43, 0x7F00, 44, 0x7F00, 54, 1, 53, 0, 0, 0),
        "shdr": struct.pack("<20sIIIIIBbHH", name, 0, count, 8, count - 8, RATE_HZ, 60, 0, 0, 1)
        + struct.pack("<20sIIIIIBbHH", name, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    }  # fmt: skip
    info = _chunk("ifil", struct.pack("<2H", 2, 4))
    pdta = b"".join(_chunk(*table) for table in tables.items())
    lists = (b"INFO" + info, b"sdta" + _chunk("smpl", samples), b"pdta" + pdta)
    return _chunk("RIFF", b"sfbk" + b"".join(_chunk("LIST", content) for content in lists))


def _chunk(name: str, content: bytes) -> bytes:
    return name.encode() + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def hydrogen() -> str:
    """The description of a kit of Hydrogen, with what stands in real ones besides."""
    layer = (
        "<layer><filename>a.wav</filename><min>{}</min><max>{}</max><gain>1</gain><pitch>0</pitch></layer>"
    )
    layers = "\n".join(layer.format(low, high) for low, high in ((0, 0.4), (0.4, 1)))
    knobs = "\n".join(
        f"<{name}>{value}</{name}>"
        for name, value in {"volume": 0.69, "isMuted": "false", "pan_L": 1, "gain": 1, "Attack": 0,
                            "Release": 1000, "muteGroup": -1, "midiOutNote": 60}.items()
    )  # fmt: skip
    instruments = "\n".join(
        f"<instrument><id>{number}</id><name>{name}</name>\n{knobs}\n{layers}</instrument>"
        for number, name in enumerate(("Kick (22 inch)", "Snare", "Cowbell"))
    )
    about = "<name>A kit</name><author>Somebody</author><info>&lt;p&gt;Recorded at home&lt;/p&gt;</info>"
    return f"<drumkit_info>{about}\n<instrumentList>\n{instruments}\n</instrumentList></drumkit_info>\n"


def model(folder: Path) -> None:
    """An untrained model of the smallest size."""
    torch.manual_seed(0)
    save_pretrained(
        build(preset("singing", "debug", "proposed").model, Vocabulary.of(PROCESSORS, "singing")), folder
    )


def shard() -> bytes:
    """A data set's file with one example."""
    import tarfile

    graph = chain(PROCESSORS, "bell", ("chorus", {"mod": "mono_lfo"}))
    flac, picture = io.BytesIO(), io.BytesIO()
    soundfile.write(flac, tone(), RATE_HZ, format="FLAC")
    np.save(picture, np.zeros((2, 16, 8), np.uint8))
    meta = {
        "task": "singing", "seed": 0, "index": 0, "sample_rate": RATE_HZ, "level_db": -20.0,
        "performer": "a", "files": ["a.wav"], "sources": ["in"], "pictures": None,
        "scales": {"dry.flac": 1.0, "wet.flac": 1.0},
    }  # fmt: skip
    members = {
        "0.graph.json": graph.to_json(indent=None).encode(), "0.meta.json": json.dumps(meta).encode(),
        "0.wet.npy": picture.getvalue(), "0.dry.flac": flac.getvalue(), "0.wet.flac": flac.getvalue(),
    }  # fmt: skip
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return file.getvalue()


def master() -> bytes:
    """A preset of ``match``."""
    from unpatch.mastering.matching.dynamics import DynamicsMatch
    from unpatch.mastering.matching.master import Master
    from unpatch.mastering.matching.spectrum import POINTS_HZ

    flat = np.zeros((2, len(POINTS_HZ)))
    dynamics = DynamicsMatch(True, -20.0, 0.5, 10.0, 100.0)
    return Master(None, None, flat, 1.1, dynamics, 2.0, -14.0, -12.0, -1.0).to_json().encode()
