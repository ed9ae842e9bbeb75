/** A line that a terminal would colour, in the page's own colours; other escapes are dropped. */
import Anser from "anser";

// Cursor movements, titles and other escapes mean nothing on a page.
// biome-ignore lint/suspicious/noControlCharactersInRegex: escapes are control characters
const OTHER = /\x1b(?:\[[0-9;?]*[A-LN-Za-ln-z]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-Z0-9])/g;

/** What is left of a line whose writer went back to its beginning (progress bars do). */
export function afterReturns(text: string): string {
  const cut = text.replace(/\r+$/, "").lastIndexOf("\r");
  return cut < 0 ? text.replace(/\r+$/, "") : text.slice(cut + 1).replace(/\r+$/, "");
}

interface Piece {
  text: string;
  classes: string;
}

export function pieces(line: string): Piece[] {
  const clean = afterReturns(line).replace(OTHER, "");
  if (!clean.includes("\x1b")) return [{ text: clean, classes: "" }];
  return Anser.ansiToJson(clean, { use_classes: true, remove_empty: true }).map((piece) => {
    const decorations = piece.decorations ?? [];
    const classes = [
      // "ansi-palette-196" and true colours are unreadable on one theme or the other: left out.
      piece.fg && /^ansi-(bright-)?[a-z]+$/.test(piece.fg) ? piece.fg : "",
      ...decorations.map((name) => `ansi-${name}`),
    ];
    return { text: piece.content, classes: classes.filter(Boolean).join(" ") };
  });
}

export function Ansi({ line }: { line: string }) {
  return (
    <>
      {pieces(line).map((piece, at) =>
        piece.classes ? (
          <span key={at} class={piece.classes}>
            {piece.text}
          </span>
        ) : (
          piece.text
        ),
      )}
    </>
  );
}
