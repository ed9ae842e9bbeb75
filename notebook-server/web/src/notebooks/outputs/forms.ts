/** Which of a value's forms is shown: the richest that this page can show safely. */
import type { Bundle } from "../protocol/types.ts";
import { cleanHtml, isBlank } from "./sanitise.ts";
import { scriptOf } from "./script.ts";
import { readTable, type TableData } from "./table-model.ts";

export type Form =
  | { form: "table"; table: TableData }
  | { form: "chart"; spec: unknown; isLite: boolean }
  | { form: "html"; html: string }
  | { form: "markdown"; text: string }
  | { form: "latex"; text: string }
  | { form: "svg"; text: string }
  | { form: "image"; type: string; data: string }
  | { form: "json"; value: unknown; text: string | null }
  | { form: "text"; text: string }
  /** It shows with its scripts alone. */
  | { form: "scripted" }
  | { form: "nothing" };

export type StaticForm = Exclude<Form, { form: "scripted" }>;

const IMAGES = ["image/png", "image/jpeg", "image/webp", "image/gif", "image/avif", "image/bmp"];

/** `runs`: whether scripts of it may run, in the sandbox. */
export function formOf(data: Bundle, runs: boolean): Form {
  if (runs && scriptOf(data)) return { form: "scripted" };
  return staticForm(data);
}

/** What is to be seen of a value without scripts. */
export function staticForm(data: Bundle): StaticForm {
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
  const html = text("text/html");
  if (html !== null) {
    const clean = cleanHtml(html, { styles: true });
    if (!isBlank(clean)) return { form: "html", html: clean };
  }
  const svg = text("image/svg+xml");
  if (svg !== null) return { form: "svg", text: svg };
  for (const type of IMAGES) {
    const image = text(type);
    if (image !== null) return { form: "image", type, data: image };
  }
  const markdown = text("text/markdown");
  if (markdown !== null) return { form: "markdown", text: markdown };
  const latex = text("text/latex");
  if (latex !== null) return { form: "latex", text: latex };
  if ("application/json" in data)
    return { form: "json", value: data["application/json"], text: plain };
  if (plain !== null) return { form: "text", text: plain };
  const [type, value] = Object.entries(data)[0] ?? [];
  if (!type || scriptOf(data)) return { form: "nothing" };
  return type.endsWith("json")
    ? { form: "json", value, text: null }
    : { form: "text", text: String(value) };
}
