/** Printed text: a few lines as they are, many in a box that shows only what is seen. */
import { signal, useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { count } from "../../format/format.ts";
import { Ansi } from "../../parts/ansi.tsx";
import { copy } from "../../parts/copy.tsx";
import { useOverflow } from "../../parts/overflow.ts";
import { Virtual } from "../../parts/virtual.tsx";
import { tell } from "../../state/toasts.ts";
import type { ShownOutput } from "../protocol/outputs.ts";
import type { StreamText } from "../protocol/stream.ts";
import { useKept } from "./kept.ts";

/** More lines than these come in a box. */
export const FEW = 40;
const LINE = 20;
/** Lines that a box shows at once. */
const SHOWN = 18;
/** More lines than these stay in a box: a page of them all would be slow. */
const MOST = 5000;

interface Props {
  /** Another object whenever its text grew: the text itself is one for as long as it stands. */
  output: Extract<ShownOutput, { kind: "stream" }>;
  isRunning: boolean;
  /** What it is called. */
  what?: string;
}

export function StreamView({ output, isRunning, what = "printed text" }: Props) {
  const { text, name } = output;
  const follows = useSignal(true);
  const touchedAt = useRef(0);
  const touch = () => {
    touchedAt.current = performance.now();
  };
  const isWhole = useKept("whole", () => signal(false));
  const root = useRef<HTMLDivElement>(null);
  const wasWhole = useRef(false);
  // Whoever folds thousands of lines away stood far below what is left of them.
  useLayoutEffect(() => {
    if (wasWhole.current && !isWhole.value) root.current?.scrollIntoView({ block: "nearest" });
    wasWhole.current = isWhole.value;
  }, [isWhole.value]);
  const { length, dropped } = text;
  const class_ = `stream ${name === "stderr" ? "stderr" : ""}`;
  const few = useRef<HTMLPreElement>(null);
  const overflows = useOverflow(few, output);
  if (length <= FEW) return linesOf(class_, text, few, overflows.value);
  const notes = (
    <div class="note line stream-note">
      <span>
        {isWhole.value ? count(length, "line") : `${SHOWN} of ${count(length, "line")} are seen`}
        {dropped > 0 &&
          `; ${count(dropped, "earlier line")} ${dropped === 1 ? "is" : "are"} not kept`}
      </span>
      {length <= MOST && (
        <button
          type="button"
          class="btn small"
          aria-expanded={isWhole.value}
          onClick={() => {
            isWhole.value = !isWhole.peek();
          }}
        >
          {isWhole.value ? "Show fewer" : `Show all ${count(length, "line")}`}
        </button>
      )}
      <button
        type="button"
        class="text-button"
        onClick={() =>
          void copy(text.text, `the ${what}`).then((done) => done && tell(`Copied the ${what}`))
        }
      >
        copy
      </button>
    </div>
  );
  if (isWhole.value && length <= MOST) {
    return (
      <div ref={root}>
        {linesOf(`${class_} whole`, text)}
        {notes}
      </div>
    );
  }
  return (
    <div ref={root} class={`${class_} long`}>
      <Virtual
        rows={length}
        rowHeight={LINE}
        follow={isRunning && follows.value}
        onFollow={(atEnd) => {
          // New lines put the end further away; only the reader goes away from it.
          if (atEnd || performance.now() - touchedAt.current < 600) follows.value = atEnd;
        }}
        outer={{
          style: { height: `${SHOWN * LINE}px` },
          onWheel: touch,
          onPointerDown: touch,
          onTouchMove: touch,
          onKeyDown: (event: KeyboardEvent) => {
            touch();
            goesToAnEnd(event);
          },
          tabIndex: 0,
          role: "region",
          "aria-label": `${what[0]!.toUpperCase()}${what.slice(1)}, ${count(length, "line")}`,
        }}
      >
        {(row) => (
          <div class="line-row" key={row}>
            <Ansi line={text.line(row)} />
          </div>
        )}
      </Virtual>
      {notes}
    </div>
  );
}

/** No component: the text grows in its place, which one would take for the same. */
function linesOf(
  class_: string,
  text: StreamText,
  box: RefObject<HTMLPreElement | null> | null = null,
  scrolls = false,
) {
  return (
    <pre ref={box} class={class_} tabIndex={scrolls ? 0 : undefined}>
      {text.lines.map((line, at) => (
        <span key={at}>
          <Ansi line={line} />
          {"\n"}
        </span>
      ))}
    </pre>
  );
}

/** Home and End are the box's own: a browser gives them to the page once the box is there. */
function goesToAnEnd(event: KeyboardEvent): void {
  if (event.key !== "Home" && event.key !== "End") return;
  const box = event.currentTarget as HTMLElement;
  event.preventDefault();
  box.scrollTop = event.key === "Home" ? 0 : box.scrollHeight;
}
