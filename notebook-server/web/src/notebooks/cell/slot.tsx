/**
 * A cell's place in the list. What is far from the eye is an empty box as high as the cell
 * was, so that a notebook of a thousand cells opens as fast as one of ten.
 */
import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { finderOf } from "../find/finder.ts";
import type { Desk } from "../model/desk.ts";
import { Cell } from "./cell.tsx";
import type { Sight } from "./sight.ts";

interface Props {
  desk: Desk;
  id: string;
  sight: Sight;
  /** Whether what is dragged would be dropped before it. */
  isBefore: boolean;
  /** Whether it is among those that are seen first. */
  isFirst: boolean;
}

export function Slot({ desk, id, sight, isBefore, isFirst }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const isNear = useSignal(isFirst);
  const height = useRef<number | null>(null);

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    return sight.watch(element, (near) => {
      // The cell with the focus stays: it would lose it.
      if (!near && element.contains(document.activeElement)) return;
      if (!near) height.current = element.offsetHeight;
      isNear.value = near;
    });
  }, [sight]);

  // Whoever is sent here comes although it is out of sight.
  const wanted = useComputed(
    () => desk.wanted.value?.cell === id || finderOf(desk).current.value?.cell === id,
  ).value;
  useEffect(() => {
    if (!wanted) return;
    isNear.value = true;
  }, [wanted]);

  const stands = isNear.value || wanted;
  return (
    <div
      ref={box}
      data-slot={id}
      class={isBefore ? "slot drop-before" : "slot"}
      style={stands ? undefined : { height: `${height.current ?? estimate(desk, id)}px` }}
    >
      {stands && <Cell desk={desk} id={id} />}
    </div>
  );
}

/** How many cells from the first on are more than fill a window of this height. */
export function fillsWindow(desk: Desk, order: readonly string[], height: number): number {
  let sum = 0;
  let count = 0;
  while (count < order.length && sum < height) sum += estimate(desk, order[count++]!);
  return count;
}

/** How high a cell will be, more or less. */
function estimate(desk: Desk, id: string): number {
  const cell = desk.notebook.cell(id).peek();
  const lines = desk.notebook.text(id)?.doc.lines ?? 1;
  if (!cell) return 60;
  if (cell.language === "markdown") return 24 + lines * 22;
  const outputs = cell.outputs.reduce((sum, output) => {
    if (output.kind === "stream") return sum + 24 + Math.min(18, output.text.length) * 20;
    return sum + (output.kind === "error" ? 120 : "image/png" in output.data ? 320 : 160);
  }, 0);
  return 34 + 18 + lines * 20 + outputs + 14;
}
