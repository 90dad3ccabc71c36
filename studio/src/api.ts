/** Requests to the server. A refused one throws an error with its one line. */

import type { Analysis, Drawn, Figures, Graph, Job, Registry, Session, StoredFile } from "./types";

export class Refused extends Error {}

async function checked(response: Response): Promise<Response> {
  if (response.ok) return response;
  const line = await response
    .json()
    .then((data: { error?: string }) => data.error)
    .catch(() => undefined);
  throw new Refused(line ?? `the server responded with ${response.status}`);
}

async function send(path: string, init?: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (fault) {
    if (fault instanceof DOMException && fault.name === "AbortError") throw fault;
    throw new Refused("the server cannot be reached; is unpatch studio still running?");
  }
  return checked(response);
}

async function json<T>(path: string, method = "GET", body?: unknown): Promise<T> {
  const init: RequestInit = { method };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { "content-type": "application/json" };
  }
  const response = await send(path, init);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

export const registry = () => json<Registry>("/api/registry");
export const files = () => json<StoredFile[]>("/api/files");
export const job = (id: string) => json<Job>(`/api/jobs/${id}`);
export const start = (task: string, request: unknown) => json<Job>("/api/jobs", "POST", { task, request });
export const cancel = (id: string) => json<Job>(`/api/jobs/${id}/cancel`, "POST", {});
export const resume = (id: string) => json<Job>(`/api/jobs/${id}/continue`, "POST", {});
export const removeJob = (id: string) => json<void>(`/api/jobs/${id}`, "DELETE");
export const edit = (graph: Graph, change: object) => json<Drawn>("/api/graphs/edit", "POST", { graph, change });
export const keep = (id: string, name: string, graph: Graph) =>
  json<void>(`/api/jobs/${id}/graphs/${encodeURIComponent(name)}`, "PUT", { graph });
export const rate = (id: string, method: string, trial: object) =>
  json<void>(`/api/jobs/${id}/ratings`, "POST", { method, trial });

export const enter = (id: string, name: string) => json<Session>(`/api/jobs/${id}/listeners`, "POST", { name });
export const score = (id: string, listener: string, trial: number, scores: Record<string, number>) =>
  json<Session>(`/api/jobs/${id}/listeners/${listener}/scores`, "POST", { trial, scores });
export const analysis = (id: string) => json<Analysis>(`/api/jobs/${id}/analysis`);
export const scoresOf = (id: string) => `/api/jobs/${id}/scores.csv`;

export interface Sound {
  audio: ArrayBuffer;
  figures: Figures;
}

async function sound(response: Response): Promise<Sound> {
  const figures = JSON.parse(response.headers.get("x-figures") ?? "{}") as Figures;
  return { audio: await response.arrayBuffer(), figures };
}

export const take = async (id: string, key: string) => sound(await send(`/api/jobs/${id}/takes/${key}`));

export async function render(request: object, signal?: AbortSignal): Promise<Sound> {
  return sound(
    await send("/api/render", {
      method: "POST",
      body: JSON.stringify(request),
      headers: { "content-type": "application/json" },
      signal: signal ?? null,
    }),
  );
}

/** Upload a file; `moved` gets the share that has been sent. */
export function upload(file: File, moved: (share: number) => void): Promise<StoredFile> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/files?name=${encodeURIComponent(file.name)}`);
    request.upload.onprogress = (event) => event.lengthComputable && moved(event.loaded / event.total);
    request.onerror = () => reject(new Refused(`${file.name}: the upload was cut off`));
    request.onload = () => {
      let data: StoredFile & { error?: string };
      try {
        data = JSON.parse(request.responseText);
      } catch {
        return reject(new Refused(`${file.name}: the server responded with ${request.status}`));
      }
      if (request.status < 400) resolve(data);
      else reject(new Refused(data.error ?? `the server responded with ${request.status}`));
    };
    request.send(file);
  });
}

export const fileOf = (id: string, name: string, download = false) =>
  `/api/jobs/${id}/files/${name.split("/").map(encodeURIComponent).join("/")}${download ? "?download" : ""}`;
