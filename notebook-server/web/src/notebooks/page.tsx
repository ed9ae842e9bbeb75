/** The place Notebooks: the list of them, or one of them open. */
import { lazy } from "../frame/lazy.tsx";
import { segments } from "../router.ts";
import { NotebookList } from "./list/page.tsx";

// The editor and all that shows outputs comes with the first notebook that is opened.
const Open = lazy(() => import("./open/page.tsx").then((m) => m.NotebookPage));

export function NotebooksPage() {
  const [, ...parts] = segments.value;
  const path = parts.join("/");
  return path ? <Open key={path} path={path} /> : <NotebookList />;
}
