/**
 * The common controls of ipywidgets (sliders, fields, choices, boxes, progress), by the browser's
 * own elements. Their states are those of `@jupyter-widgets/controls` 2.0.
 */
import { type Held, shown } from "./held.ts";
import type { Model } from "./model.ts";

type End = () => void;
/** Draws a child in a box. */
type DrawChild = (id: string, box: HTMLElement) => End;
/** Fills a control's box and says what brings it up to date. */
type Maker = (model: Model, box: HTMLElement) => () => void;

const text = (value: unknown): string =>
  value === null || value === undefined ? "" : String(value);

function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  fields: Partial<HTMLElementTagNameMap[K]> = {},
): HTMLElementTagNameMap[K] {
  return Object.assign(document.createElement(name), fields);
}

function set(model: Model, key: string, value: unknown): void {
  model.set(key, value);
  model.save_changes();
}

/** A field of a kind that the browser has. */
function field(type: string, read: (input: HTMLInputElement) => unknown): Maker {
  return (model, box) => {
    const input = make("input", { type });
    const later = model.get("continuous_update") === false || type === "number" || type === "date";
    input.addEventListener(later ? "change" : "input", () => set(model, "value", read(input)));
    box.append(input);
    return () => {
      for (const key of ["min", "max", "step"] as const) {
        const value = model.get(key);
        if (value !== null && value !== undefined) input[key] = text(value);
      }
      input.placeholder = text(model.get("placeholder"));
      if (document.activeElement !== input || type === "range")
        input.value = text(model.get("value"));
      input.disabled = model.get("disabled") === true;
    };
  };
}

const slider: Maker = (model, box) => {
  const update = field("range", (input) => Number(input.value))(model, box);
  const readout = make("output");
  box.append(readout);
  return () => {
    update();
    const value = model.get("value");
    const isWhole = Number.isInteger(model.get("step")) && Number.isInteger(value);
    readout.value = typeof value === "number" && !isWhole ? value.toFixed(2) : text(value);
    readout.hidden = model.get("readout") === false;
  };
};

const checkbox: Maker = (model, box) => {
  const input = make("input", { type: "checkbox" });
  input.addEventListener("change", () => set(model, "value", input.checked));
  box.append(input);
  return () => {
    input.checked = model.get("value") === true;
    input.disabled = model.get("disabled") === true;
  };
};

/** A button; a toggle is one that stays down. */
function button(isToggle: boolean): Maker {
  return (model, box) => {
    const element = make("button", { type: "button" });
    element.addEventListener("click", () => {
      if (isToggle) set(model, "value", model.get("value") !== true);
      else model.send({ event: "click" });
    });
    box.append(element);
    return () => {
      element.textContent = text(model.get("description"));
      element.title = text(model.get("tooltip"));
      element.dataset.style = text(model.get("button_style"));
      element.disabled = model.get("disabled") === true;
      if (isToggle) element.setAttribute("aria-pressed", String(model.get("value") === true));
    };
  };
}

const textarea: Maker = (model, box) => {
  const area = make("textarea", { rows: 3 });
  area.addEventListener("input", () => set(model, "value", area.value));
  box.append(area);
  return () => {
    if (document.activeElement !== area) area.value = text(model.get("value"));
    area.placeholder = text(model.get("placeholder"));
    area.disabled = model.get("disabled") === true;
  };
};

/** A choice among labels; `index` is what the kernel hears. */
function choice(isOpen: boolean, isMany: boolean): Maker {
  return (model, box) => {
    const select = make("select", { multiple: isMany });
    select.addEventListener("change", () => {
      const chosen = [...select.selectedOptions].map((option) => option.index);
      set(model, "index", isMany ? chosen : (chosen[0] ?? null));
    });
    box.append(select);
    return () => {
      const labels = (model.get("_options_labels") as unknown[] | undefined) ?? [];
      select.size = isOpen ? Math.min(Math.max(labels.length, 2), 8) : 0;
      select.replaceChildren(...labels.map((label) => make("option", { text: text(label) })));
      const index = model.get("index");
      const chosen = Array.isArray(index) ? index : [index];
      for (const option of select.options) option.selected = chosen.includes(option.index);
      if (!isMany && index === null) select.selectedIndex = -1;
      select.disabled = model.get("disabled") === true;
    };
  };
}

const radio: Maker = (model, box) => {
  const group = make("div", { className: "radios" });
  group.setAttribute("role", "radiogroup");
  box.append(group);
  return () => {
    const labels = (model.get("_options_labels") as unknown[] | undefined) ?? [];
    group.replaceChildren(
      ...labels.map((label, at) => {
        const input = make("input", { type: "radio", name: model.id });
        input.checked = at === model.get("index");
        input.addEventListener("change", () => set(model, "index", at));
        const line = make("label");
        line.append(input, ` ${text(label)}`);
        return line;
      }),
    );
  };
};

