/** The waveform or spectrogram of a take: click to go there, drag to set the loop. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { Player } from "./player";
import { binOf, levels } from "./spectrum";
import { clock } from "./values";

const HEIGHT = 72;
const LOWEST_HZ = 50;
const HIGHEST_HZ = 18_000;
const FLOOR_DB = -90;

interface Props {
  player: Player;
  take: string;
  version: number;
  spectrogram: boolean;
  chosen: (start: number, end: number) => void;
}

export function Waveform({ player, take, version, spectrogram, chosen }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const head = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<[number, number] | null>(null);
  const seconds = player.seconds || 1;

  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const samples = player.samples(take);
    const draw = () =>
      spectrogram
        ? paintSpectrum(element, samples, player.sampleRate)
        : paint(element, samples, player.scale(take));
    draw();
    const observer = new ResizeObserver(draw);
    observer.observe(element);
    const theme = new MutationObserver(draw);
    theme.observe(document.documentElement, { attributes: true });
    return () => {
      observer.disconnect();
      theme.disconnect();
    };
  }, [player, take, version, spectrogram]);
  useEffect(() => {
    let frame = 0;
    const move = () => {
      if (head.current) head.current.style.left = `${(100 * player.position) / (player.seconds || 1)}%`;
      frame = requestAnimationFrame(move);
    };
    move();
    return () => cancelAnimationFrame(frame);
  }, [player]);

  const at = (event: PointerEvent) => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * seconds;
  };
  const [start, end] = drag ? [Math.min(...drag), Math.max(...drag)] : player.region;
  return (
    <div
      class="waveform"
      role="slider"
      tabIndex={0}
      aria-label="Position"
      aria-valuemin={0}
      aria-valuemax={Number(seconds.toFixed(2))}
      aria-valuenow={Number(player.position.toFixed(2))}
      aria-valuetext={`${clock(player.position)} of ${clock(seconds)}`}
      onKeyDown={(event) => {
        const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (by === undefined) return;
        event.preventDefault();
        player.seek(player.position + by);
      }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setDrag([at(event), at(event)]);
      }}
      onPointerMove={(event) => drag && setDrag([drag[0], at(event)])}
      onPointerUp={(event) => {
        if (!drag) return;
        const [from, to] = [Math.min(drag[0], at(event)), Math.max(drag[0], at(event))];
        setDrag(null);
        if (to - from > 0.2) chosen(from, to);
        else player.seek(from);
      }}
    >
      <canvas ref={canvas} />
      <div class="region" style={{ left: `${(100 * start) / seconds}%`, width: `${(100 * (end - start)) / seconds}%` }} />
      <div class="head" ref={head} />
    </div>
  );
}

type Paper = { paper: CanvasRenderingContext2D; width: number; ratio: number };

function cleared(canvas: HTMLCanvasElement): Paper | null {
  const ratio = devicePixelRatio || 1;
  const width = canvas.clientWidth;
  canvas.width = width * ratio;
  canvas.height = HEIGHT * ratio;
  const paper = canvas.getContext("2d");
  if (paper) paper.fillStyle = getComputedStyle(canvas).color;
  return paper && { paper, width, ratio };
}

/** Largest samples. */
function paint(canvas: HTMLCanvasElement, samples: Float32Array | null, scale: number): void {
  const found = cleared(canvas);
  if (!found || !samples) return;
  const { paper, width, ratio } = found;
  paper.scale(ratio, ratio);
  const block = samples.length / width;
  const stride = Math.max(1, Math.floor(block / 64));
  for (let x = 0; x < width; x++) {
    let peak = 0;
    for (let i = Math.floor(x * block); i < (x + 1) * block; i += stride)
      peak = Math.max(peak, Math.abs(samples[i] ?? 0));
    const height = Math.max(1, Math.min(1, peak * scale) * HEIGHT);
    paper.fillRect(x, (HEIGHT - height) / 2, 1, height);
  }
}

/** Levels over time and, on a logarithmic scale, frequency. */
function paintSpectrum(canvas: HTMLCanvasElement, samples: Float32Array | null, sampleRate: number): void {
  const found = cleared(canvas);
  if (!found || !samples) return;
  const { paper, width, ratio } = found;
  paper.scale(ratio, ratio);
  const top = Math.min(HIGHEST_HZ, sampleRate / 2);
  const bins = Array.from({ length: HEIGHT }, (_, y) =>
    binOf(LOWEST_HZ * (top / LOWEST_HZ) ** (1 - y / HEIGHT), sampleRate),
  );
  for (let x = 0; x < width; x++) {
    const column = levels(samples, ((x + 0.5) * samples.length) / width);
    for (let y = 0; y < HEIGHT; y++) {
      paper.globalAlpha = Math.min(1, Math.max(0, 1 - column[bins[y]!]! / FLOOR_DB)) ** 2;
      paper.fillRect(x, y, 1, 1);
    }
  }
}
