/**
 * A computed signal that is another only when it says something else. A notebook's state
 * changes a hundred times a second while a cell prints; who shows the cells' numbers isn't
 * drawn anew for that.
 */
import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";

export function steady<T>(
  compute: () => T,
  isSame: (before: T, now: T) => boolean,
): ReadonlySignal<T> {
  let before: { value: T } | null = null;
  return computed(() => {
    const now = compute();
    if (before && isSame(before.value, now)) return before.value;
    before = { value: now };
    return now;
  });
}

/** Counts how often something has changed, and then not again for so many milliseconds. */
export function settled(read: () => unknown, after: number): ReadonlySignal<number> {
  const changes = signal(0);
  let isFirst = true;
  effect(() => {
    read();
    if (isFirst) {
      isFirst = false;
      return;
    }
    const timer = setTimeout(() => {
      changes.value += 1;
    }, after);
    return () => clearTimeout(timer);
  });
  return changes;
}

export function sameList<T>(one: readonly T[], other: readonly T[]): boolean {
  return one.length === other.length && one.every((item, at) => item === other[at]);
}

/** The same entries in the same order. */
export function sameMap<K, V>(one: ReadonlyMap<K, V>, other: ReadonlyMap<K, V>): boolean {
  if (one.size !== other.size) return false;
  const left = one.entries();
  for (const [key, value] of other) {
    const [ownKey, ownValue] = left.next().value!;
    if (ownKey !== key || ownValue !== value) return false;
  }
  return true;
}
