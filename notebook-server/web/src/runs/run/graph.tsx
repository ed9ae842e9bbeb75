/**
 * The flow as it stands: a box a step, a foreach folded to a counter and a heat strip.
 *
 * One box is in the tab order; arrows go along the lines, Enter narrows the timeline to a step.
 */
import { useSignal } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import type { StepRow } from "../../api/types.ts";
import { duration } from "../../format/format.ts";
import { Glyph, stateTone, stateWord } from "../../parts/state.tsx";
import { useWidth } from "../../parts/width.ts";
import { tallyText, total } from "../shared/progress.tsx";
import { cells } from "./heat.ts";
import { type Box, curve, draw, neighbour, scaleIn } from "./layout.ts";
import type { RunModel } from "./model.ts";
import { stepCounter, stepState } from "./step-state.ts";
import { MOST_CELLS, Strip } from "./strip.tsx";

/** What is left and right of the drawing within its frame. */
const EDGES = 8;

interface Props {
  model: RunModel;
  chosen: string | null;
  choose: (step: string | null) => void;
}

export function FlowGraph({ model, chosen, choose }: Props) {
  const detail = model.detail.value!;
  const steps = detail.graph.steps;
  const drawing = useMemo(() => draw(steps), [steps.map((s) => `${s.name}>${s.next}`).join()]);
  const rows = new Map(detail.steps.map((row) => [row.step, row]));
  const at = useSignal<string | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const room = useWidth(frame, 0);
  const current = at.value ?? chosen ?? steps[0]?.name ?? null;

  const keydown = (event: KeyboardEvent) => {
    if (event.key === "Escape" && chosen) {
      event.preventDefault();
      choose(null);
      return;
    }
    if (!current || !event.key.startsWith("Arrow")) return;
    const next = neighbour(drawing, current, event.key);
    event.preventDefault();
    if (!next) return;
    at.value = next;
    box.current?.querySelector<HTMLElement>(`[data-step="${CSS.escape(next)}"]`)?.focus();
  };

  return (
    <div ref={frame} class="graph" role="group" aria-label="Steps of the flow" onKeyDown={keydown}>
      <div
        ref={box}
        class="paper"
        style={{
          width: `${drawing.width}px`,
          height: `${drawing.height}px`,
          zoom: scaleIn(drawing, room - EDGES),
        }}
      >
        <svg width={drawing.width} height={drawing.height} aria-hidden="true">
          {drawing.lines.map((line) => {
            const reached = total(rows.get(line.to)?.counts ?? NOTHING) > 0;
            return (
              <path
                key={`${line.from}>${line.to}`}
                d={curve(line.points)}
                class={reached ? "edge reached" : "edge"}
              />
            );
          })}
        </svg>
        {drawing.boxes.map((one) => (
          <StepBox
            key={one.step.name}
            box={one}
            row={rows.get(one.step.name)}
            model={model}
            isChosen={chosen === one.step.name}
            inTabOrder={current === one.step.name}
            enter={() => {
              at.value = one.step.name;
            }}
            choose={() => choose(chosen === one.step.name ? null : one.step.name)}
          />
        ))}
      </div>
    </div>
  );
}

const NOTHING = { queued: 0, running: 0, done: 0, reused: 0, failed: 0, cancelled: 0, total: 0 };

interface BoxProps {
  box: Box;
  row: StepRow | undefined;
  model: RunModel;
  isChosen: boolean;
  inTabOrder: boolean;
  enter: () => void;
  choose: () => void;
}

function StepBox({ box, row, model, isChosen, inTabOrder, enter, choose }: BoxProps) {
  const { step } = box;
  const counts = row?.counts ?? NOTHING;
  const state = stepState(counts);
  const tasks = model.tasks.value;
  const range = model.ranges.value.find((one) => one.step === step.name);
  const strip =
    step.is_many && tasks && range
      ? cells(tasks, range.from, Math.min(range.to, tasks.total), MOST_CELLS)
      : [];
  const said = state
    ? `: ${stateWord(state)}, ${tallyText(counts)}${row?.retries ? `, ${row.retries} retried` : ""}`
    : ": not reached";
  const took = row?.elapsed_ms ? `, ${duration(row.elapsed_ms)}` : "";
  return (
    <button
      type="button"
      data-step={step.name}
      class={`step ${state ? `is-${stateTone(state)}` : "is-none"} ${step.is_many ? "many" : ""}`}
      style={{
        left: `${box.x}px`,
        top: `${box.y}px`,
        width: `${box.width}px`,
        height: `${box.height}px`,
      }}
      aria-pressed={isChosen}
      title={[`${step.title}${said}${took}`, step.doc].filter(Boolean).join("\n")}
      tabIndex={inTabOrder ? 0 : -1}
      onFocus={enter}
      onClick={choose}
    >
      <span class="line name">
        {state && (
          <span class={`line tone-${stateTone(state)}`}>
            <Glyph state={state} />
          </span>
        )}
        <span class="cut">{step.title}</span>
        <span class="aloud">{said}</span>
        {step.is_many && <span class="counter mono">{stepCounter(row)}</span>}
      </span>
      {step.is_many && <Strip states={strip} />}
    </button>
  );
}
