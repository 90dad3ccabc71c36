/** Takes to compare: A, B and C at equal loudness, and X, which is one of two at random. */

import { useState } from "preact/hooks";
import type { Player } from "./player";
import type { Take } from "./types";
import { asText } from "./values";
import { Waveform } from "./Waveform";

interface Props {
  player: Player;
  takes: Take[];
  version: number;
  busy: boolean;
  chosen: (start: number, end: number) => void;
  rated: (trial: object) => void;
}

interface Trials {
  right: number;
  count: number;
  x: string;
}

const PAIR = ["reference", "render"] as const;
const drawn = () => PAIR[crypto.getRandomValues(new Uint8Array(1))[0]! & 1] as string;

/** Probability of this number of right choices or more by chance. */
function chance(right: number, count: number): number {
  let total = 0;
  let ways = 1;
  for (let k = 0; k <= count; k++) {
    if (k >= right) total += ways;
    ways = (ways * (count - k)) / (k + 1);
  }
  return total / 2 ** count;
}

export function Listening({ player, takes, version, busy, chosen, rated }: Props) {
  const [trials, setTrials] = useState<Trials | null>(null);
  const [isX, setIsX] = useState(false);
  const [spectrogram, setSpectrogram] = useState(false);
  const choose = (key: string, x = false) => {
    setIsX(x);
    player.choose(key);
  };
  const decide = (key: string) => {
    if (!trials) return;
    const right = key === trials.x;
    rated({ x: trials.x, chosen: key, right });
    setTrials({ right: trials.right + Number(right), count: trials.count + 1, x: drawn() });
    choose("reference");
  };
  return (
    <section class="listening" aria-label="Player">
      <div class="row">
        <button class="main play" onClick={() => player.toggle()} aria-pressed={player.playing}>
          {player.playing ? "Pause" : "Play"}
        </button>
        <div class="takes" role="group" aria-label="Takes">
          {takes.map((take, place) => (
            <button
              key={take.key}
              class={`take ${take.key}`}
              aria-pressed={!isX && player.current === take.key}
              disabled={!player.has(take.key) || (trials !== null && !PAIR.includes(take.key as "render"))}
              onClick={() => choose(take.key)}
            >
              {take.name} <kbd>{place + 1}</kbd>
            </button>
          ))}
          {trials && (
            <button class="take" aria-pressed={isX} onClick={() => choose(trials.x, true)}>
              X
            </button>
          )}
        </div>
        <label>
          <input type="checkbox" checked={player.matched} onChange={(event) => player.setMatched(event.currentTarget.checked)} />{" "}
          match levels
        </label>
        <label>
          <input type="checkbox" checked={player.looped} onChange={(event) => player.setLooped(event.currentTarget.checked)} />{" "}
          loop
        </label>
        <label>
          <input
            type="checkbox"
            checked={spectrogram}
            onChange={(event) => setSpectrogram(event.currentTarget.checked)}
          />{" "}
          spectrogram
        </label>
        {PAIR.every((key) => takes.some((take) => take.key === key)) && <button
          aria-pressed={trials !== null}
          onClick={() => {
            setTrials(trials ? null : { right: 0, count: 0, x: drawn() });
            choose("reference");
          }}
        >
          ABX
        </button>}
        <span class="soft level" aria-live="off">
          {isX ? "" : asText(player.gainDb(player.current), "dB", true)}
          {busy && " · rendering"}
        </span>
      </div>
      {trials && (
        <div class="row" role="group" aria-label="Blind comparison">
          <span>X is the</span>
          <button onClick={() => decide("reference")}>reference</button>
          <button onClick={() => decide("render")}>render</button>
          <span role="status">
            {trials.count === 0
              ? "Compare X with both, then decide."
              : `${trials.right} of ${trials.count} right; by chance with a probability of ${Math.round(100 * chance(trials.right, trials.count))} %`}
          </span>
        </div>
      )}
      <Waveform
        player={player}
        take={isX ? "reference" : player.current}
        version={version}
        spectrogram={spectrogram}
        chosen={chosen}
      />
    </section>
  );
}
