/** A player with takes of a job, all if none are named; it is loaded anew where they change. */

import { useEffect, useRef, useState } from "preact/hooks";
import * as api from "./api";
import { Player } from "./player";
import type { Job } from "./types";

export const LOOP_S = 10;

export function usePlayer(
  job: Job,
  refused: (error: unknown) => void,
  keys = (job.result?.takes ?? []).map((take) => take.key),
): { player: Player | null; version: number } {
  const [version, setVersion] = useState(0);
  const [player, setPlayer] = useState<Player | null>(null);
  const count = useRef(0);
  useEffect(() => {
    const made = new Player(job.result?.sample_rate ?? 48000);
    made.changed = () => setVersion(++count.current);
    let closed = false;
    Promise.all(keys.map(async (key) => made.load(key, await api.take(job.id, key)))).then(() => {
      if (made.seconds > 1.5 * LOOP_S) made.setRegion(0, LOOP_S);
      if (!closed) setPlayer(made);
    }, refused);
    return () => {
      closed = true;
      made.close();
      setPlayer(null);
    };
  }, [job.id, keys.join()]);
  return { player, version };
}

/** Space plays, digits choose a take; other keys belong to the focused element. */
export function usePlayerKeys(player: Player | null, keys: string[]): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (!player || event.ctrlKey || event.metaKey || event.altKey) return;
      if (/^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName)) return;
      const key = keys[Number(event.key) - 1];
      if (event.key === " " && target.tagName !== "BUTTON") player.toggle();
      else if (key !== undefined) player.choose(key);
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [player, keys.join()]);
}
