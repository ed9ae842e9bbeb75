/** What an `Output` of ipywidgets holds: outputs as a notebook's file has them. */

export interface Held {
  output_type?: string;
  name?: string;
  text?: string | string[];
  data?: Record<string, unknown>;
  ename?: string;
  evalue?: string;
  traceback?: string[];
}

type End = () => void;

const WIDGET = "application/vnd.jupyter.widget-view+json";
const PICTURES = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/** Colours of a terminal, which are left out here. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escapes begin with one
const COLOURS = /\u001b\[[\d;]*m/g;

const joined = (text: unknown): string =>
  Array.isArray(text) ? text.join("") : String(text ?? "");

/** Fills a place with an output; says what takes it away, where that is needed. */
export function shown(
  output: Held,
  place: HTMLElement,
  child: (id: string, box: HTMLElement) => End,
): End | null {
  if (output.output_type === "stream") {
    place.append(lines(joined(output.text), output.name === "stderr"));
    return null;
  }
  if (output.output_type === "error") {
    const { traceback = [], ename = "", evalue = "" } = output;
    place.append(lines(traceback.length > 0 ? traceback.join("\n") : `${ename}: ${evalue}`, true));
    return null;
  }
  const data = output.data ?? {};
  const widget = data[WIDGET] as { model_id?: unknown } | undefined;
  if (typeof widget?.model_id === "string") return child(widget.model_id, place);
  const picture = PICTURES.find((type) => typeof data[type] === "string");
  const html = data["text/html"] ?? data["image/svg+xml"];
  if (html !== undefined) place.innerHTML = joined(html);
  else if (picture) {
    const bytes = joined(data[picture]).replace(/\s/g, "");
    place.append(
      Object.assign(document.createElement("img"), {
        alt: "",
        src: `data:${picture};base64,${bytes}`,
      }),
    );
  } else place.append(lines(joined(data["text/plain"]), false));
  return null;
}

function lines(text: string, isError: boolean): HTMLElement {
  const box = document.createElement("pre");
  if (isError) box.className = "stderr";
  box.textContent = text.replace(COLOURS, "");
  return box;
}
