/** The outputs in the sandbox: made, placed, measured, left by key. */
import { type Content, HIGHEST, type Place, type ToPage, type Trouble } from "../words.ts";
import { runHtml, runJavascript } from "./run.ts";
import type { Widgets } from "./widgets.ts";

interface PlotlyLibrary {
  toImage(box: HTMLElement, options: object): Promise<string>;
  newPlot(box: HTMLElement, data: unknown, layout: unknown, config: unknown): Promise<unknown>;
}

/** What moves the focus. */
const FOCUSABLE =
  "a[href], button, input, select, textarea, [tabindex], [contenteditable='true'], summary";

interface Item {
  key: number;
  box: HTMLElement;
  /** A figure that waits for Plotly. */
  waits: Record<string, unknown> | null;
  end: () => void;
}

export class Items {
  private readonly items = new Map<number, Item>();
  /** The output whose script runs, or ran last. */
  private current: number | null = null;
  private turn: Promise<void> = Promise.resolve();
  private readonly measured = new ResizeObserver((entries) => {
    for (const { target } of entries) this.measure(target as HTMLElement);
  });

  constructor(
    private readonly tell: (word: ToPage) => void,
    private readonly widgets: Widgets,
  ) {
    addEventListener("securitypolicyviolation", (event) => {
      const from = event.target instanceof Element ? event.target.closest("[data-key]") : null;
      const key = from instanceof HTMLElement ? Number(from.dataset.key) : this.current;
      const what = /^(https?|wss?):/.test(event.blockedURI) ? event.blockedURI : null;
      if (what) this.trouble("blocked", what, key);
    });
    addEventListener("error", (event) => {
      // Observers that can't keep up say so; it is no failure.
      if (/ResizeObserver/.test(event.message)) return;
      this.trouble("failed", event.message.replace(/^Uncaught /, ""));
    });
    addEventListener("unhandledrejection", (event) => {
      this.trouble("failed", String((event.reason as Error)?.message ?? event.reason));
    });
    addEventListener("keydown", (event) => this.key(event));
  }

  /** Outputs are made in the order in which they come: one may draw with what another brought. */
  show(key: number, label: string, content: Content): void {
    this.turn = this.turn
      .then(() => this.make(key, label, content))
      .catch((error: unknown) => {
        this.trouble("failed", String((error as Error)?.message ?? error), key);
      });
  }

  private async make(key: number, label: string, content: Content): Promise<void> {
    this.remove(key);
    const box = document.createElement("div");
    box.className = "item";
    box.dataset.key = String(key);
    box.style.maxHeight = `${HIGHEST}px`;
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", label);
    document.body.append(box);
    const item: Item = { key, box, waits: null, end: () => {} };
    this.items.set(key, item);
    const place = this.places.get(key);
    if (place) put(box, place);
    this.current = key;
    switch (content.kind) {
      case "html":
        await runHtml(box, content.html);
        break;
      case "javascript":
        await runJavascript(box, content.code);
        break;
      case "plotly":
        item.waits = content.figure;
        break;
      case "widget":
        item.end = this.widgets.view(content.model, box);
        break;
    }
    await this.drawWaiting();
    this.measured.observe(box);
  }

  /** Draws the figures that Plotly, which may have come just now, can draw. */
  private async drawWaiting(): Promise<void> {
    const plotly = (globalThis as { Plotly?: PlotlyLibrary }).Plotly;
    for (const item of this.items.values()) {
      if (!item.waits) continue;
      if (!plotly?.newPlot) {
        if (item.box.childElementCount === 0) this.missing(item);
        continue;
      }
      const { data, layout, config } = item.waits as Record<string, object>;
      item.waits = null;
      item.box.replaceChildren();
      const plot = document.createElement("div");
      item.box.append(plot);
      await plotly.newPlot(plot, data, layout ?? {}, { responsive: true, ...config });
    }
  }

  /** Tells a picture of a figure, as it is now. */
  async draw(key: number): Promise<void> {
    const plotly = (globalThis as { Plotly?: PlotlyLibrary }).Plotly;
    let svg: string | null = null;
    try {
      await this.turn;
      const plot = this.items.get(key)?.box.querySelector<HTMLElement>(".js-plotly-plot");
      const { width = 0, height = 0 } = plot?.getBoundingClientRect() ?? {};
      if (plotly?.toImage && plot && width > 0) {
        // An address of data: what stands behind its comma is the picture, encoded.
        const address = await plotly.toImage(plot, { format: "svg", width, height });
        svg = decodeURIComponent(address.slice(address.indexOf(",") + 1));
      }
    } catch {
      // Then there is none: whoever asked says so.
    }
    this.tell({ say: "drawn", key, svg });
  }

  private missing(item: Item): void {
    const text = document.createElement("p");
    text.className = "missing";
    text.textContent =
      "This Plotly figure comes without Plotly's own JavaScript, and outputs have no network. " +
      "Run the cell that shows the first figure again; or show figures with " +
      "fig.show(renderer='notebook'), which brings it.";
    item.box.append(text);
  }

  drop(key: number): void {
    this.turn = this.turn.then(() => this.remove(key));
  }

  private remove(key: number): void {
    const item = this.items.get(key);
    if (!item) return;
    this.items.delete(key);
    this.measured.unobserve(item.box);
    item.end();
    item.box.remove();
  }

  // --- Where they are ---------------------------------------------------------------

  private places = new Map<number, Place>();

  place(places: Place[]): void {
    const widths = places.map(({ width }) => width);
    // What is out of sight is as wide as it will be, so that its height is known.
    if (widths.length > 0) {
      document.documentElement.style.setProperty("--item-width", `${Math.max(...widths)}px`);
    }
    const before = this.places;
    this.places = new Map(places.map((place) => [place.key, place]));
    for (const { key, box } of this.items.values()) {
      const place = this.places.get(key);
      if (place) put(box, place);
      else if (before.has(key)) box.style.transform = "";
    }
  }

  private measure(box: HTMLElement): void {
    const height = box.getBoundingClientRect().height;
    this.tell({ say: "sized", key: Number(box.dataset.key), height });
  }

  // --- Keys -------------------------------------------------------------------------

  enter(key: number): void {
    const box = this.items.get(key)?.box;
    if (!box) return;
    const first = focusable(box)[0];
    if (first) first.focus();
    else {
      box.tabIndex = -1;
      box.focus();
    }
  }

  private key(event: KeyboardEvent): void {
    const box = (event.target as Element | null)?.closest?.<HTMLElement>("[data-key]");
    if (!box || event.defaultPrevented) return;
    const key = Number(box.dataset.key);
    if (event.key === "Escape") this.tell({ say: "leave", key, to: "output" });
    else if (event.key === "Tab") {
      const all = focusable(box);
      const at = all.indexOf(document.activeElement as HTMLElement);
      // The browser would go on to another output, far away.
      if (event.shiftKey ? at > 0 : at < all.length - 1) return;
      event.preventDefault();
      this.tell({ say: "leave", key, to: event.shiftKey ? "output" : "after" });
    }
  }

  private trouble(trouble: Trouble, text: string, key = this.current): void {
    this.tell({ say: "trouble", key, trouble, text });
  }
}

function put(box: HTMLElement, { x, y, width }: Place): void {
  box.style.width = `${width}px`;
  box.style.transform = `translate(${x}px, ${y}px)`;
}

function focusable(box: HTMLElement): HTMLElement[] {
  return [...box.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(
    (one) => one.tabIndex >= 0 && !one.matches(":disabled") && one.offsetParent !== null,
  );
}
