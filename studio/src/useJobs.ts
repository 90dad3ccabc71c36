/** All jobs, kept up to date by server-sent events; a lost connection is made again by the browser. */

import { useEffect, useState } from "preact/hooks";
import type { Job, Progress } from "./types";

export function useJobs(): { jobs: Job[]; connected: boolean } {
  const [jobs, setJobs] = useState<Job[]>([]);
  const [connected, setConnected] = useState(true);
  useEffect(() => {
    const events = new EventSource("/api/events");
    const on = <T,>(name: string, take: (data: T) => void) =>
      events.addEventListener(name, (event) => take(JSON.parse((event as MessageEvent<string>).data) as T));
    events.onopen = () => setConnected(true);
    events.onerror = () => setConnected(false);
    on<Job[]>("jobs", setJobs);
    on<Job>("job", (job) =>
      setJobs((all) =>
        all.some((each) => each.id === job.id)
          ? all.map((each) => (each.id === job.id ? job : each))
          : [job, ...all],
      ),
    );
    on<{ id: string; progress: Progress }>("progress", ({ id, progress }) =>
      setJobs((all) =>
        all.map((each) => (each.id === id ? { ...each, progress: { ...each.progress, ...progress } } : each)),
      ),
    );
    on<{ id: string }>("removed", ({ id }) => setJobs((all) => all.filter((each) => each.id !== id)));
    return () => events.close();
  }, []);
  return { jobs, connected };
}
