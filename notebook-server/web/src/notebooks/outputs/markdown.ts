/** Markdown to clean HTML, with formulas by KaTeX once it is there. */
import MarkdownIt from "markdown-it";
import { cleanHtml } from "./sanitise.ts";
import { tasks } from "./tasks.ts";

type Katex = typeof import("katex").default;

let katex: Katex | null = null;
let loading: Promise<void> | null = null;

/** Whether a text may have formulas. */
export function hasMath(text: string): boolean {
  return /\$|\\\(|\\\[|\\begin\{/.test(text);
}

/** Fetches what draws formulas; the same promise for all who ask. */
export function loadMath(): Promise<void> {
  loading ??= Promise.all([import("katex"), import("katex/dist/katex.min.css")]).then(
    ([{ default: found }]) => {
      katex = found;
    },
  );
  return loading;
}

export function mathReady(): boolean {
  return katex !== null;
}

/** `mathml`: what browsers draw with their own fonts, without KaTeX's. */
type Math = "mathml" | "htmlAndMathml";

function formula(text: string, display: boolean, output: Math = "htmlAndMathml"): string {
  if (!katex) return `<code>${escaped(text)}</code>`;
  const html = katex.renderToString(text, {
    displayMode: display,
    output,
    throwOnError: false,
    // No commands that link, or take classes and ids.
    trust: false,
    maxExpand: 1000,
    maxSize: 40,
  });
  // The source beside the formula is for programs.
  return output === "mathml" ? html.replace(/<annotation[^>]*>[\s\S]*?<\/annotation>/g, "") : html;
}

function escaped(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

/** `text/latex`: a formula in dollars, or bare. */
export function latexHtml(text: string, output?: Math): string {
  const bare = text.trim();
  const inside = /^\$\$([\s\S]*)\$\$$/.exec(bare) ?? /^\\\[([\s\S]*)\\\]$/.exec(bare);
  if (inside) return cleanHtml(formula(inside[1] ?? "", true, output));
  const inline = /^\$([\s\S]*)\$$/.exec(bare) ?? /^\\\(([\s\S]*)\\\)$/.exec(bare);
  return cleanHtml(formula(inline?.[1] ?? bare, !inline, output));
}

const parser = new MarkdownIt({ html: true, linkify: true, breaks: false }).use(tasks);

// `$x$` within a line, as Jupyter and pandoc have it: no space inside of the dollars, no
// digit after the second one, so that "5 $ and 6 $" stays as it is.
parser.inline.ruler.after("escape", "formula", (state, silent) => {
  const rest = state.src.slice(state.pos, state.posMax);
  const found =
    /^\$\$([\s\S]+?)\$\$/.exec(rest) ??
    /^\\\\\(([\s\S]+?)\\\\\)/.exec(rest) ??
    /^\$(?!\s)((?:\\.|[^$\\])+?)(?<!\s)\$(?!\d)/.exec(rest);
  if (!found) return false;
  if (!silent) {
    const token = state.push("formula", "math", 0);
    token.content = found[1] ?? "";
    token.markup = found[0].startsWith("$$") ? "$$" : "$";
  }
  state.pos += found[0].length;
  return true;
});

// `$$ … $$` and `\begin{…} … \end{…}` as blocks of their own.
parser.block.ruler.before(
  "fence",
  "formula_block",
  (state, first, last, silent) => {
    const text = (line: number) =>
      state.src.slice(state.bMarks[line]! + state.tShift[line]!, state.eMarks[line]!);
    const opening = text(first);
    const environment = /^\\begin\{([a-zA-Z]+\*?)\}/.exec(opening)?.[1];
    if (!opening.startsWith("$$") && !environment) return false;
    const ends = environment ? `\\end{${environment}}` : "$$";
    let line = first;
    const one = opening.trimEnd();
    const isOnOneLine = environment ? one.endsWith(ends) : one.length > 3 && one.endsWith("$$");
    if (!isOnOneLine) {
      do line += 1;
      while (line < last && !text(line).trimEnd().endsWith(ends));
      if (line >= last) return false;
    }
    if (silent) return true;
    const lines = [];
    for (let at = first; at <= line; at += 1) lines.push(text(at));
    const whole = lines.join("\n").trim();
    const token = state.push("formula", "math", 0);
    token.block = true;
    token.content = environment ? whole : whole.slice(2, -2);
    token.markup = "$$";
    token.map = [first, line + 1];
    state.line = line + 1;
    return true;
  },
  { alt: ["paragraph", "reference", "blockquote", "list"] },
);

parser.renderer.rules.formula = (tokens, at, _options, env) => {
  const token = tokens[at]!;
  const html = formula(
    token.content,
    token.markup === "$$",
    (env as { math?: Math } | undefined)?.math,
  );
  return token.block ? `<p>${html}</p>` : html;
};

interface Options {
  /** Images that were pasted into the cell: name → MIME type → base64. */
  attachments?: Record<string, unknown>;
  math?: Math;
}

export function markdownHtml(text: string, { attachments = {}, math }: Options = {}): string {
  const html = parser.render(text, { math });
  return cleanHtml(withAttachments(html, attachments));
}

function withAttachments(html: string, attachments: Record<string, unknown>): string {
  return html.replace(
    /(<img[^>]*\ssrc=")attachment:([^"]+)"/g,
    (whole, before: string, name: string) => {
      const forms = attachments[decodeURIComponent(name)] as Record<string, unknown> | undefined;
      const [type, data] =
        Object.entries(forms ?? {}).find(([type]) => type.startsWith("image/")) ?? [];
      const text = Array.isArray(data) ? data.join("") : data;
      if (!type || typeof text !== "string" || !/^[\w/+.-]+$/.test(type)) return whole;
      return `${before}data:${type};base64,${text.replace(/[^\w+/=]/g, "")}"`;
    },
  );
}

export interface Heading {
  level: number;
  text: string;
}

/** The headings of a Markdown text, in their order. */
export function headings(text: string): Heading[] {
  if (!/^\s{0,3}#{1,6}\s|^(=+|-+)\s*$/m.test(text)) return [];
  const tokens = parser.parse(text, {});
  return tokens.flatMap((token, at) => {
    if (token.type !== "heading_open") return [];
    const words = tokens[at + 1]?.children ?? [];
    const said = words.map((word) => (word.type === "softbreak" ? " " : word.content)).join("");
    return [{ level: Number(token.tag.slice(1)), text: said }];
  });
}
