import { useComputed } from "@preact/signals";
import type { Desk } from "../model/desk.ts";

/** A cell's text, whoever types in it. */
export function useSource(desk: Desk, id: string): string {
  return useComputed(() => {
    // Read so that it changes with the text.
    desk.notebook.textChanges.value;
    return desk.notebook.source(id);
  }).value;
}
