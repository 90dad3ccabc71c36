/** A new task: files are dropped or chosen, then the task is started. */

import { useEffect, useState } from "preact/hooks";
import { Amounts } from "./Amounts";
import * as api from "./api";
import { FileSlot, GRAPH } from "./FileSlot";
import { type Trials, trialsOf } from "./trials";
import type { Registry, StoredFile } from "./types";
import { asText } from "./values";

interface Props {
  registry: Registry;
  show: (id: string) => void;
  refused: (error: unknown) => void;
}

type Tab = "singing" | "drums" | "mix" | "master" | "open" | "mushra";
const TABS: [Tab, string, string][] = [
  ["singing", "Voice & instruments", "Find the effects behind a processed recording."],
  ["drums", "Drums", "Find the effects behind a processed drum loop."],
  ["mix", "Mix", "Find the mixing graph behind a mix, from its stems."],
  ["master", "Master", "Master a song to match a reference."],
  ["open", "Graph", "Open a graph file: see it, play it, change it, export it."],
  ["mushra", "Listening test", "A MUSHRA test (ITU-R BS.1534-3) of systems against references."],
];

const MANY = new Set<Tab>(["mix", "mushra"]);
const ACTIONS: Partial<Record<Tab, string>> = { mix: "Search", master: "Match", open: "Open", mushra: "Prepare" };

/** Labels and hints of the two places for files. */
const SLOTS: Record<Tab, [string, string][]> = {
  singing: [
    ["Recording", "Drop a file here, or choose one. WAV, FLAC, AIFF, Ogg or MP3."],
    ["Dry signal (optional)", "The recording before its effects, of the same length: it makes the result exact."],
  ],
  drums: [
    ["Recording", "Drop a file here, or choose one. WAV, FLAC, AIFF, Ogg or MP3."],
    ["Dry sources (optional)", "The sources before their effects, of the same length: they make the result exact."],
  ],
  mix: [
    ["Stems", "Drop files here, or choose some. WAV, FLAC, AIFF, Ogg or MP3."],
    ["Mix", "The mix of these stems."],
  ],
  master: [
    ["Song", "Drop a file here, or choose one. WAV, FLAC, AIFF, Ogg or MP3."],
    ["References", "One or several masters that sound as yours should."],
  ],
  open: [
    ["Graph", "Drop a graph file (.json) here, or choose one."],
    ["Dry signals (optional)", "What the graph is played on; without any, the embedded voice."],
  ],
  mushra: [["Recordings", "Called like “song 1 - reference.wav” and “song 1 - system.wav”, of the same length."]],
};

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
    api.files().then(setStored, refused);
  }, [refused, main, other]);

  const choose = (next: Tab) => {
    setTab(next);
    const kept = (tab === "open") === (next === "open") ? main : [];
    setMain(kept.slice(0, MANY.has(next) ? undefined : 1));
    setOther([]);
  };
  const first = main[0];
  const second = other[0];
  const trials: Trials = tab === "mushra" ? trialsOf(main) : { trials: [], fault: null };
  const ready = first && (tab === "mushra" ? trials.fault === null : second || (tab !== "mix" && tab !== "master"));
  const audio = stored.filter((file) => file.kind === "audio");

  const start = async () => {
    if (!first) return;
    setBusy(true);
    try {
      const ids = (files: StoredFile[]) => files.map((file) => file.id);
      let job;
      if (tab === "mix") job = await api.start("search", { stems: ids(main), mix: second?.id, preset });
      else if (tab === "master")
        job = await api.start("match", { target: first.id, references: ids(other), amounts });
      else if (tab === "mushra") job = await api.start("mushra", { trials: trials.trials });
      else if (tab === "open") job = await api.start("open", { file: first.id, dry: ids(other) });
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
          key={tab === "open" ? "graph" : "main"}
          label={SLOTS[tab][0]![0]}
          hint={SLOTS[tab][0]![1]}
          many={MANY.has(tab)}
          {...(tab === "open" && { accept: GRAPH })}
          files={main}
          stored={tab === "open" ? stored.filter((file) => file.kind === "graph") : audio}
          change={setMain}
          refused={refused}
        />
        {SLOTS[tab][1] && (
          <FileSlot
            key={tab}
            label={SLOTS[tab][1][0]}
            hint={SLOTS[tab][1][1]}
            many={tab !== "singing" && tab !== "mix"}
            files={other}
            stored={audio}
            change={setOther}
            refused={refused}
          />
        )}
        {tab === "mushra" && first && (
          <p role="status" class={trials.fault ? "fault" : "soft"}>
            {trials.fault ?? trials.trials.map((trial) => `${trial.name}: ${Object.keys(trial.systems).join(", ")}`).join("; ")}
          </p>
        )}
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
          {ACTIONS[tab] ?? "Estimate"}
        </button>
        <p class="soft">
          Files stay on this machine. Uploads of up to {asText(registry.upload_bytes / 1e6, "MB")}.
        </p>
      </div>
    </section>
  );
}
