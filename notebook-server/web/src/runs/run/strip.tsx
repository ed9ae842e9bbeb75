/** The heat strip: the tasks of a step as cells on a canvas, thousands at once. */
import { useEffect, useRef } from "preact/hooks";
import type { TaskState } from "../../api/types.ts";
import { looks } from "../../state/theme.ts";
import { HEAT_WIDTH } from "./layout.ts";

const COLOUR: Record<TaskState, string> = {
  queued: "--idle-bar",
  running: "--run-bar",
  succeeded: "--fresh-bar",
  reused: "--reused-bar",
  failed: "--fail-bar",
  cancelled: "--stale-bar",
  lost: "--stale-bar",
  interrupted: "--stale-bar",
};

const HEIGHT = 20;
/** More cells than this can't be told apart. */
export const MOST_CELLS = HEAT_WIDTH / 2;

/** Decoration: the box around it says the same in words. */
export function Strip({ states }: { states: TaskState[] }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const look = looks.value;
  useEffect(() => {
    const at = canvas.current;
    const pen = at?.getContext("2d");
    if (!at || !pen) return;
    const scale = devicePixelRatio;
    at.width = HEAT_WIDTH * scale;
    at.height = HEIGHT * scale;
    pen.scale(scale, scale);
    const style = getComputedStyle(at);
    const step = Math.min(12, HEAT_WIDTH / Math.max(1, states.length));
    const gap = step > 4 ? 2 : step > 2.5 ? 1 : 0;
    states.forEach((state, cell) => {
      pen.fillStyle = style.getPropertyValue(COLOUR[state]);
      // Failures reach further, so that shape tells them as well as colour.
      const tall = state === "failed";
      pen.beginPath();
      pen.roundRect(
        cell * step,
        tall ? 0 : 2,
        Math.max(1, step - gap),
        tall ? HEIGHT : HEIGHT - 4,
        step > 5 ? 2 : 0,
      );
      pen.fill();
    });
  }, [states.join(), look]);
  return (
    <canvas
      ref={canvas}
      class="strip"
      style={{ width: `${HEAT_WIDTH}px`, height: `${HEIGHT}px` }}
      aria-hidden="true"
    />
  );
}
