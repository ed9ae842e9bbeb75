/** Parameters in a line: those that tell runs apart come first. */
import { value } from "../../format/format.ts";

/** `alpha 0.3 · seed 7`. */
export function parameterLine(parameters: Record<string, unknown>, most = 4): string {
  const all = Object.entries(parameters);
  const text = all.slice(0, most).map(([name, given]) => `${name} ${value(given, 24)}`);
  if (all.length > most) text.push(`+${all.length - most}`);
  return text.join(" · ");
}
