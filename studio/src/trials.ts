/** Trials of a listening test from the names of files: `song 1 - reference.wav`, `song 1 - system.wav`. */

import type { StoredFile } from "./types";

export interface Trials {
  trials: { name: string; reference: string; systems: Record<string, string> }[];
  fault: string | null;
}

const NAME = /^(.+?)(?: +- +|_)([^_]+)\.\w+$/;
const REFERENCE = /^ref(erence)?$/i;

export function trialsOf(files: StoredFile[]): Trials {
  const found = new Map<string, { reference: string; systems: Record<string, string> }>();
  for (const file of files) {
    const [, trial, condition] = NAME.exec(file.name) ?? [];
    if (!trial || !condition) return { trials: [], fault: `${file.name}: is not called “trial - condition”` };
    const entry = found.get(trial) ?? { reference: "", systems: {} };
    found.set(trial, entry);
    if (REFERENCE.test(condition)) entry.reference = file.id;
    else entry.systems[condition] = file.id;
  }
  const trials = [...found].map(([name, entry]) => ({ name, ...entry }));
  const without = trials.find((trial) => !trial.reference);
  if (without) return { trials, fault: `${without.name}: there is no “${without.name} - reference”` };
  const systems = (trial: { systems: object }) => Object.keys(trial.systems).sort().join(", ");
  const other = trials.find((trial) => systems(trial) !== systems(trials[0]!));
  if (other) return { trials, fault: `${other.name}: has ${systems(other) || "no system"}, not ${systems(trials[0]!)}` };
  if (trials[0] && !systems(trials[0])) return { trials, fault: `${trials[0].name}: there is no system to compare` };
  return { trials, fault: null };
}
