/** Short messages at the page's edge, read aloud by screen readers. */
import { signal } from "@preact/signals";
import { asProblem } from "../api/problem.ts";

export interface Toast {
  id: number;
  kind: "done" | "error";
  text: string;
  hint: string | null;
  /** Where to go on from here. */
  link: { address: string; text: string } | null;
  /** What can be done about it; then the message has said what it had to. */
  action: { act: () => void; text: string } | null;
}

export const toasts = signal<Toast[]>([]);
let last = 0;

function show(toast: Omit<Toast, "id">): void {
  const id = ++last;
  // More than a few hide the page, and nobody reads the older ones.
  toasts.value = [...toasts.peek().slice(-3), { ...toast, id }];
  // An error stays until it is read; what was done goes by itself.
  const isLong = toast.link !== null || toast.action !== null;
  if (toast.kind === "done") setTimeout(() => dismiss(id), isLong ? 12_000 : 5_000);
}

/** Says that something was done. */
export function tell(text: string, link: Toast["link"] = null): void {
  show({ kind: "done", text, hint: null, link, action: null });
}

/** Says that something was done that can be taken back. */
export function tellUndoable(text: string, undo: () => void): void {
  const action = { act: undo, text: "Take back" };
  show({ kind: "done", text, hint: null, link: null, action });
}

/** Says what failed and what to do now. */
export function tellProblem(error: unknown): void {
  const problem = asProblem(error);
  show({
    kind: "error",
    text: problem.where ? `${problem.what} (${problem.where})` : problem.what,
    hint: problem.hint,
    link: null,
    action: null,
  });
}

export function dismiss(id: number): void {
  toasts.value = toasts.peek().filter((toast) => toast.id !== id);
}