const progress: Maker = (model, box) => {
  const bar = make("progress");
  box.append(bar);
  return () => {
    const [min, max] = [Number(model.get("min") ?? 0), Number(model.get("max") ?? 100)];
    bar.max = max - min || 1;
    bar.value = Number(model.get("value") ?? 0) - min;
    bar.dataset.style = text(model.get("bar_style"));
  };
};

const label: Maker = (model, box) => {
  const line = make("span");
  box.append(line);
  return () => {
    line.textContent = text(model.get("value"));
  };
};

// What the kernel's own code says in HTML is trusted as all of this output is.
const html: Maker = (model, box) => {
  const content = make("div");
  box.append(content);
  return () => {
    content.innerHTML = text(model.get("value"));
  };
};

const image: Maker = (model, box) => {
  const picture = make("img", { alt: "" });
  box.append(picture);
  return () => {
    const value = model.get("value");
    const type = `image/${text(model.get("format")) || "png"}`;
    if (value instanceof DataView) {
      URL.revokeObjectURL(picture.src);
      picture.src = URL.createObjectURL(new Blob([value as DataView<ArrayBuffer>], { type }));
    }
  };
};

const number = field("number", (input) => (input.value === "" ? null : Number(input.value)));

const CONTROLS: Record<string, Maker> = {
  IntSliderView: slider,
  FloatSliderView: slider,
  IntTextView: number,
  FloatTextView: number,
  CheckboxView: checkbox,
  ValidView: checkbox,
  ToggleButtonView: button(true),
  ButtonView: button(false),
  TextView: field("text", (input) => input.value),
  PasswordView: field("password", (input) => input.value),
  ComboboxView: field("text", (input) => input.value),
  ColorPickerView: field("color", (input) => input.value),
  TextareaView: textarea,
  DropdownView: choice(false, false),
  SelectView: choice(true, false),
  SelectMultipleView: choice(true, true),
  ToggleButtonsView: radio,
  RadioButtonsView: radio,
  SelectionSliderView: choice(false, false),
  ProgressView: progress,
  LabelView: label,
  HTMLView: html,
  HTMLMathView: html,
  ImageView: image,
};

const BOXES: Record<string, string> = {
  BoxView: "row",
  HBoxView: "row",
  VBoxView: "column",
  GridBoxView: "row",
  AccordionView: "column",
  StackView: "column",
  TabView: "column",
};

/** What an `Output` holds, in its order. */
function outputs(model: Model, box: HTMLElement, child: DrawChild): End {
  const list = make("div", { className: "box column" });
  box.replaceChildren(list);
  let ends: End[] = [];
  const draw = () => {
    for (const end of ends) end();
    ends = [];
    list.replaceChildren();
    for (const output of (model.get("outputs") as Held[] | undefined) ?? []) {
      const place = make("div");
      list.append(place);
      const end = shown(output, place, child);
      if (end) ends.push(end);
    }
  };
  draw();
  model.on("change:outputs", draw);
  return () => {
    model.off("change:outputs", draw);
    for (const end of ends) end();
  };
}

/** Draws a control; null for one that isn't known here. */
export function control(model: Model, box: HTMLElement, child: DrawChild): End | null {
  const name = text(model.get("_view_name"));
  const direction = BOXES[name];
  if (direction) return children(model, box, direction, child);
  if (name === "OutputView") return outputs(model, box, child);
  const maker = CONTROLS[name];
  if (!maker) return null;
  const line = make("div", { className: "control" });
  const caption = make("label");
  const hasCaption = !["ButtonView", "ToggleButtonView", "LabelView"].includes(name);
  if (hasCaption) line.append(caption);
  const update = maker(model, line);
  const named = line.querySelector<HTMLElement>("input, select, textarea, progress");
  if (named) {
    named.id = `control-${model.id}`;
    caption.htmlFor = named.id;
  }
  const draw = () => {
    caption.textContent = text(model.get("description"));
    caption.hidden = caption.textContent === "";
    if (named && caption.hidden) named.setAttribute("aria-label", name.replace(/View$/, ""));
    update();
  };
  draw();
  box.replaceChildren(line);
  model.on("change", draw);
  return () => model.off("change", draw);
}

/** A box of widgets, in a row or a column; titles stand before them. */
function children(model: Model, box: HTMLElement, direction: string, child: DrawChild): End {
  const line = make("div", { className: `box ${direction}` });
  box.replaceChildren(line);
  let ends: End[] = [];
  const draw = () => {
    for (const end of ends) end();
    const titles = (model.get("titles") as string[] | undefined) ?? [];
    const ids = (model.get("children") as unknown[] | undefined) ?? [];
    line.replaceChildren();
    ends = ids.flatMap((reference, at) => {
      const id = /^IPY_MODEL_(.+)$/.exec(text(reference))?.[1];
      if (!id) return [];
      if (titles[at]) line.append(make("strong", { textContent: titles[at] }));
      const place = make("div");
      line.append(place);
      return [child(id, place)];
    });
  };
  draw();
  model.on("change:children", draw);
  return () => {
    model.off("change:children", draw);
    for (const end of ends) end();
  };
}
