/**
 * A notebook as one file that needs nothing else: no script, no network. Charts are pictures,
 * formulas are MathML, code has its colours, HTML of outputs stands in shadow roots that the
 * file declares; light and dark as the reader's system says.
 */
import tokens from "../../../styles/tokens.css?raw";
import type { Notebook } from "../../model/notebook.ts";
import { type CellState, isCode, languageTitle } from "../../protocol/book.ts";
import { hasMath, loadMath, markdownHtml } from "../markdown.ts";
import { coloured } from "./code.ts";
import look from "./look.css?raw";
import { escaped, outputHtml, type Picture } from "./output.ts";

/** The file may fetch nothing, whatever is in it. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:";

export async function notebookHtml(notebook: Notebook, picture: Picture): Promise<string> {
  const { order, cells } = notebook.book.peek();
  const title = escaped(notebook.path.split("/").at(-1) ?? "notebook");
  const parts: string[] = [];
  let number = 0;
  for (const id of order) {
    const cell = cells.get(id);
    if (!cell) continue;
    if (isCode(cell.language)) number += 1;
    parts.push(await cellHtml(cell, notebook.source(id), number, picture));
  }
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>
${palette()}
${look}</style></head>
<body><main>
${parts.join("\n")}
</main></body></html>
`;
}

/** The page's colours; dark where the reader's system is. */
function palette(): string {
  return tokens.replace(
    /\[data-theme="dark"\]\s*\{([^}]*)\}/,
    "@media (prefers-color-scheme: dark) { :root {$1} }",
  );
}

async function cellHtml(
  cell: CellState,
  source: string,
  number: number,
  picture: Picture,
): Promise<string> {
  if (cell.language === "markdown") {
    if (hasMath(source)) await loadMath();
    const html = markdownHtml(source, { attachments: cell.attachments, math: "mathml" });
    return `<section class="prose">${html}</section>`;
  }
  if (cell.language === "raw") return `<section><pre>${escaped(source)}</pre></section>`;
  const jupyter = cell.metadata.jupyter as Record<string, unknown> | undefined;
  const label = `cell ${number}`;
  const outputs: string[] = [];
  for (const output of cell.outputs) outputs.push(await outputHtml(output, label, picture));
  const code = await coloured(source, cell.language);
  const shown = jupyter?.outputs_hidden === true ? "" : outputs.join("\n");
  const said = jupyter?.source_hidden === true ? "" : `<pre class="code">${code}</pre>`;
  return `<section class="cell" aria-label="${label}">
<header><span>${languageTitle(cell.language)}</span><span>${number}</span></header>
${said}
${shown && `<div class="outputs">${shown}</div>`}
</section>`;
}
