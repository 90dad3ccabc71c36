/** The whole page: a header, the list of jobs, and a new task or an open job. */

import { useCallback, useEffect, useState } from "preact/hooks";
import * as api from "./api";
import { JobList } from "./JobList";
import { JobView } from "./JobView";
import { Start } from "./Start";
import type { Registry } from "./types";
import { useJobs } from "./useJobs";

const openJob = () => new URLSearchParams(location.hash.slice(1)).get("job");

export function App() {
  const [registry, setRegistry] = useState<Registry | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const [open, setOpen] = useState<string | null>(openJob);
  const [dark, setDark] = useState(preferred);
  const { jobs, connected } = useJobs();

  const refused = useCallback((error: unknown) => {
    if (!(error instanceof DOMException)) setFault(error instanceof Error ? error.message : String(error));
  }, []);
  useEffect(() => {
    api.registry().then(setRegistry, refused);
    const follow = () => setOpen(openJob());
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, [refused]);
  useEffect(() => {
    document.documentElement.dataset["theme"] = dark ? "dark" : "light";
    try {
      localStorage.setItem("theme", dark ? "dark" : "light");
    } catch {
      // A browser may forbid storage; the choice then lasts as long as the page.
    }
  }, [dark]);

  const show = (id: string | null) => {
    location.hash = id ? `job=${id}` : "";
    setFault(null);
  };
  const job = jobs.find((each) => each.id === open);
  return (
    <div class="app">
      <header class="top">
        <h1>
          unpatch <span>studio</span>
        </h1>
        <span class="grow" />
        <button onClick={() => show(null)} disabled={!open}>
          New
        </button>
        <button onClick={() => setDark(!dark)} aria-pressed={dark} aria-label="Dark colours">
          {dark ? "☀" : "☾"}
        </button>
      </header>
      {!connected && (
        <p class="notice" role="status">
          The connection is lost; trying again. Nothing that runs is stopped by this.
        </p>
      )}
      {fault && (
        <p class="notice fault" role="alert">
          {fault}
          <button class="plain" onClick={() => setFault(null)} aria-label="Close the message">
            ✕
          </button>
        </p>
      )}
      <div class={open ? "body with-job" : "body"}>
        <JobList jobs={jobs} open={open} show={show} refused={refused} />
        <main>
          {registry && !open && <Start registry={registry} show={show} refused={refused} />}
          {registry && open && (
            <JobView key={open} id={open} job={job ?? null} registry={registry} show={show} refused={refused} />
          )}
        </main>
      </div>
    </div>
  );
}

function preferred(): boolean {
  try {
    const kept = localStorage.getItem("theme");
    if (kept) return kept === "dark";
  } catch {
    // As above.
  }
  return matchMedia("(prefers-color-scheme: dark)").matches;
}
