/** One trial: the reference, and sounds to rate from 0 to 100. All run in step, so that switching has no gap. */

import { useEffect, useMemo, useState } from "preact/hooks";
import type { Job, Session } from "./types";
import { usePlayer, usePlayerKeys } from "./usePlayer";
import { counted, percent } from "./values";
import { Waveform } from "./Waveform";

interface Props {
  job: Job;
  trial: Session["trials"][number];
  heading: string;
  volume: number;
  setVolume: (volume: number) => void;
  refused: (error: unknown) => void;
  /** Left out, nothing is rated. */
  rated?: (scores: Record<string, number>) => void;
}

const HIGHEST = 100;
const GRADES = ["bad", "poor", "fair", "good", "excellent"];
const gradeOf = (score: number) => GRADES[Math.min(GRADES.length - 1, Math.floor((score * GRADES.length) / HIGHEST))];

export function RatedTrial({ job, trial, heading, volume, setVolume, refused, rated }: Props) {
  const [scores, setScores] = useState<Record<string, number>>({});
  const keys = useMemo(() => [trial.reference, ...trial.stimuli], [trial.trial]);
  const { player, version } = usePlayer(job, refused, keys);
  usePlayerKeys(player, keys);
  useEffect(() => {
    player?.setMatched(false);
    player?.choose(trial.reference);
  }, [player]);
  useEffect(() => player?.setVolume(volume), [player, volume]);
  if (!player) return <p class="soft">Loading audio …</p>;
  const left = trial.stimuli.filter((key) => scores[key] === undefined).length;
  const found = Object.values(scores).includes(HIGHEST);
  return (
    <>
      <h2>{heading}</h2>
      <div class="row">
        <button class="main play" onClick={() => player.toggle()} aria-pressed={player.playing}>
          {player.playing ? "Pause" : "Play"}
        </button>
        <button class="take" aria-pressed={player.current === trial.reference} onClick={() => player.choose(trial.reference)}>
          Reference <kbd>1</kbd>
        </button>
        <label class="row">
          Volume{" "}
          <input
            type="range"
            min={0}
            max={1}
            step={0.01}
            value={volume}
            onInput={(event) => setVolume(event.currentTarget.valueAsNumber)}
          />
          <output>{percent(volume)}</output>
        </label>
      </div>
      <Waveform
        player={player}
        take={trial.reference}
        version={version}
        spectrogram={false}
        chosen={(start, end) => player.setRegion(start, end)}
      />
      <ul class="stimuli">
        {trial.stimuli.map((key, place) => (
          <li key={key}>
            <button class="take" aria-pressed={player.current === key} onClick={() => player.choose(key)}>
              Sound {place + 1} <kbd>{place + 2}</kbd>
            </button>
            {rated && (
              <>
                <input
                  type="range"
                  min={0}
                  max={HIGHEST}
                  step={1}
                  value={scores[key] ?? 0}
                  aria-label={`Quality of sound ${place + 1}`}
                  aria-valuetext={scores[key] === undefined ? "not rated" : `${scores[key]}, ${gradeOf(scores[key])}`}
                  onPointerDown={() => player.choose(key)}
                  onFocus={() => player.choose(key)}
                  onInput={(event) => setScores({ ...scores, [key]: event.currentTarget.valueAsNumber })}
                />
                <output>{scores[key] === undefined ? "–" : `${scores[key]} ${gradeOf(scores[key])}`}</output>
              </>
            )}
          </li>
        ))}
      </ul>
      {rated && (
        <p class="row">
          <button class="main" disabled={left > 0 || !found} onClick={() => rated(scores)}>
            Next
          </button>
          <span class="soft" role="status">
            {left > 0 ? `${counted(left, "sound")} not rated yet.` : found ? "" : "One of the sounds is the reference: rate it 100."}
          </span>
        </p>
      )}
    </>
  );
}
