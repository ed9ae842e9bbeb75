/**
 * The page's side of the sandbox: one frame for the notebook, laid over its cells, with a
 * window in it for each output. All outputs share it, because libraries (Plotly, Bokeh) come
 * with one output and draw the others. It begins with the first of them that is looked at.
 */
import { effect, signal } from "@preact/signals";
import type { Notebook } from "../../model/notebook.ts";
import { scriptOf } from "../script.ts";
import {
  type Content,
  fromFrame,
  HIGHEST,
  type Place,
  type ToFrame,
  type ToPage,
  type Trouble,
} from "./words.ts";

/** What the frame's own page is asked by. */
export const FRAME = "sandbox";

/** So many milliseconds a picture may take. */
const PICTURE = 10_000;

/** A frame that goes elsewhere is begun anew so often. */
const BEGINS = 3;

/** An output in the frame. */
interface Shown {
  key: number;
  content: Content;
  label: string;
}

export interface Said {
  trouble: Trouble;
  text: string;
}

export class Sandbox {
  /** Whether the frame is there. */
  readonly isNeeded = signal(false);
  /** A frame that went elsewhere is replaced: its number. */
  readonly round = signal(0);
  /** What is wrong with outputs, by key; `null` for what no output is known of. */
  readonly said = signal<ReadonlyMap<number | null, readonly Said[]>>(new Map());
  /** Heights of outputs, by key. */
  readonly heights = signal<ReadonlyMap<number, number>>(new Map());
  private readonly places = new Map<number, HTMLElement>();
  private readonly shown = new Map<number, Shown>();
  private ground: HTMLElement | null = null;
  private frame: HTMLIFrameElement | null = null;
  private port: MessagePort | null = null;
  private lastPlaces = "";
  private isDue = false;
  private readonly seen = new ResizeObserver(() => this.arrange());

  constructor(private readonly notebook: Notebook) {
    effect(() => {
      notebook.book.value;
      if (!this.isNeeded.value) return;
      this.follow();
      this.arrange();
    });
  }

  // --- The outputs ------------------------------------------------------------------

  /** An output's box came into the page; says what takes it away. */
  place(key: number, box: HTMLElement): () => void {
    this.places.set(key, box);
    this.seen.observe(box);
    this.isNeeded.value = true;
    this.arrange();
    return () => {
      if (this.places.get(key) !== box) return;
      this.places.delete(key);
      this.seen.unobserve(box);
      this.arrange();
    };
  }

  /** The focus goes into an output. */
  enter(key: number): void {
    this.frame?.focus();
    this.tell({ say: "enter", key });
  }

  /** A picture of an output, as SVG that nobody has cleaned; null when there is none. */
  picture(key: number): Promise<string | null> {
    if (!this.port || !this.shown.has(key)) return Promise.resolve(null);
    return new Promise((resolve) => {
      const late = setTimeout(() => resolve(null), PICTURE);
      this.pictures.set(key, (svg) => {
        clearTimeout(late);
        this.pictures.delete(key);
        resolve(svg);
      });
      this.tell({ say: "draw", key });
    });
  }

  private readonly pictures = new Map<number, (svg: string | null) => void>();

  /** Keeps the frame at what the trusted cells show, in their order. */
  private follow(): void {
    if (!this.port) return;
    const { order, cells, trusted } = this.notebook.book.peek();
    const left = new Set(this.shown.keys());
    let number = 0;
    for (const id of order) {
      const cell = cells.get(id);
      if (!cell) continue;
      if (cell.language !== "markdown" && cell.language !== "raw") number += 1;
      if (!trusted.has(id)) continue;
      for (const output of cell.outputs) {
        if (output.kind !== "display") continue;
        const scripted = scriptOf(output.data);
        if (!scripted) continue;
        left.delete(output.key);
        this.show(output.key, scripted.content, `Output of cell ${number}`);
      }
    }
    for (const key of left) this.drop(key);
  }

  private show(key: number, content: Content, label: string): void {
    if (this.shown.get(key)?.content === content) return;
    this.shown.set(key, { key, content, label });
    this.forget(key);
    this.tell({ say: "show", key, label, content });
  }

  private drop(key: number): void {
    this.shown.delete(key);
    this.forget(key);
    this.tell({ say: "drop", key });
  }

  private forget(key: number): void {
    if (!this.said.peek().has(key)) return;
    const said = new Map(this.said.peek());
    said.delete(key);
    this.said.value = said;
  }

  // --- The frame --------------------------------------------------------------------

  /** The frame is there; says what takes it away. */
  begin(frame: HTMLIFrameElement, ground: HTMLElement): () => void {
    this.frame = frame;
    this.ground = ground;
    this.seen.observe(ground);
    const greet = (event: MessageEvent) => {
      // The frame has no origin: it is known by its window.
      if (event.source === frame.contentWindow && event.data === "flownote-sandbox") {
        this.connect(frame);
      }
    };
    addEventListener("message", greet);
    return () => {
      removeEventListener("message", greet);
      this.seen.unobserve(ground);
      this.disconnect();
      this.frame = null;
    };
  }

