/** The sheet of keys. */
import { signal } from "@preact/signals";
import { Dialog } from "../parts/dialog.tsx";

export const helpOpen = signal(false);

const KEYS: [string, string][] = [
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

export function HelpSheet() {
  if (!helpOpen.value) return null;
  return (
    <Dialog
      title="Keys"
      close={() => {
        helpOpen.value = false;
      }}
    >
      <dl class="keys">
        {KEYS.map(([keys, what]) => (
          <>
            <dt key={keys}>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{what}</dd>
          </>
        ))}
      </dl>
    </Dialog>
  );
}
