/** The processes that run the cells: how they stand, and beginning them anew. */
import { Icon } from "../../parts/icon.tsx";
import type { Desk } from "../model/desk.ts";
import { languageTitle } from "../protocol/book.ts";
import type { Interpreter } from "../protocol/types.ts";

export function Interpreters({ desk }: { desk: Desk }) {
  const { interpreters, session } = desk.notebook.book.value;
  const all = [...interpreters.values()];
  return (
    <section aria-label="Interpreters">
      <h3>Interpreters</h3>
      {all.length === 0 && (
        <p class="pane-note">
          {session
            ? "None runs: each starts with its first cell."
            : "No kernel runs: the first cell starts one."}
        </p>
      )}
      {all.map((one) => (
        <One key={one.language} desk={desk} interpreter={one} />
      ))}
      {all.some((one) => one.state !== "ended") && (
        <button
          type="button"
          class="btn small quiet"
          onClick={() => {
            desk.asking.value = "restart";
          }}
        >
          Restart all…
        </button>
      )}
    </section>
  );
}

function One({ desk, interpreter }: { desk: Desk; interpreter: Interpreter }) {
  const { language } = interpreter;
  // SQL and WASM share one process.
  const title = language === "sql" || language === "wasm" ? "SQL · WASM" : languageTitle(language);
  const details =
    interpreter.state === "ready"
      ? `${interpreter.runtime.executable}, process ${interpreter.pid}`
      : interpreter.state === "ended"
        ? interpreter.message
        : "";
  return (
    <div class="entry with-button" title={details}>
      <span class="cut">
        {title}{" "}
        {interpreter.state === "ready" && <span class="faint">{interpreter.runtime.version}</span>}
      </span>
      <span class="k">
        {interpreter.state === "ready" ? `pid ${interpreter.pid}` : interpreter.state}
      </span>
      <button
        type="button"
        class="btn quiet icon small"
        aria-label={`Restart ${title}`}
        title="Restart: its values go, results can be restored"
        onClick={() => void desk.restart(language)}
      >
        <Icon name="again" size={13} />
      </button>
    </div>
  );
}
