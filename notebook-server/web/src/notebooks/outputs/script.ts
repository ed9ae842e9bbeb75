/** Which outputs only show, or only work, when their scripts run: those go into the sandbox. */
import type { Bundle } from "../protocol/types.ts";
import type { Content } from "./sandbox/words.ts";
import { hasScript } from "./sanitise.ts";

export interface Scripted {
  /** What it is, for people. */
  what: string;
  content: Content;
}

const WIDGET = "application/vnd.jupyter.widget-view+json";
const PLOTLY = /^application\/vnd\.plotly\.v\d+\+json$/;
/** What loads a library for the outputs below, and shows nothing itself. */
const LOADS = /^application\/vnd\.(bokehjs_load|holoviews_load)\.v\d+\+json$/;

const known = new WeakMap<Bundle, Scripted | null>();

/** What of a value needs scripts; null for what shows without. */
export function scriptOf(data: Bundle): Scripted | null {
  const found = known.get(data);
  if (found !== undefined) return found;
  const scripted = look(data);
  known.set(data, scripted);
  return scripted;
}

export function textOf(data: Bundle, type: string): string | null {
  const value = data[type];
  if (Array.isArray(value)) return value.join("");
  return typeof value === "string" ? value : null;
}

function look(data: Bundle): Scripted | null {
  const types = Object.keys(data);
  // What the page draws itself needs no scripts of others.
  if (types.some((type) => /^application\/vnd\.(vega|flownote\.table)/.test(type))) return null;
  const widget = data[WIDGET] as { model_id?: unknown } | undefined;
  if (typeof widget?.model_id === "string") {
    return { what: "a widget", content: { kind: "widget", model: widget.model_id } };
  }
  const plotly = types.find((type) => PLOTLY.test(type));
  if (plotly && typeof data[plotly] === "object") {
    const figure = data[plotly] as Record<string, unknown>;
    return { what: "a Plotly figure", content: { kind: "plotly", figure } };
  }
  const html = textOf(data, "text/html");
  if (html !== null && hasScript(html)) {
    return { what: "HTML with scripts", content: { kind: "html", html } };
  }
  const code = textOf(data, "application/javascript") ?? textOf(data, "text/javascript");
  if (code !== null && html === null) {
    return { what: "JavaScript", content: { kind: "javascript", code } };
  }
  const load = types.find((type) => LOADS.test(type));
  const loaded = load ? textOf(data, load) : null;
  if (loaded) return { what: "JavaScript", content: { kind: "javascript", code: loaded } };
  return null;
}
