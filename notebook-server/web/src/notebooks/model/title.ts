/** What a cell is called beside its number: the first line of its text that says something. */

/** Signs that begin a comment, a heading or a magic, and say nothing themselves. */
const SIGNS = /^(#+!?|\/\/[!/]?|--|;;|%%?)\s*/;

export function firstLine(source: string): string {
  for (const line of source.split("\n")) {
    const said = line.trim().replace(SIGNS, "").trim();
    if (said) return said;
  }
  return "";
}
