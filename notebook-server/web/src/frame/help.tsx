/** The sheet of keys: the frame's own, or that of the place, which has these, too. */
import { signal } from "@preact/signals";
import { Fragment } from "preact";
import { useEffect } from "preact/hooks";
import { Dialog } from "../parts/dialog.tsx";

const isOpen = signal(false);
/** How the place opens a sheet of its own. */
let own: (() => void) | null = null;

/** Opens the sheet of keys: there is one at a time. */
export function openHelp(): void {
  if (own) own();
  else isOpen.value = true;
}

/** As long as the component stands its sheet is the one that `?` opens. */
export function useHelp(open: () => void): void {
  useEffect(() => {
    own = open;
    return () => {
      own = null;
    };
  }, [open]);
}

export const KEYS: readonly [string, string][] = [
  ["Ctrl K", "Commands: everything that can be done here, and any run by its name"],
  [
    "/",
    "Search what is shown; runs also by alpha>0.5, status:failed, flow:, user:, tag:, since:7d",
  ],
  ["g r", "Go to Runs (g n Notebooks, g d Data, g h Health)"],
  ["↑ ↓  j k", "Move in a list"],
  ["Enter", "Open what is chosen"],
  ["Space", "Choose a run for comparison"],
  ["← →", "Move between tabs; between steps in a graph"],
  ["Esc", "Close; clear a search"],
  ["?", "This sheet"],
];

export function KeyList({ keys }: { keys: readonly [string, string][] }) {
  return (
    <dl class="keys">
      {keys.map(([key, what]) => (
        <Fragment key={key}>
          <dt>
            <kbd>{key}</kbd>
          </dt>
          <dd>{what}</dd>
        </Fragment>
      ))}
    </dl>
  );
}

export function HelpSheet() {
  if (!isOpen.value) return null;
  return (
    <Dialog
      title="Keys"
      close={() => {
        isOpen.value = false;
      }}
    >
      <KeyList keys={KEYS} />
    </Dialog>
  );
}
