/**
 * A cell's text to type in: plain lines at first sight, an editor once it is in the window and
 * the page idle, the pointer is over it or somebody is sent into it. An editor takes
 * milliseconds to make: a page of them would be seen that much later.
 */
import { useComputed, useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Sight } from "../cell/sight.ts";
import { finderOf } from "../find/finder.ts";
import type { Desk } from "../model/desk.ts";
import { inTurn } from "../model/idle.ts";
import type { CellState } from "../protocol/book.ts";
import { useSource } from "../text/use-source.ts";
import { Editor } from "./editor.tsx";

interface Props {
  desk: Desk;
  cell: CellState;
  /** What a screen reader calls it. */
  name: string;
}

const inWindow = new Sight(0);

export function CellEditor(props: Props) {
  const { desk, cell } = props;
  const isAwake = useSignal(false);
  const wake = () => {
    isAwake.value = true;
  };
  const isWanted = useComputed(() => {
    const wanted = desk.wanted.value;
    if (wanted?.edit && wanted.cell === cell.id) return true;
    return finderOf(desk).current.value?.cell === cell.id;
  }).value;
  useLayoutEffect(() => {
    if (isWanted) wake();
  }, [isWanted]);
  // Numbers of lines stand beside the text: it would move when they come.
  if (isAwake.value || isWanted || desk.lineNumbers.value) return <Editor {...props} />;
  return <Still desk={desk} id={cell.id} wake={wake} />;
}

function Still({ desk, id, wake }: { desk: Desk; id: string; wake: () => void }) {
  const box = useRef<HTMLPreElement>(null);
  useLayoutEffect(() => {
    if (!box.current) return;
    let forget = () => {};
    const blind = inWindow.watch(box.current, (isSeen) => {
      forget();
      if (isSeen) forget = inTurn(wake);
    });
    return () => {
      blind();
      forget();
    };
  }, []);
  const source = useSource(desk, id);
  return (
    <pre
      ref={box}
      class="text still"
      onPointerEnter={wake}
      onMouseDown={(event) => {
        // A finger comes without notice. The text is one node: the place in it is the place.
        if (event.button !== 0) return;
        event.preventDefault();
        const at = document.caretPositionFromPoint?.(event.clientX, event.clientY)?.offset ?? 0;
        desk.goTo(id, true, { from: at, to: at });
      }}
    >
      {source}
      {/* A last line that is empty counts in an editor. */}
      {/(^|\n)$/.test(source) && <br />}
    </pre>
  );
}