  private connect(frame: HTMLIFrameElement): void {
    if (this.port) {
      // What was in it went elsewhere, and its scripts with it.
      this.disconnect();
      this.trouble(null, { trouble: "failed", text: "a script took the frame of outputs away" });
      if (this.round.peek() < BEGINS) this.round.value += 1;
      return;
    }
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    port1.onmessage = (event) => {
      const word = fromFrame(event.data);
      if (word) this.heard(word);
    };
    // Nobody else has this window: the page's policy lets only the sandbox into it.
    frame.contentWindow?.postMessage("flownote-page", "*", [port2]);
    this.look();
    this.notebook.widgets.listen((word) => this.tell(word));
    this.follow();
    this.arrange();
  }

  private disconnect(): void {
    this.notebook.widgets.listen(null);
    this.port?.close();
    this.port = null;
    this.shown.clear();
    this.lastPlaces = "";
  }

  private tell(word: ToFrame): void {
    try {
      this.port?.postMessage(word);
    } catch {
      // A state that can't be copied was never the kernel's.
    }
  }

  private heard(word: ToPage): void {
    switch (word.say) {
      case "sized":
        if (!this.shown.has(word.key)) return;
        this.heights.value = new Map(this.heights.peek()).set(word.key, Math.ceil(word.height));
        break;
      case "trouble":
        this.trouble(word.key, word);
        break;
      case "leave":
        this.leave(word.key, word.to);
        break;
      case "drawn":
        this.pictures.get(word.key)?.(word.svg);
        break;
      case "want":
        this.notebook.widgets.want(word.id);
        break;
      case "update":
        this.notebook.widgets.update(word.id, word.state);
        break;
      case "custom":
        this.notebook.widgets.custom(word.id, word.content, word.buffers);
        break;
    }
  }

  private trouble(key: number | null, { trouble, text }: Said): void {
    if (key !== null && !this.shown.has(key)) return;
    const before = this.said.peek().get(key) ?? [];
    // One that is told again and again is one.
    if (before.length >= 3 || before.some((one) => one.text === text)) return;
    this.said.value = new Map(this.said.peek()).set(key, [...before, { trouble, text }]);
  }

  private leave(key: number, to: "output" | "after"): void {
    const box = this.places.get(key);
    if (to === "output") box?.focus();
    else box?.closest<HTMLElement>("article")?.focus();
  }

  /** The page's colours, for the frame. */
  look(): void {
    const style = getComputedStyle(document.documentElement);
    const tokens: Record<string, string> = {};
    for (const name of TOKENS) tokens[name] = style.getPropertyValue(name).trim();
    const scheme = document.documentElement.dataset.theme === "dark" ? "dark" : "light";
    this.tell({ say: "look", scheme, tokens });
  }

  // --- Where it is ------------------------------------------------------------------

  private arrange(): void {
    if (this.isDue) return;
    this.isDue = true;
    requestAnimationFrame(() => {
      this.isDue = false;
      this.lay();
    });
  }

  /** Lays the frame over the outputs that are there, and cuts a window for each. */
  private lay(): void {
    const { frame, ground } = this;
    if (!frame || !ground) return;
    const origin = ground.getBoundingClientRect();
    const boxes = [...this.places].map(([key, box]) => ({ key, box: box.getBoundingClientRect() }));
    const top = Math.min(...boxes.map(({ box }) => box.top), origin.bottom);
    const bottom = Math.max(...boxes.map(({ box }) => box.bottom), top);
    const places: Place[] = boxes.map(({ key, box }) => ({
      key,
      x: Math.round(box.left - origin.left),
      y: Math.round(box.top - top),
      width: Math.round(box.width),
    }));
    const text = `${top - origin.top} ${bottom - top} ${boxes.map(({ box }) => box.height)} ${JSON.stringify(places)}`;
    if (text === this.lastPlaces) return;
    this.lastPlaces = text;
    frame.style.top = `${top - origin.top}px`;
    frame.style.height = `${bottom - top}px`;
    const windows = boxes.map(({ box }) => {
      const [x, y] = [box.left - origin.left, box.top - top];
      return `M${x} ${y}h${box.width}v${Math.min(box.height, HIGHEST)}h${-box.width}z`;
    });
    frame.style.clipPath = windows.length > 0 ? `path("${windows.join("")}")` : "inset(50%)";
    this.tell({ say: "place", places });
  }
}

const TOKENS = [
  "--bg",
  "--panel",
  "--card",
  "--line",
  "--line-strong",
  "--ink",
  "--dim",
  "--faint",
  "--accent",
  "--accent-ink",
  "--accent-soft",
  "--fresh-bar",
  "--reused-bar",
  "--fail",
  "--font",
  "--mono",
  "--radius-s",
];
