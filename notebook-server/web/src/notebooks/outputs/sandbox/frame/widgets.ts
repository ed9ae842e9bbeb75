/**
 * Widgets: models that are the same as the kernel's, and their views. anywidget's modules are
 * run as they come (https://anywidget.dev/en/afm/); the common controls of ipywidgets are
 * drawn by `controls.ts`.
 */
import type { State, ToPage } from "../words.ts";
import { control } from "./controls.ts";
import { Model } from "./model.ts";

/** What an anywidget module has. */
interface Widget {
  initialize?(props: object): unknown;
  render?(props: object): unknown;
}

type End = () => void;

interface View {
  box: HTMLElement;
  end: End;
  isOver: boolean;
}

export class Widgets {
  private readonly models = new Map<string, Model>();
  private readonly waiting = new Map<string, ((model: Model) => void)[]>();
  private readonly views = new Map<string, Set<View>>();
  private readonly modules = new Map<string, Promise<Widget>>();

  constructor(private readonly tell: (word: ToPage) => void) {}

  // --- What the page says -----------------------------------------------------------

  model(id: string, state: State): void {
    const known = this.models.get(id);
    if (known) {
      known.take(state);
      return;
    }
    const model = new Model(id, state, this.tell, (other) => this.get(other));
    this.models.set(id, model);
    for (const found of this.waiting.get(id) ?? []) found(model);
    this.waiting.delete(id);
  }

  changed(id: string, state: State): void {
    this.models.get(id)?.take(state);
  }

  said(id: string, content: unknown, buffers: ArrayBuffer[]): void {
    const views = buffers.map((one) => new DataView(one));
    this.models.get(id)?.fire("msg:custom", content, views);
  }

  closed(id: string): void {
    this.models.get(id)?.close();
    this.models.delete(id);
    this.modules.delete(id);
    for (const view of this.views.get(id) ?? []) {
      this.stop(view);
      say(view.box, "This widget's kernel is gone: run the cell again.");
    }
  }

  // --- Views ------------------------------------------------------------------------

  get(id: string): Promise<Model> {
    const model = this.models.get(id);
    if (model) return Promise.resolve(model);
    this.tell({ say: "want", id });
    return new Promise((found) => {
      this.waiting.set(id, [...(this.waiting.get(id) ?? []), found]);
    });
  }

  /** Draws a widget in a box; says what takes it away. */
  view(id: string, box: HTMLElement): End {
    const view: View = { box, end: () => {}, isOver: false };
    const all = this.views.get(id) ?? new Set();
    this.views.set(id, all.add(view));
    say(box, "Waiting for the widget …");
    this.get(id)
      .then((model) => this.draw(model, view))
      .catch((error: unknown) => {
        say(box, `The widget failed: ${(error as Error)?.message ?? error}`);
        throw error;
      });
    return () => {
      all.delete(view);
      this.stop(view);
    };
  }

  private stop(view: View): void {
    view.isOver = true;
    view.end();
    view.end = () => {};
  }

  private async draw(model: Model, view: View): Promise<void> {
    const esm = model.get("_esm");
    if (typeof esm !== "string") {
      const end = control(model, view.box, (id, box) => this.view(id, box));
      if (end) view.end = end;
      else say(view.box, `${model.get("_model_name")} needs JavaScript that is not in the output.`);
      return;
    }
    const widget = await this.module(model, esm);
    if (view.isOver) return;
    const el = document.createElement("div");
    const styles = model.get("_css");
    if (typeof styles === "string" && styles) {
      const style = document.createElement("style");
      style.textContent = styles;
      view.box.replaceChildren(style, el);
    } else view.box.replaceChildren(el);
    const aborted = new AbortController();
    const end = await widget.render?.({ model, el, signal: aborted.signal, ...model.extras() });
    view.end = () => {
      aborted.abort();
      if (typeof end === "function") end();
    };
    if (view.isOver) this.stop(view);
  }

  /** The module of a model: run once for it, whatever number of views there is. */
  private module(model: Model, esm: string): Promise<Widget> {
    let found = this.modules.get(model.id);
    if (!found) {
      found = this.load(model, esm);
      this.modules.set(model.id, found);
    }
    return found;
  }

  private async load(model: Model, esm: string): Promise<Widget> {
    const address = URL.createObjectURL(new Blob([esm], { type: "text/javascript" }));
    try {
      const module = (await import(address)) as { default?: unknown; render?: Widget["render"] };
      const given = module.default ?? { render: module.render };
      const widget = (typeof given === "function" ? await given() : given) as Widget;
      await widget.initialize?.({ model, ...model.extras() });
      return widget;
    } catch (error) {
      const wants = /(?:from|import)\s*\(?["'](https?:[^"']+)/.exec(esm)?.[1];
      if (!wants) throw error;
      throw new Error(
        `it imports ${wants}, and outputs have no network: bundle it (anywidget's docs say how)`,
      );
    } finally {
      URL.revokeObjectURL(address);
    }
  }
}

function say(box: HTMLElement, text: string): void {
  const line = document.createElement("p");
  line.className = "missing";
  line.textContent = text;
  box.replaceChildren(line);
}
