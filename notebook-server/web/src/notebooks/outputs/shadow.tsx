/** Cleaned HTML in a shadow root: its styles reach nothing outside, ours give it a look. */
import { useLayoutEffect, useRef } from "preact/hooks";

/** The look of HTML in outputs, where no other style reaches. */
export const LOOK = `
:host { display: block; }
.content { font: 13px/1.55 var(--font); color: var(--ink); overflow-x: auto; }
table { border: 0; border-collapse: collapse; font: 12.5px/1.5 var(--mono); overflow-wrap: normal; }
th { text-align: left; font: 600 12px/1.5 var(--font); color: var(--dim); }
td, th { padding: 3px 10px; border: 0; border-bottom: 1px solid var(--line); vertical-align: top; }
thead th { border-bottom-color: var(--line-strong); white-space: nowrap; }
table.dataframe td, table.dataframe th { text-align: right; }
table.dataframe tbody th, table.dataframe thead th:first-child { text-align: left; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.null { color: var(--faint); }
tbody tr:hover { background: var(--panel); }
p { margin: 6px 0; }
pre, code { font-family: var(--mono); font-size: 12.5px; }
img, svg, video { max-width: 100%; height: auto; }
a { color: var(--accent); }
.flownote-caption, caption { color: var(--dim); font-size: 12px; }
caption { min-width: 40ch; text-align: left; }
`;

interface Props {
  /** What a screen reader calls it. */
  label: string;
  /** Cleaned already. */
  html: string;
}

export function Shadow({ html, label }: Props) {
  const host = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (!host.current) return;
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: "open" });
    const style = document.createElement("style");
    style.textContent = LOOK;
    const content = document.createElement("div");
    content.className = "content";
    content.innerHTML = html;
    // What scrolls must be reached by key.
    if (/<table/i.test(html)) content.tabIndex = 0;
    root.replaceChildren(style, content);
  }, [html]);
  // The box around it keeps what it positions inside of it, whatever its styles say.
  return (
    <div class="contained">
      <div ref={host} role="group" aria-label={label} />
    </div>
  );
}
