/** An earlier save: what changed since, how it was, and bringing it back. */
import { useSignal } from "@preact/signals";
import { useResource } from "../../api/resource.ts";
import { moment } from "../../format/format.ts";
import { Dialog } from "../../parts/dialog.tsx";
import { ProblemNote, Skeleton } from "../../parts/notice.tsx";
import { Tabs } from "../../parts/tabs.tsx";
import { tell, tellProblem } from "../../state/toasts.ts";
import { LanguageBadge } from "../cell/language.tsx";
import type { Desk } from "../model/desk.ts";
import { CellsDiff } from "./cells-diff.tsx";
import { type Save, whySaved } from "./history.tsx";
import { differenceTo, readSave, restoreSave } from "./server.ts";

interface Props {
  desk: Desk;
  save: Save;
  close: () => void;
}

export function SaveDialog({ desk, save, close }: Props) {
  const { path } = desk.notebook;
  const chosen = useSignal("changes");
  const isBusy = useSignal(false);
  const difference = useResource(save.save, (signal) => differenceTo(path, save.save, signal));
  const cells = difference.value.value?.cells;
  const isSame = cells?.length === 0 && !difference.value.value?.metadata;
  const restore = async () => {
    isBusy.value = true;
    try {
      const { changed } = await restoreSave(path, save.save);
      tell(
        changed
          ? `The text is as it was at ${moment(save.at)} (Run stale brings the results): z takes it back`
          : "The notebook is that save already",
      );
      close();
    } catch (error) {
      tellProblem(error);
    }
    isBusy.value = false;
  };
  return (
    <Dialog title={`${moment(save.at)}: ${whySaved(save.why)}`} close={close} wide>
      <Tabs
        label="This save"
        tabs={[
          { id: "changes", title: "Changed since", badge: cells ? String(cells.length) : null },
          { id: "whole", title: "As it was" },
        ]}
        chosen={chosen.value}
        choose={(id) => {
          chosen.value = id;
        }}
      >
        <div class="save-view">
          {chosen.value === "whole" ? (
            <Whole path={path} save={save.save} />
          ) : (
            <>
              {difference.problem.value && <ProblemNote problem={difference.problem.value} />}
              {!cells && !difference.problem.value && <Skeleton lines={4} />}
              {isSame && <p class="dim">The notebook is the same now.</p>}
              {cells && <CellsDiff cells={cells} />}
            </>
          )}
        </div>
      </Tabs>
      <div class="line dialog-buttons">
        <span class="dim">What stands there now is kept in the history.</span>
        <span class="grow" />
        <button type="button" class="btn" onClick={close}>
          Close
        </button>
        <button
          type="button"
          class="btn primary"
          disabled={isBusy.value || isSame || !cells}
          onClick={() => void restore()}
        >
          Restore
        </button>
      </div>
    </Dialog>
  );
}

function Whole({ path, save }: { path: string; save: string }) {
  const saved = useResource(save, (signal) => readSave(path, save, signal));
  if (saved.problem.value) return <ProblemNote problem={saved.problem.value} />;
  const document = saved.value.value?.document;
  if (!document) return <Skeleton lines={6} />;
  if (document.cells.length === 0) return <p class="dim">It had no cells.</p>;
  return (
    <div class="stack">
      {document.cells.map(({ id, language, source }, at) => (
        <section key={id} class="card saved-cell" aria-label={`Cell at place ${at + 1}`}>
          <LanguageBadge language={language} />
          <pre class="grow">{source || " "}</pre>
        </section>
      ))}
    </div>
  );
}
