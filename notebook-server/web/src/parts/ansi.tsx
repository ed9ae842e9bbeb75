/** A line that a terminal would colour, in the page's own colours; other escapes are dropped. */
import Anser, { type AnserJsonEntry } from "anser";
import { css, onPage, rgbOf, textOn } from "./ansi-colours.ts";

// Cursor movements, titles and other escapes mean nothing on a page.
// biome-ignore lint/suspicious/noControlCharactersInRegex: escapes are control characters
const OTHER = /\x1b(?:\[[0-9;?]*[A-LN-Za-ln-z]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-Z0-9])/g;

// Colours may be told with colons, too (ISO 8613-6): `38:2::10:20:30`.
// biome-ignore lint/suspicious/noControlCharactersInRegex: escapes are control characters
const COLONS = /\x1b\[[\d;:]*:[\d;:]*m/g;
const withSemicolons = (sequence: string) =>
  sequence
    .replace(/([34]8):2:\d*:(\d+):(\d+):(\d+)[\d:]*/g, "$1;2;$2;$3;$4")
    .replace(/([34]8):([25]):([\d:]+)/g, (_, ground, kind, rest) =>
      [ground, kind, ...String(rest).split(":")].join(";"),
    )
    .replace(/:\d*/g, "");

/** Colours that the page has of its own. */
const NAMED = /^ansi-(bright-)?(black|red|green|yellow|blue|magenta|cyan|white)$/;
const SHOWN = ["bold", "dim", "italic", "underline", "strikethrough"];

/** What is left of a line whose writer went back to its beginning (progress bars do). */
export function afterReturns(text: string): string {
  const cut = text.replace(/\r+$/, "").lastIndexOf("\r");
  return cut < 0 ? text.replace(/\r+$/, "") : text.slice(cut + 1).replace(/\r+$/, "");
}

export interface Piece {
  text: string;
  classes: string;
  /** Colours without a name, and grounds: as CSS says them. */
  style?: { color: string; backgroundColor?: string };
}

export function pieces(line: string): Piece[] {
  const clean = afterReturns(line).replace(OTHER, "").replace(COLONS, withSemicolons);
  if (!clean.includes("\x1b")) return [{ text: clean, classes: "" }];
  return Anser.ansiToJson(clean, { use_classes: true, remove_empty: true }).map(pieceOf);
}

function pieceOf(found: AnserJsonEntry): Piece {
  const { content: text, fg, bg } = found;
  const decorations = (found.decorations ?? []).filter((name) => SHOWN.includes(name));
  const classes = (...more: string[]) =>
    [...more, ...decorations.map((name) => `ansi-${name}`)].join(" ");
  // What Anser makes of "reverse" alone: the page's own colours, reversed.
  if (fg === "ansi-black" && bg === "ansi-white") return { text, classes: classes("ansi-reverse") };
  const ground = bg ? rgbOf(bg, found.bg_truecolor) : null;
  const colour = fg ? rgbOf(fg, found.fg_truecolor) : null;
  if (ground) {
    const style = { color: css(textOn(ground, colour)), backgroundColor: css(ground) };
    return { text, classes: classes(), style };
  }
  if (fg && NAMED.test(fg)) return { text, classes: classes(fg) };
  if (colour) return { text, classes: classes(), style: { color: onPage(colour) } };
  return { text, classes: classes() };
}

export function Ansi({ line }: { line: string }) {
  return (
    <>
      {pieces(line).map(({ text, classes, style }, at) =>
        classes || style ? (
          <span key={at} class={classes || undefined} style={style}>
            {text}
          </span>
        ) : (
          text
        ),
      )}
    </>
  );
}
