/**
 * The colours of terminals, of which text stays legible: the sixteen with names, xterm's 256,
 * and any of 24 bits. Contrast is WCAG's (https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio).
 */
export type Rgb = readonly [number, number, number];

const NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
/** Backgrounds with names: dark ones, then bright ones. */
const NAMED: readonly Rgb[] = [
  [40, 42, 46],
  [179, 38, 30],
  [34, 105, 75],
  [216, 162, 74],
  [53, 90, 154],
  [113, 69, 171],
  [60, 140, 150],
  [222, 221, 214],
  [101, 105, 108],
  [240, 133, 124],
  [99, 184, 146],
  [245, 205, 110],
  [134, 169, 230],
  [179, 148, 230],
  [130, 205, 210],
  [255, 255, 255],
];
const BLACK: Rgb = [0, 0, 0];
const WHITE: Rgb = [255, 255, 255];
/** What text stands on in the two themes, where it is hardest to read. */
const GROUNDS = { light: [243, 243, 239], dark: [32, 36, 40] } as const;
const LEGIBLE = 4.5;

/** A colour as Anser tells it: `ansi-bright-red`, `ansi-palette-196`, or `1, 2, 3`. */
export function rgbOf(name: string, trueColour: string | null): Rgb | null {
  if (trueColour) {
    const [red = 0, green = 0, blue = 0] = trueColour.split(",").map(Number);
    return [red, green, blue];
  }
  const palette = /^ansi-palette-(\d+)$/.exec(name);
  if (palette) return ofPalette(Number(palette[1]));
  const [, bright, word] = /^ansi-(bright-)?(\w+)$/.exec(name) ?? [];
  const at = NAMES.indexOf(word ?? "");
  return at < 0 ? null : NAMED[at + (bright ? 8 : 0)]!;
}

/** xterm's colours: sixteen with names, a cube of six shades each, 24 greys. */
function ofPalette(at: number): Rgb {
  if (at < 16) return NAMED[at]!;
  if (at >= 232) return [8 + 10 * (at - 232), 8 + 10 * (at - 232), 8 + 10 * (at - 232)];
  const shade = (part: number) => (part === 0 ? 0 : 55 + 40 * part);
  const place = at - 16;
  return [shade(Math.floor(place / 36)), shade(Math.floor(place / 6) % 6), shade(place % 6)];
}

/** The colour of a text on a ground: the one it was to have if that can be read, else another. */
export function textOn(ground: Rgb, wanted: Rgb | null): Rgb {
  if (wanted && contrast(wanted, ground) >= LEGIBLE) return wanted;
  return contrast(BLACK, ground) >= contrast(WHITE, ground) ? BLACK : WHITE;
}

/** A colour that is read on the page in both themes. */
export function onPage(colour: Rgb): string {
  return `light-dark(${css(towards(colour, BLACK, GROUNDS.light))}, ${css(towards(colour, WHITE, GROUNDS.dark))})`;
}

export function css([red, green, blue]: Rgb): string {
  return `rgb(${red}, ${green}, ${blue})`;
}

/** Mixed with another colour until it can be read. */
function towards(colour: Rgb, end: Rgb, ground: Rgb): Rgb {
  for (let share = 0; share < 1; share += 0.05) {
    const mix = (at: 0 | 1 | 2) => Math.round(colour[at] * (1 - share) + end[at] * share);
    const mixed: Rgb = [mix(0), mix(1), mix(2)];
    if (contrast(mixed, ground) >= LEGIBLE) return mixed;
  }
  return end;
}

export function contrast(one: Rgb, other: Rgb): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light! + 0.05) / (dark! + 0.05);
}

function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}
