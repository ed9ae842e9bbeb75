/**
 * What was done with outputs: how a table is sorted, what is opened, the chart over it. A cell
 * that is scrolled out of sight is taken from the page; this stays for as long as the output
 * stands.
 */
import { createContext } from "preact";
import { useContext, useMemo } from "preact/hooks";

export class Kept {
  private readonly parts = new Map<number, Map<string, unknown>>();

  /** @param standing the keys of the outputs that stand now. */
  constructor(private readonly standing: () => ReadonlySet<number>) {}

  /** A part of what is kept of an output; made when it is asked for first. */
  of<T>(output: number, part: string, make: () => T): T {
    let parts = this.parts.get(output);
    if (!parts) {
      this.forget();
      parts = new Map();
      this.parts.set(output, parts);
    }
    if (!parts.has(part)) parts.set(part, make());
    return parts.get(part) as T;
  }

  private forget(): void {
    const standing = this.standing();
    for (const key of this.parts.keys()) if (!standing.has(key)) this.parts.delete(key);
  }
}

/** The output that is shown, and where what is kept of it is. */
export const Place = createContext<{ kept: Kept; output: number } | null>(null);

/** A part of what is kept of the output that this stands in; elsewhere it is the component's. */
export function useKept<T>(part: string, make: () => T): T {
  const place = useContext(Place);
  return useMemo(
    () => (place ? place.kept.of(place.output, part, make) : make()),
    [place?.kept, place?.output, part],
  );
}
