/** Knob values as positions of a knob and as text; the ranges come from the server. */

import type { Knob } from "./types";

/** Value to [0, 1]. */
export function toUnit(knob: Knob, value: number): number {
  if (knob.scale === "log") return Math.log(value / knob.low) / Math.log(knob.high / knob.low);
  return (value - knob.low) / (knob.high - knob.low);
}

/** [0, 1] to a value within the range. */
export function fromUnit(knob: Knob, unit: number): number {
  const p = Math.min(1, Math.max(0, unit));
  const value =
    knob.scale === "log" ? knob.low * (knob.high / knob.low) ** p : knob.low + p * (knob.high - knob.low);
  return Math.min(knob.high, Math.max(knob.low, value));
}

const SIGNS: Record<string, string> = { semitone: "st", octave: "oct", cycle: "cyc" };

function digits(value: number): string {
  const size = Math.abs(value);
  const text = size >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
  return text.replace("-", "−");
}

/** As an engineer writes it: `1.25 kHz`, `120 ms`, `−6.0 dB`. */
export function asText(value: number, unit: string, signed = false): string {
  if (unit === "dB") {
    if (Math.abs(value) < 0.05) return "0 dB";
    return `${value < 0 ? "−" : signed ? "+" : ""}${Math.abs(value).toFixed(1)} dB`;
  }
  if (unit === "Hz" && value >= 1000) return `${digits(value / 1000)} kHz`;
  if (unit === "ms" && value >= 1000) return `${digits(value / 1000)} s`;
  return `${digits(value)} ${SIGNS[unit] ?? unit}`.trim();
}

export const knobText = (knob: Knob, value: number) => asText(value, knob.unit, knob.low < 0);

/** `75 s` as `1:15`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

export const percent = (share: number) => `${Math.round(100 * share)} %`;

/** `1 trial`, `3 trials`. */
export const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;
