/** The open notebook gets another name; its session can't go along. */
import { Problem } from "../../api/problem.ts";
import { Ask } from "../../parts/ask.tsx";
import { go, to } from "../../router.ts";
import { tell } from "../../state/toasts.ts";
import { renameNotebook } from "../list/api.ts";
import type { Desk } from "../model/desk.ts";

/** Milliseconds that a kernel which was told to end gets for it, and between two looks. */
const PATIENCE = 8000;
const PAUSE = 200;

export function Rename({ desk, close }: { desk: Desk; close: () => void }) {
  const { notebook } = desk;
  const { path } = notebook;
  const runs = notebook.of("session") !== null;
  const act = async (name: string) => {
    if (runs) await desk.shutdown();
    const made = await renamed(path, name, runs);
    tell(`Renamed to ${made.path}`);
    go(to("notebooks", ...made.path.split("/")));
  };
  return (
    <Ask
      title={`Rename ${path}`}
      {...(runs
        ? {
            text: "Its session ends: values that only its interpreters hold are lost. The notebook and its results stay.",
          }
        : {})}
      field="Name, with folders"
      value={path}
      verb={runs ? "End the session and rename" : "Rename"}
      act={act}
      close={close}
    />
  );
}

/** Refused as long as the kernel that was told to end hasn't. */
async function renamed(path: string, name: string, ends: boolean) {
  const last = performance.now() + (ends ? PATIENCE : 0);
  for (;;) {
    try {
      return await renameNotebook(path, name);
    } catch (error) {
      const isRefused = error instanceof Problem && error.status === 409;
      if (!isRefused || performance.now() > last) throw error;
      await new Promise((done) => setTimeout(done, PAUSE));
    }
  }
}
