/** What an output's metadata says of the nested value that its JSON was made of. */
import { pathTo } from "../../parts/tree.tsx";
import type { Bundle } from "../protocol/types.ts";

export interface NestedValue {
  type: string;
  items: number;
  /** The places of texts that aren't texts of the value, as the tree calls them. */
  written: ReadonlySet<string>;
}

/** Read with care: files come from anywhere. */
export function nestedValue(metadata: Bundle): NestedValue | null {
  const ours = metadata.flownote as { nested?: Record<string, unknown> | null } | null | undefined;
  const { type, items, written } = ours?.nested ?? {};
  if (typeof type !== "string" || !Number.isSafeInteger(items)) return null;
  const pointers = (Array.isArray(written) ? written : []).map(String);
  return { type, items: items as number, written: new Set(pointers.map(pathOf)) };
}

/** A JSON pointer as the tree's path: RFC 6901. */
function pathOf(pointer: string): string {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce(pathTo, "");
}
