/** The cells, and the keys of command mode. */
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { Icon } from "../../parts/icon.tsx";
import { dragging, dropped } from "../cell/drag.ts";
import { Sight } from "../cell/sight.ts";
import { fillsWindow, Slot } from "../cell/slot.tsx";
import { Keys, keyName } from "../keys/bindings.ts";
import type { Desk } from "../model/desk.ts";
import { SandboxLayer } from "../outputs/sandbox/layer.tsx";
import { LANGUAGES } from "../protocol/book.ts";

/** How far above and below the window cells are kept, in pixels. */
const REACH = 900;

/** Outputs that scroll. */
const BOXES = ".table-box, .grid-box, .long, .traceback, .look, [role=tree]";

export function Cells({ desk }: { desk: Desk }) {
  const box = useRef<HTMLDivElement>(null);
  const sight = useMemo(() => new Sight(REACH), [desk]);
  const keys = useMemo(() => new Keys("command"), [desk]);
  useEffect(() => () => sight.close(), [sight]);
  const order = desk.order.value;
  // What the eye meets is there with the first frame; the observer brings the others.
  const first = useMemo(() => fillsWindow(desk, order, innerHeight), [desk]);
  const before = dragging.value?.before ?? null;

  // A cell that had the focus may go by an undo: the keys are its neighbour's then. What
  // somebody types in a cell that another person deletes becomes no commands.
  const shown = useRef(order);
  useLayoutEffect(() => {
    const focused = desk.focused.peek();
    const at = focused === null ? -1 : shown.current.indexOf(focused);
    shown.current = order;
    if (focused === null || at < 0 || order.includes(focused) || desk.editing.peek()) return;
    const next = order[Math.min(at, order.length - 1)];
    if (next) desk.goTo(next);
  }, [order]);

  const keydown = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    if (event.defaultPrevented || event.isComposing) return;
    // What takes letters itself, or is pressed by Enter and Space, keeps its keys.
    const isText = target.closest("input, textarea, select, .cm-editor, [role=menu]") !== null;
    const name = keyName(event);
    const isPressable = target.closest("button, a, summary") !== null;
    if (isText) {
      if (name === "Escape" && !target.closest(".cm-editor, [role=menu]")) desk.leaveText();
      return;
    }
    // In a grid letters are no commands: whoever walks through cells deletes nothing.
    if (target.closest(".grid") && !/^(Escape|.+\+Enter)$/.test(name)) return;
    if (isPressable && (name === "Enter" || name === " ")) return;
    // A box that scrolls has these keys for itself.
    if (target.closest(BOXES) && /^(Arrow\w+|Home|End|Page\w+)$/.test(name)) return;
    if (name === "Escape" && !target.matches("article")) {
      desk.leaveText();
      return;
    }
    const action = keys.press(name, event.timeStamp);
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    if (action !== "begun") void action.run(desk);
  };

  return (
    <div class="cells-ground" onKeyDown={keydown}>
      <div ref={box} class="cells" role="feed" aria-label="Cells" {...dropped(desk)}>
        {order.map((id, at) => (
          <Slot
            key={id}
            desk={desk}
            id={id}
            sight={sight}
            isBefore={before === at}
            isFirst={at < first}
          />
        ))}
      </div>
      <SandboxLayer desk={desk} />
      {before === order.length && <div class="drop-line" />}
      <div class="add-cells" role="group" aria-label="Add a cell">
        {LANGUAGES.filter(({ id }) => id !== "raw").map(({ id, title }) => (
          <button
            key={id}
            type="button"
            class="btn small quiet"
            onClick={() => void desk.insertAt(desk.order.peek().length, id)}
          >
            <Icon name="plus" size={11} /> {title}
          </button>
        ))}
      </div>
    </div>
  );
}
