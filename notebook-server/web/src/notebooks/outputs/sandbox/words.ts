/**
 * What the page and its sandbox say to one another. The frame runs scripts of outputs, which
 * may say anything: what isn't one of these words is not heard, on both sides.
 */

/** JSON, and the buffers of widgets in it. */
export type State = Record<string, unknown>;

/** What is to be shown. */
export type Content =
  | { kind: "html"; html: string }
  | { kind: "javascript"; code: string }
  | { kind: "plotly"; figure: Record<string, unknown> }
  | { kind: "widget"; model: string };

export interface Place {
  key: number;
  x: number;
  y: number;
  width: number;
}

export type ToFrame =
  | { say: "look"; scheme: "light" | "dark"; tokens: Record<string, string> }
  | { say: "show"; key: number; label: string; content: Content }
  | { say: "drop"; key: number }
  /** Where outputs are; those that aren't named are out of sight. */
  | { say: "place"; places: Place[] }
  /** The focus goes into an output. */
  | { say: "enter"; key: number }
  | { say: "model"; id: string; state: State }
  | { say: "update"; id: string; state: State }
  | { say: "custom"; id: string; content: unknown; buffers: ArrayBuffer[] }
  | { say: "closed"; id: string }
  /** A picture of an output is wanted. */
  | { say: "draw"; key: number };

/** Why an output is not what it should be. */
export type Trouble = "blocked" | "failed" | "missing";

export type ToPage =
  | { say: "sized"; key: number; height: number }
  | { say: "trouble"; key: number | null; trouble: Trouble; text: string }
  /** The focus leaves an output. */
  | { say: "leave"; key: number; to: "output" | "after" }
  | { say: "want"; id: string }
  | { say: "update"; id: string; state: State }
  | { say: "custom"; id: string; content: unknown; buffers: ArrayBuffer[] }
  /** A picture of an output as SVG; null when none can be made. */
  | { say: "drawn"; key: number; svg: string | null };

/** No output is higher: it scrolls. */
export const HIGHEST = 2400;
const LONGEST = 2000;
/** The longest picture, in characters. */
const LARGEST = 16 << 20;

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isKey = (value: unknown): value is number => Number.isSafeInteger(value);
const isId = (value: unknown): value is string =>
  typeof value === "string" && value.length > 0 && value.length <= 128;
const isSize = (value: unknown): value is number =>
  typeof value === "number" && Number.isFinite(value);
const areBuffers = (value: unknown): value is ArrayBuffer[] =>
  Array.isArray(value) && value.every((one) => one instanceof ArrayBuffer);

/** A word of the frame; null for anything else. */
export function fromFrame(value: unknown): ToPage | null {
  if (!isFields(value)) return null;
  const { say, key, id, text, trouble } = value;
  switch (say) {
    case "sized":
      if (!isKey(key) || !isSize(value.height)) return null;
      return { say, key, height: Math.min(Math.max(0, value.height), HIGHEST) };
    case "trouble":
      if (key !== null && !isKey(key)) return null;
      if (trouble !== "blocked" && trouble !== "failed" && trouble !== "missing") return null;
      if (typeof text !== "string") return null;
      return { say, key, trouble, text: text.slice(0, LONGEST) };
    case "leave":
      if (!isKey(key) || (value.to !== "output" && value.to !== "after")) return null;
      return { say, key, to: value.to };
    case "want":
      return isId(id) ? { say, id } : null;
    case "update":
      return isId(id) && isFields(value.state) ? { say, id, state: value.state } : null;
    case "custom":
      if (!isId(id) || !areBuffers(value.buffers)) return null;
      return { say, id, content: value.content, buffers: value.buffers };
    case "drawn": {
      const { svg } = value;
      if (!isKey(key) || (svg !== null && typeof svg !== "string")) return null;
      return { say, key, svg: svg !== null && svg.length <= LARGEST ? svg : null };
    }
    default:
      return null;
  }
}

/** A word of the page; null for anything else. */
export function fromPage(value: unknown): ToFrame | null {
  if (!isFields(value)) return null;
  const { say, key, id } = value;
  const is = (holds: boolean) => (holds ? (value as ToFrame) : null);
  switch (say) {
    case "look":
      return is(
        (value.scheme === "light" || value.scheme === "dark") &&
          isFields(value.tokens) &&
          Object.values(value.tokens).every((token) => typeof token === "string"),
      );
    case "show":
      return is(isKey(key) && typeof value.label === "string" && isContent(value.content));
    case "drop":
    case "enter":
    case "draw":
      return is(isKey(key));
    case "place":
      return is(Array.isArray(value.places) && value.places.every(isPlace));
    case "model":
    case "update":
      return is(isId(id) && isFields(value.state));
    case "custom":
      return is(isId(id) && areBuffers(value.buffers));
    case "closed":
      return is(isId(id));
    default:
      return null;
  }
}

function isContent(value: unknown): value is Content {
  if (!isFields(value)) return false;
  switch (value.kind) {
    case "html":
      return typeof value.html === "string";
    case "javascript":
      return typeof value.code === "string";
    case "plotly":
      return isFields(value.figure);
    case "widget":
      return isId(value.model);
    default:
      return false;
  }
}

function isPlace(value: unknown): value is Place {
  return (
    isFields(value) && isKey(value.key) && isSize(value.x) && isSize(value.y) && isSize(value.width)
  );
}
