/**
 * A list of which only the seen rows exist: rows of one height, any number of them.
 *
 * It knows nothing of roles or keys; who uses it gives its rows theirs.
 */
import { useSignal } from "@preact/signals";
import type { ComponentChildren, HTMLAttributes, Ref } from "preact";
import { useEffect, useImperativeHandle, useLayoutEffect, useRef } from "preact/hooks";

export interface VirtualHandle {
  /** Scrolls as little as needed for a row to be seen whole. */
  reveal(row: number): void;
  toEnd(): void;
  element(): HTMLElement | null;
}

interface Props {
  rows: number;
  rowHeight: number;
  children: (row: number) => ComponentChildren;
  /** Told which rows are seen, for what they show to be asked for. */
  seen?: (first: number, last: number) => void;
  /** Stays at the end as long as the reader is there. */
  follow?: boolean;
  onFollow?: (atEnd: boolean) => void;
  handle?: Ref<VirtualHandle>;
  outer?: HTMLAttributes<HTMLDivElement>;
  /** Wider than the box: the content's least width. */
  minWidth?: string;
}

/** Rows beyond the seen ones, so that a quick scroll doesn't show emptiness. */
const BEYOND = 8;

export function visible(
  top: number,
  height: number,
  rowHeight: number,
  rows: number,
): [number, number] {
  const first = Math.max(0, Math.floor(top / rowHeight) - BEYOND);
  const last = Math.min(rows, Math.ceil((top + height) / rowHeight) + BEYOND);
  return [Math.min(first, last), last];
}

export function Virtual(props: Props) {
  const box = useRef<HTMLDivElement>(null);
  const range = useSignal<[number, number]>([0, 0]);
  const { rows, rowHeight } = props;

  const measure = () => {
    const at = box.current;
    if (!at) return;
    const next = visible(at.scrollTop, at.clientHeight, rowHeight, rows);
    const [first, last] = range.peek();
    if (first !== next[0] || last !== next[1]) range.value = next;
    props.seen?.(next[0], Math.max(next[0], next[1] - 1));
  };

  const scrolled = () => {
    measure();
    const at = box.current;
    if (at && props.onFollow) {
      props.onFollow(at.scrollTop + at.clientHeight >= at.scrollHeight - rowHeight);
    }
  };

  useLayoutEffect(() => {
    if (props.follow && box.current) box.current.scrollTop = box.current.scrollHeight;
    measure();
  }, [rows, rowHeight, props.follow]);

  useEffect(() => {
    const watch = new ResizeObserver(measure);
    if (box.current) watch.observe(box.current);
    return () => watch.disconnect();
  }, [rows, rowHeight]);

  useImperativeHandle(
    props.handle ?? { current: null },
    () => ({
      reveal(row: number) {
        const at = box.current;
        if (!at) return;
        const top = row * rowHeight;
        if (top < at.scrollTop) at.scrollTop = top;
        else if (top + rowHeight > at.scrollTop + at.clientHeight)
          at.scrollTop = top + rowHeight - at.clientHeight;
      },
      toEnd() {
        if (box.current) box.current.scrollTop = box.current.scrollHeight;
      },
      element: () => box.current,
    }),
    [rowHeight],
  );

  const [first, last] = range.value;
  const end = Math.min(last, rows);
  const shown: ComponentChildren[] = [];
  for (let row = first; row < end; row += 1) shown.push(props.children(row));
  const { class: extra, ...outer } = props.outer ?? {};
  return (
    <div {...outer} ref={box} class={`virtual ${extra ?? ""}`} onScroll={scrolled}>
      <div
        class="inner"
        role="presentation"
        style={{ height: `${rows * rowHeight}px`, minWidth: props.minWidth }}
      >
        <div
          class="window"
          role="presentation"
          style={{ transform: `translateY(${first * rowHeight}px)` }}
        >
          {shown}
        </div>
      </div>
    </div>
  );
}
