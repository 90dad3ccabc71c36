/** Jobs that run and that are done, the newest first. */

import * as api from "./api";
import type { Job } from "./types";
import { clock, percent } from "./values";

interface Props {
  jobs: Job[];
  open: string | null;
  show: (id: string | null) => void;
  refused: (error: unknown) => void;
}

const LISTED = new Set(["estimate", "search", "match", "mushra", "open"]);

const NAMES: Record<string, string> = { mushra: "listening test", open: "graph" };

export function JobList({ jobs, open, show, refused }: Props) {
  const shown = jobs.filter((job) => LISTED.has(job.task));
  return (
    <nav class="jobs" aria-label="Jobs">
      <h2>Jobs</h2>
      {shown.length === 0 && <p class="soft">Nothing yet. Drop a file to begin.</p>}
      <ul>
        {shown.map((job) => (
          <li key={job.id} class={job.id === open ? "open" : ""}>
            <button class="plain job" onClick={() => show(job.id)} aria-current={job.id === open}>
              <span class="name">{job.name}</span>
              <span class="soft">
                {NAMES[job.task] ?? job.task} · {stateText(job)}
              </span>
            </button>
            {job.state !== "running" && job.state !== "waiting" && (
              <button
                class="plain"
                aria-label={`Remove ${job.name}`}
                onClick={() => {
                  if (confirm(`Remove the job ${job.name} and its results?`)) {
                    api.removeJob(job.id).then(() => job.id === open && show(null), refused);
                  }
                }}
              >
                ✕
              </button>
            )}
          </li>
        ))}
      </ul>
    </nav>
  );
}

export function stateText(job: Job): string {
  if (job.state !== "running") return job.state;
  const { stage, share } = job.progress ?? { stage: "starting", share: null };
  return share == null ? stage : `${stage} ${percent(share)}`;
}

/** A job's progress, with a button to stop or continue it. */
export function ProgressView({ job, refused }: { job: Job; refused: (error: unknown) => void }) {
  const progress = job.progress;
  const share = job.state === "running" ? (progress?.share ?? null) : null;
  const facts = [
    progress?.loss != null && `loss ${progress.loss.toFixed(4)}`,
    progress?.distance != null && `distance ${progress.distance.toFixed(3)}`,
    progress?.processors != null && `${progress.processors} processors`,
    progress?.seconds_left != null && `${clock(progress.seconds_left)} left`,
  ].filter(Boolean);
  const active = job.state === "running" || job.state === "waiting";
  return (
    <section class="progress" aria-label="Progress">
      <h2>{job.name}</h2>
      <p role="status">
        {job.state === "waiting" ? "Waiting for a free worker" : stateText(job)}
        {facts.length > 0 && <span class="soft"> · {facts.join(" · ")}</span>}
      </p>
      {active && <progress max={1} value={share ?? undefined} aria-label="Share that is done" />}
      {job.error && <p class="fault">{job.error}</p>}
      {active ? (
        <button onClick={() => api.cancel(job.id).catch(refused)}>Cancel</button>
      ) : (
        <button class="main" onClick={() => api.resume(job.id).catch(refused)}>
          {job.task === "search" ? "Continue" : "Start again"}
        </button>
      )}
    </section>
  );
}
