/** What can be done now, by name: places say what they offer, the palette lists it. */
import { computed, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";

export interface Command {
  /** Unique among what is offered at once. */
  id: string;
  /** Where it belongs: `Go to`, `Run`, `Look`. */
  group: string;
  title: string;
  /** Other words by which it is found. */
  also?: string;
  /** The key that does the same, as it is shown. */
  keys?: string;
  run: () => void;
}

const offers = signal<Map<symbol, Command[]>>(new Map());

export const commands = computed(() => [...offers.value.values()].flat());

/** Offers commands as long as the component stands. `version` changes when they do. */
export function useCommands(list: Command[], version: string): void {
  useEffect(() => {
    const key = Symbol();
    offers.value = new Map(offers.peek()).set(key, list);
    return () => {
      const rest = new Map(offers.peek());
      rest.delete(key);
      offers.value = rest;
    };
  }, [version]);
}

/** How well a text answers what was typed: all letters in their order; null when it doesn't. */
export function match(typed: string, text: string): number | null {
  const wanted = typed.toLowerCase().replace(/\s+/g, "");
  const given = text.toLowerCase();
  if (!wanted) return 0;
  const whole = given.indexOf(typed.toLowerCase().trim());
  // A text that has the words as they were typed comes before one that has the letters.
  if (whole >= 0) return 1000 - whole - given.length / 100;
  let at = -1;
  let score = 0;
  for (const letter of wanted) {
    const next = given.indexOf(letter, at + 1);
    if (next < 0) return null;
    const begins = next === 0 || /[\s/·:_-]/.test(given[next - 1] ?? "");
    score += begins ? 10 : next === at + 1 ? 5 : 0;
    at = next;
  }
  return score - given.length / 100;
}
