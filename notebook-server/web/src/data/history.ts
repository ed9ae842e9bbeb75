/** Queries that were asked, in this browser: the last first. */
import { signal } from "@preact/signals";

const KEY = "flownote-queries";
const MOST = 100;

export interface Asked {
  sql: string;
  at: string;
  /** `1,204 rows in 0.3 s`, or what was wrong. */
  came: string;
  failed: boolean;
}

export const history = signal<Asked[]>(read());

export function remember(asked: Asked): void {
  const others = history.peek().filter((one) => one.sql !== asked.sql);
  history.value = [asked, ...others].slice(0, MOST);
  try {
    localStorage.setItem(KEY, JSON.stringify(history.value));
  } catch {
    // A browser that keeps nothing has a history as long as the page.
  }
}

function read(): Asked[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    if (!Array.isArray(found)) return [];
    return found.filter((one): one is Asked => typeof one?.sql === "string").slice(0, MOST);
  } catch {
    return [];
  }
}
