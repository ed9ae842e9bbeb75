/** What a cell shows, as HTML that stands by itself. */
import { pieces } from "../../../parts/ansi.tsx";
import type { ShownOutput } from "../../protocol/outputs.ts";
import { type StaticForm, staticForm } from "../forms.ts";
import { latexHtml, loadMath, markdownHtml } from "../markdown.ts";
import { nestedValue } from "../nested-value.ts";
import { base64 } from "../sandbox/buffers.ts";
import { cleanSvg } from "../sanitise.ts";
import { scriptOf, textOf } from "../script.ts";
import { LOOK } from "../shadow.tsx";
import type { TableData } from "../table-model.ts";

export function escaped(text: string): string {
  return text
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;");
}

/** A picture of what only scripts draw, by the output's key; null when there is none. */
export type Picture = (key: number) => Promise<string | null>;

export async function outputHtml(
  output: ShownOutput,
  label: string,
  picture: Picture,
): Promise<string> {
  switch (output.kind) {
    case "stream":
      return `<pre class="${output.name}">${output.text.lines.map(ansi).join("\n")}</pre>`;
    case "error": {
      const { traceback = [], name, message, hint } = output;
      const lines = traceback.length > 0 ? traceback.join("\n") : `${name}: ${message}`;
      const more = hint ? `\nhint: ${escaped(hint)}` : "";
      return `<pre class="stderr">${lines.split("\n").map(ansi).join("\n")}${more}</pre>`;
    }
    case "display": {
      const scripted = scriptOf(output.data);
      if (scripted?.content.kind === "plotly") {
        const svg = await picture(output.key);
        // As an image it runs nothing and fetches nothing, whatever is in it.
        if (svg) return image("image/svg+xml", base64(new TextEncoder().encode(svg)), label);
      }
      // The file folds nothing: a nested value is its text.
      const isText = nestedValue(output.metadata) !== null;
      const text = isText ? textOf(output.data, "text/plain") : null;
      const form = text === null ? staticForm(output.data) : { form: "text" as const, text };
      const shown = await formHtml(form, label);
      const note = scripted
        ? `<p class="note">${scripted.what} is shown here without its scripts.</p>`
        : "";
      return shown + note;
    }
  }
}

async function formHtml(shown: StaticForm, label: string): Promise<string> {
  switch (shown.form) {
    case "table":
      return table(shown.table);
    case "chart": {
      const { chartSvg } = await import("../vega.ts");
      try {
        return `<figure>${cleanSvg(await chartSvg(shown.spec, shown.isLite, `Chart of ${label}`))}</figure>`;
      } catch (error) {
        return `<p class="note">The chart can't be drawn: ${escaped(String((error as Error).message))}</p>`;
      }
    }
    case "html":
      // A shadow root: its styles reach nothing else. Nothing in it closes the template, for
      // it was cleaned of templates.
      return `<div class="html"><template shadowrootmode="open"><style>${LOOK}</style><div class="content">${shown.html}</div></template></div>`;
    case "markdown":
      await loadMath();
      return `<div class="prose">${markdownHtml(shown.text, { math: "mathml" })}</div>`;
    case "latex":
      await loadMath();
      return `<div class="prose">${latexHtml(shown.text, "mathml")}</div>`;
    case "svg":
      return image("image/svg+xml", base64(new TextEncoder().encode(cleanSvg(shown.text))), label);
    case "image":
      return image(shown.type, shown.data, label);
    case "json":
      return plain(JSON.stringify(shown.value, null, 2));
    case "text":
      return plain(shown.text);
    case "nothing":
      return "";
  }
}

function plain(text: string): string {
  return `<pre>${text.split("\n").map(ansi).join("\n")}</pre>`;
}

function ansi(line: string): string {
  return pieces(line)
    .map(({ text, classes, style }) => {
      if (!classes && !style) return escaped(text);
      const ground = style?.backgroundColor ? `;background-color:${style.backgroundColor}` : "";
      const look = style ? ` style="color:${style.color}${ground}"` : "";
      return `<span class="${escaped(classes)}"${look}>${escaped(text)}</span>`;
    })
    .join("");
}

function image(type: string, data: string, label: string): string {
  const bytes = data.replace(/[^\w+/=]/g, "");
  return `<img alt="Picture of ${label}" src="data:${type};base64,${bytes}">`;
}

function table({ columns, rows, total }: TableData): string {
  const heads = columns.map(
    ({ name, type }) => `<th title="${escaped(type)}">${escaped(name)}</th>`,
  );
  const lines = rows.map((row) => {
    const cells = row.map((value) => {
      const kind =
        typeof value === "number" ? ' class="number"' : value === null ? ' class="null"' : "";
      return `<td${kind}>${value === null ? "null" : escaped(String(value))}</td>`;
    });
    return `<tr>${cells.join("")}</tr>`;
  });
  const more = total > rows.length ? `<p class="note">${rows.length} of ${total} rows</p>` : "";
  return `<div class="table"><table><thead><tr>${heads.join("")}</tr></thead><tbody>${lines.join("\n")}</tbody></table></div>${more}`;
}
