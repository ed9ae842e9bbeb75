/** Code in colours, by the parsers of the editor. */
import { classHighlighter, highlightCode } from "@lezer/highlight";
import { grammarOf, loadGrammar } from "../../editor/languages.ts";
import type { Language } from "../../protocol/types.ts";
import { escaped } from "./output.ts";

export async function coloured(source: string, language: Language): Promise<string> {
  const support = await loadGrammar(grammarOf(language, source));
  if (!support) return escaped(source);
  let html = "";
  highlightCode(
    source,
    support.language.parser.parse(source),
    classHighlighter,
    (text, kind) => {
      html += kind ? `<span class="${kind}">${escaped(text)}</span>` : escaped(text);
    },
    () => {
      html += "\n";
    },
  );
  return html;
}
