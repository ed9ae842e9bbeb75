/** Python in colours, by the parser that the editor uses. */
import { highlightCode, tagHighlighter, tags } from "@lezer/highlight";
import { parser } from "@lezer/python";

export interface Token {
  text: string;
  /** A class of CSS, or "". */
  kind: string;
}

const STYLE = tagHighlighter([
  { tag: tags.keyword, class: "tok-keyword" },
  { tag: tags.string, class: "tok-string" },
  { tag: tags.special(tags.string), class: "tok-string2" },
  { tag: tags.number, class: "tok-number" },
  { tag: [tags.bool, tags.null], class: "tok-bool" },
  { tag: tags.comment, class: "tok-comment" },
  { tag: tags.function(tags.definition(tags.variableName)), class: "tok-function" },
  { tag: tags.definition(tags.className), class: "tok-className" },
  { tag: tags.meta, class: "tok-meta" },
]);

/** The lines of a file in pieces; what isn't Python comes as it is. */
export function lines(text: string, path: string): Token[][] {
  if (!path.endsWith(".py")) return text.split("\n").map((line) => [{ text: line, kind: "" }]);
  const found: Token[][] = [[]];
  highlightCode(
    text,
    parser.parse(text),
    STYLE,
    (piece, kind) => found.at(-1)!.push({ text: piece, kind }),
    () => found.push([]),
  );
  return found;
}
