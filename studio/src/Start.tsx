/** A new task: files are dropped or chosen, then the task is started. */

import { useEffect, useState } from "preact/hooks";
import { Amounts } from "./Amounts";
import * as api from "./api";
import { FileSlot } from "./FileSlot";
import type { Registry, StoredFile } from "./types";
import { asText } from "./values";

interface Props {
  registry: Registry;
  show: (id: string) => void;
  refused: (error: unknown) => void;
}

type Tab = "singing" | "drums" | "mix" | "master";
const TABS: [Tab, string, string][] = [
  ["singing", "Voice & instruments", "Find the effects behind a processed recording."],
  ["drums", "Drums", "Find the effects behind a processed drum loop."],
  ["mix", "Mix", "Find the mixing graph behind a mix, from its stems."],
  ["master", "Master", "Master a song to match a reference."],
];

/** The source in a file's name: `my_kick_2.wav` is the kick. */
function sourceOf(file: StoredFile, sources: string[], place: number): string {
  return sources.find((source) => file.name.toLowerCase().includes(source)) ?? sources[place] ?? sources[0] ?? "in";
}

export function Start({ registry, show, refused }: Props) {
  const [tab, setTab] = useState<Tab>("singing");
  const [stored, setStored] = useState<StoredFile[]>([]);
  const [main, setMain] = useState<StoredFile[]>([]);
  const [other, setOther] = useState<StoredFile[]>([]);
  const [amounts, setAmounts] = useState<Record<string, number>>({});
  const [preset, setPreset] = useState(registry.presets[0] ?? "laptop");
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    api.files().then((files) => setStored(files.filter((file) => file.kind === "audio")), refused);
  }, [refused, main, other]);

  const choose = (next: Tab) => {
    setTab(next);
    setMain(main.slice(0, next === "mix" ? undefined : 1));
    setOther([]);
  };
  const first = main[0];
  const second = other[0];
  const ready = first && (tab === "singing" || tab === "drums" || second);

  const start = async () => {
    if (!first) return;
    setBusy(true);
    try {
      const ids = (files: StoredFile[]) => files.map((file) => file.id);
      let job;
      if (tab === "mix") job = await api.start("search", { stems: ids(main), mix: second?.id, preset });
      else if (tab === "master")
        job = await api.start("match", { target: first.id, references: ids(other), amounts });
      else {
        const sources = registry.task_sources[tab] ?? ["in"];
        const dry = Object.fromEntries(other.map((file, i) => [sourceOf(file, sources, i), file.id]));
        job = await api.start("estimate", { file: first.id, task: tab, dry });
      }
      show(job.id);
    } catch (error) {
      refused(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <section class="start" aria-label="New task">
      <div role="tablist" aria-label="Task" class="tabs">
        {TABS.map(([key, name]) => (
          <button role="tab" key={key} id={`tab-${key}`} aria-selected={tab === key} aria-controls="task" onClick={() => choose(key)}>
            {name}
          </button>
        ))}
      </div>
      <div role="tabpanel" id="task" aria-labelledby={`tab-${tab}`}>
        <p>{TABS.find(([key]) => key === tab)?.[2]}</p>
        <FileSlot
          label={{ singing: "Recording", drums: "Recording", mix: "Stems", master: "Song" }[tab]}
          hint="Drop a file here, or choose one. WAV, FLAC, AIFF, Ogg or MP3."
          many={tab === "mix"}
          files={main}
          stored={stored}
          change={setMain}
          refused={refused}
        />
        <FileSlot
          label={{ singing: "Dry signal (optional)", drums: "Dry sources (optional)", mix: "Mix", master: "References" }[tab]}
          hint={
            tab === "singing" || tab === "drums"
              ? "The recording before its effects, of the same length: it makes the result exact."
              : tab === "mix"
                ? "The mix of these stems."
                : "One or several masters that sound as yours should."
          }
          many={tab === "drums" || tab === "master"}
          files={other}
          stored={stored}
          change={setOther}
          refused={refused}
        />
        {tab === "mix" && (
          <label class="field">
            Preset
            <select value={preset} onChange={(event) => setPreset(event.currentTarget.value)}>
              {registry.presets.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
        )}
        {tab === "master" && (
          <Amounts registry={registry} amounts={amounts} change={setAmounts} />
        )}
        <button class="main" disabled={!ready || busy} onClick={() => void start()}>
          {tab === "mix" ? "Search" : tab === "master" ? "Match" : "Estimate"}
        </button>
        <p class="soft">
          Files stay on this machine. Uploads of up to {asText(registry.upload_bytes / 1e6, "MB")}.
        </p>
      </div>
    </section>
  );
}
