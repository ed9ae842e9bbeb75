/** Draws a chart. A chunk of its own: it is large, and many notebooks have no chart. */
import { type Loader, parse, type Spec, View } from "vega";
import { expressionInterpreter } from "vega-interpreter";
import { compile, type TopLevelSpec } from "vega-lite";

function refuse(): Promise<never> {
  return Promise.reject(
    new Error("the chart wants to fetch its data; put the data into the chart (`data.values`)"),
  );
}

const nothing = {
  load: refuse,
  sanitize: refuse,
  http: refuse,
  file: refuse,
} as unknown as Loader;

/** Draws, and returns what takes the chart away. */
export async function drawChart(
  box: HTMLElement,
  spec: unknown,
  isLite: boolean,
  label: string,
): Promise<() => void> {
  const style = getComputedStyle(box);
  const token = (name: string) => style.getPropertyValue(name).trim();
  const { view, trouble } = prepared(spec, isLite, label, token, box);
  await view.runAsync();
  // Vega draws on without data that it couldn't load: an empty chart would be a lie.
  const failed = trouble();
  if (failed) {
    view.finalize();
    box.replaceChildren();
    throw failed;
  }
  return () => {
    view.finalize();
    box.replaceChildren();
  };
}

/** The chart as a picture, its colours by the names of the page's tokens. */
export async function chartSvg(spec: unknown, isLite: boolean, label: string): Promise<string> {
  const { view, trouble } = prepared(spec, isLite, label, (name) => `var(${name})`, null);
  const svg = await view.toSVG();
  view.finalize();
  const failed = trouble();
  if (failed) throw failed;
  return svg;
}

/** A chart that is ready to be drawn, in our look where it has none of its own. */
function prepared(
  spec: unknown,
  isLite: boolean,
  label: string,
  token: (name: string) => string,
  box: HTMLElement | null,
) {
  const axis = {
    domainColor: token("--line-strong"),
    tickColor: token("--line-strong"),
    gridColor: token("--line"),
    labelColor: token("--dim"),
    titleColor: token("--dim"),
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: 500,
  };
  const config = {
    background: "transparent",
    font: token("--font"),
    title: { color: token("--ink"), fontSize: 13, fontWeight: 600 },
    axis,
    legend: { labelColor: token("--dim"), titleColor: token("--dim") },
    header: { labelColor: token("--dim"), titleColor: token("--dim") },
    view: { stroke: token("--line") },
    range: {
      category: [
        "--reused-bar",
        "--stale-bar",
        "--fresh-bar",
        "--fail-bar",
        "--run-bar",
        "--py",
        "--rs",
        "--faint",
      ].map(token),
    },
    ...(isLite ? { mark: { color: token("--reused-bar") }, text: { color: token("--ink") } } : {}),
  };
  const own = (spec as { config?: object }).config ?? {};
  const described = spec as { description?: string };
  // What a screen reader calls it; Vega tells it the marks as well.
  const description = described.description ?? label;
  const whole = { ...described, description, config: { ...config, ...own } };
  const { logger, trouble } = listening();
  const vega = isLite
    ? compile(whole as TopLevelSpec, { logger: logger as never }).spec
    : (whole as Spec);
  const view = new View(parse(vega, undefined, { ast: true }), {
    expr: expressionInterpreter,
    loader: nothing,
    logger: logger as never,
    ...(box
      ? { renderer: "svg" as const, container: box, hover: true }
      : { renderer: "none" as const }),
  });
  return { view, trouble };
}

/** A logger that keeps what Vega says of data that it couldn't load, and is silent. */
function listening() {
  let failed: Error | null = null;
  const logger = {
    level: () => logger,
    debug: () => logger,
    info: () => logger,
    warn: (...words: unknown[]) => {
      if (words[0] === "Loading failed")
        failed = words.find((word) => word instanceof Error) ?? null;
      return logger;
    },
    error: (...words: unknown[]) => {
      const error = words.find((word) => word instanceof Error);
      failed ??= error ?? new Error(words.map(String).join(" "));
      return logger;
    },
  };
  return { logger, trouble: () => failed };
}
