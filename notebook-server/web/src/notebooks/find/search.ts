/** What is looked for in the cells' texts, and what takes its place. Pure. */

export interface Query {
  text: string;
  /** Upper and lower case differ. */
  isCase: boolean;
  /** Only whole words. */
  isWord: boolean;
  isRegexp: boolean;
}

/** A place in a cell's text, in UTF-16 units. */
export interface Match {
  cell: string;
  from: number;
  to: number;
}

export interface SearchedText {
  cell: string;
  text: string;
}

/** The expression that finds it; null for nothing to find, a text for what is wrong with it. */
export function expression(query: Query): RegExp | string | null {
  if (!query.text) return null;
  const body = query.isRegexp ? `(?:${query.text})` : escaped(query.text);
  const word = "[\\p{L}\\p{N}_]";
  const source = query.isWord ? `(?<!${word})${body}(?!${word})` : body;
  const flags = query.isCase ? "gm" : "gmi";
  try {
    return new RegExp(source, `${flags}u`);
  } catch (strict) {
    // Without `u` an escaped sign that needs none is fine, as people write it.
    try {
      if (!query.isWord) return new RegExp(source, flags);
    } catch {
      // What is wrong with it is told below.
    }
    return (strict as Error).message.replace(/^Invalid regular expression: \/.*\/\w*: /s, "");
  }
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

/** All places, from the first cell to the last. Empty ones are none. */
export function findAll(texts: readonly SearchedText[], wanted: RegExp): Match[] {
  return texts.flatMap(({ cell, text }) =>
    [...text.matchAll(wanted)].flatMap((found): Match[] => {
      const [whole] = found;
      return whole ? [{ cell, from: found.index, to: found.index + whole.length }] : [];
    }),
  );
}

export interface Replacement {
  from: number;
  to: number;
  insert: string;
}

/** What to change in a text so that all that is found, or what is found at `only`, is replaced. */
export function replacements(
  text: string,
  wanted: RegExp,
  by: string,
  isRegexp: boolean,
  only?: number,
): Replacement[] {
  return [...text.matchAll(wanted)].flatMap((found): Replacement[] => {
    const [whole] = found;
    if (!whole || (only !== undefined && found.index !== only)) return [];
    const insert = isRegexp ? filled(by, found) : by;
    return [{ from: found.index, to: found.index + whole.length, insert }];
  });
}

/** `$1`, `${name}`, `$&`, `$$`, `\n` and `\t` in what takes the place of an expression's find. */
function filled(by: string, found: RegExpMatchArray): string {
  return by.replace(
    /\$(?:(\d{1,2})|\{(\w+)\}|([&$]))|\\([nt\\])/g,
    (sign, number, name, mark, letter) => {
      if (number !== undefined)
        return Number(number) < found.length ? (found[Number(number)] ?? "") : sign;
      if (name !== undefined) return found.groups?.[name] ?? "";
      if (mark !== undefined) return mark === "&" ? found[0] : "$";
      return { n: "\n", t: "\t", "\\": "\\" }[letter as string] ?? sign;
    },
  );
}

/** The match at a place, or the first after it; from the end it goes on at the beginning. */
export function matchFrom(
  matches: readonly Match[],
  places: ReadonlyMap<string, number>,
  cell: string,
  at: number,
): number {
  const place = places.get(cell) ?? -1;
  const found = matches.findIndex((one) => {
    const its = places.get(one.cell) ?? 0;
    return its > place || (its === place && one.from >= at);
  });
  return Math.max(found, 0);
}
