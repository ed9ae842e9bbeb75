/** Which of a value's forms is shown: the richest that this page can show safely. */
import type { Bundle } from "../protocol/types.ts";
import { cleanHtml, hasScript, isBlank } from "./sanitise.ts";
import { readTable, type TableData } from "./table-model.ts";

export type Form =
  | { form: "table"; table: TableData }
  | { form: "chart"; spec: unknown; isLite: boolean }
  | { form: "html"; html: string; lostScripts: boolean }
  | { form: "markdown"; text: string }
  | { form: "latex"; text: string }
  | { form: "svg"; text: string }
  | { form: "image"; type: string; data: string }
  | { form: "json"; value: unknown }
  | { form: "text"; text: string }
  /** Only scripts could show it. */
  | { form: "scripted"; what: string; text: string | null }
  | { form: "nothing" };

const IMAGES = ["image/png", "image/jpeg", "image/webp", "image/gif", "image/avif", "image/bmp"];

/** What needs scripts of others to be seen, by the MIME type that says so. */
const SCRIPTED: [RegExp, string][] = [
  [/^application\/vnd\.jupyter\.widget-view\+json$/, "a widget"],
  [/^application\/vnd\.plotly\./, "a Plotly figure"],
  [/^application\/vnd\.(bokehjs|holoviews)/, "a Bokeh figure"],
  [/^application\/javascript$/, "JavaScript"],
];

export function formOf(data: Bundle): Form {
  const text = (type: string): string | null => {
    const value = data[type];
    if (Array.isArray(value)) return value.join("");
    return typeof value === "string" ? value : null;
  };
  const table = readTable(data["application/vnd.flownote.table+json"]);
  if (table) return { form: "table", table };
  for (const [type, value] of Object.entries(data)) {
    const found = /^application\/vnd\.vega(lite)?\.v\d+(\.\d+)*\+json$/.exec(type);
    if (found && typeof value === "object" && value !== null) {
      return { form: "chart", spec: value, isLite: found[1] !== undefined };
    }
  }
  const plain = text("text/plain");
  const scripted = SCRIPTED.find(([type]) => Object.keys(data).some((one) => type.test(one)));
  const html = text("text/html");
  if (html !== null && !scripted) {
    const clean = cleanHtml(html, { styles: true });
    const lostScripts = hasScript(html);
    if (!isBlank(clean)) return { form: "html", html: clean, lostScripts };
    if (lostScripts) return { form: "scripted", what: "HTML with scripts", text: plain };
  }
  const svg = text("image/svg+xml");
  if (svg !== null) return { form: "svg", text: svg };
  for (const type of IMAGES) {
    const image = text(type);
    if (image !== null) return { form: "image", type, data: image };
  }
  if (scripted) return { form: "scripted", what: scripted[1], text: plain };
  const markdown = text("text/markdown");
  if (markdown !== null) return { form: "markdown", text: markdown };
  const latex = text("text/latex");
  if (latex !== null) return { form: "latex", text: latex };
  if ("application/json" in data) return { form: "json", value: data["application/json"] };
  if (plain !== null) return { form: "text", text: plain };
  const [type, value] = Object.entries(data)[0] ?? [];
  if (!type) return { form: "nothing" };
  return type.endsWith("json") ? { form: "json", value } : { form: "text", text: String(value) };
}
