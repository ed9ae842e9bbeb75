/** What the notebook as a whole has to say: killing what doesn't stop, a restart, a reload. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ProblemNote } from "../../parts/notice.tsx";
import { tell } from "../../state/toasts.ts";
import type { Desk } from "../model/desk.ts";
import { languageTitle } from "../protocol/book.ts";

export function Banners({ desk }: { desk: Desk }) {
  const { notebook } = desk;
  const killOffer = notebook.of("killOffer");
  const restartOffer = notebook.of("restartOffer");
  const interpreters = notebook.of("interpreters");
  const isOver = notebook.of("isOver");
  const reloads = notebook.reloads.value;
  const hidden = useSignal<string | null>(null);
  const ended = [...interpreters.values()].find((one) => one.state === "ended");
  const endedKey = ended?.state === "ended" ? `${ended.language}: ${ended.message}` : null;

  useEffect(() => {
    if (reloads > 0) tell("The file was changed on disk: it is shown as it is there now");
  }, [reloads]);

  return (
    <div class="banners" aria-live="polite">
      {killOffer && (
        <ProblemNote
          tone="warn"
          problem={{
            what: `${languageTitle(killOffer)} does not stop`,
            where: null,
            hint: "killing its interpreter stops it at once; values that only it holds are lost",
          }}
        >
          <p class="line banner-buttons">
            <button type="button" class="btn small" onClick={() => void desk.kill(killOffer)}>
              Kill the interpreter
            </button>
          </p>
        </ProblemNote>
      )}
      {restartOffer && (
        <ProblemNote
          tone="warn"
          problem={{ what: restartOffer.message, where: null, hint: restartOffer.hint }}
        >
          <p class="line banner-buttons">
            <button
              type="button"
              class="btn small"
              onClick={() => void desk.restart(restartOffer.language)}
            >
              Restart {languageTitle(restartOffer.language)} and restore
            </button>
          </p>
        </ProblemNote>
      )}
      {ended?.state === "ended" && endedKey !== hidden.value && !isOver && (
        <ProblemNote
          tone="warn"
          problem={{ what: ended.message, where: null, hint: ended.hint ?? null }}
        >
          <p class="line banner-buttons">
            <button
              type="button"
              class="btn small"
              onClick={() => {
                hidden.value = endedKey;
              }}
            >
              Dismiss
            </button>
          </p>
        </ProblemNote>
      )}
    </div>
  );
}
