/** One parameter as a rotary knob: drag, wheel, arrow keys, or a typed number; double click resets it. */

import { useRef, useState } from "preact/hooks";
import type { Knob as Declared } from "./types";
import { fromUnit, knobText, toUnit } from "./values";

interface Props {
  knob: Declared;
  value: number;
  moved: boolean;
  turn: (value: number, done: boolean) => void;
}

const SWEEP = 270;
const DRAG_PX = 180;
const STEP = 0.01;

function point(unit: number, radius: number): [number, number] {
  const angle = ((unit - 0.5) * SWEEP * Math.PI) / 180;
  return [24 + radius * Math.sin(angle), 24 - radius * Math.cos(angle)];
}

function arc(from: number, to: number): string {
  const [a, b] = [Math.min(from, to), Math.max(from, to)];
  const [x1, y1] = point(a, 19);
  const [x2, y2] = point(b, 19);
  return `M${x1} ${y1}A19 19 0 ${(b - a) * SWEEP > 180 ? 1 : 0} 1 ${x2} ${y2}`;
}

export function Knob({ knob, value, moved, turn }: Props) {
  const [typing, setTyping] = useState(false);
  const start = useRef<{ y: number; unit: number } | null>(null);
  const unit = toUnit(knob, value);
  const zero = knob.low < 0 && knob.high > 0 ? toUnit(knob, 0) : 0;
  const [x, y] = point(unit, 12);

  const keys: Record<string, number> = {
    ArrowUp: STEP,
    ArrowRight: STEP,
    ArrowDown: -STEP,
    ArrowLeft: -STEP,
    PageUp: 10 * STEP,
    PageDown: -10 * STEP,
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = keys[event.key];
    if (by !== undefined) turn(fromUnit(knob, unit + (event.shiftKey ? by / 10 : by)), true);
    else if (event.key === "Home") turn(knob.low, true);
    else if (event.key === "End") turn(knob.high, true);
    else if (event.key === "Delete" || event.key === "Backspace") turn(knob.default, true);
    else if (event.key === "Enter") setTyping(true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const at = (event: PointerEvent, from: { y: number; unit: number }) =>
    fromUnit(knob, from.unit + (from.y - event.clientY) / (event.shiftKey ? 10 * DRAG_PX : DRAG_PX));
  const typed = (text: string) => {
    setTyping(false);
    const number = Number(text.replace("−", "-").replace(",", "."));
    if (text.trim() && Number.isFinite(number)) turn(Math.min(knob.high, Math.max(knob.low, number)), true);
  };

  return (
    <div class="knob">
      <div
        role="slider"
        tabIndex={0}
        aria-label={knob.label}
        aria-valuemin={knob.low}
        aria-valuemax={knob.high}
        aria-valuenow={Number(value.toFixed(6))}
        aria-valuetext={knobText(knob, value)}
        title={`${knob.doc ? `${knob.doc}. ` : ""}${knobText(knob, knob.low)} to ${knobText(knob, knob.high)}; double click: ${knobText(knob, knob.default)}`}
        onKeyDown={onKeyDown}
        onDblClick={() => turn(knob.default, true)}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          start.current = { y: event.clientY, unit };
        }}
        onPointerMove={(event) => start.current && turn(at(event, start.current), false)}
        onPointerUp={(event) => {
          const from = start.current;
          start.current = null;
          if (from && from.y !== event.clientY) turn(at(event, from), true);
        }}
        onPointerCancel={() => {
          start.current = null;
        }}
      >
        <svg viewBox="0 0 48 48" width="48" height="48" aria-hidden="true">
          <path class="track" d={arc(0, 1)} />
          <path class="value" d={arc(zero, unit)} />
          <circle cx="24" cy="24" r="14" />
          <line x1="24" y1="24" x2={x} y2={y} />
        </svg>
      </div>
      <span class="label">
        {knob.label}
        {moved && <span title="a wire moves this knob"> ~</span>}
      </span>
      {typing ? (
        <input
          class="typed"
          aria-label={`${knob.label} in ${knob.unit || "plain numbers"}`}
          defaultValue={String(Number(value.toPrecision(5)))}
          ref={(input) => input?.select()}
          onBlur={(event) => typed(event.currentTarget.value)}
          onKeyDown={(event) => {
            event.stopPropagation();
            if (event.key === "Enter") typed(event.currentTarget.value);
            if (event.key === "Escape") setTyping(false);
          }}
        />
      ) : (
        <button class="plain number" onClick={() => setTyping(true)} aria-label={`${knobText(knob, value)}, type a value for ${knob.label}`}>
          {knobText(knob, value)}
        </button>
      )}
    </div>
  );
}
