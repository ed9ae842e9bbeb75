/** What is installed for the Python cells. */
import { useSignal } from "@preact/signals";
import { useResource } from "../../api/resource.ts";
import { count } from "../../format/format.ts";
import { Dialog } from "../../parts/dialog.tsx";
import { ProblemNote, Skeleton } from "../../parts/notice.tsx";
import { Search } from "../../parts/search.tsx";
import { readPackages } from "./server.ts";

export function PackagesDialog({ path, close }: { path: string; close: () => void }) {
  const found = useResource(path, (signal) => readPackages(path, signal));
  const text = useSignal("");
  const told = found.value.value;
  const wanted = text.value.trim().toLowerCase();
  const shown = told?.packages.filter(({ name }) => name.toLowerCase().includes(wanted)) ?? [];
  return (
    <Dialog title="Packages" close={close}>
      {found.problem.value && <ProblemNote problem={found.problem.value} again={found.refresh} />}
      {!told && !found.problem.value && <Skeleton label="reading what is installed" />}
      {told && (
        <>
          <p class="dim">
            {count(told.packages.length, "package")} of <code>{told.executable}</code>. In a cell{" "}
            <code>%pip install name</code> adds one.
          </p>
          <Search label="Find a package" text={text} autofocus />
          <ul class="packages" aria-label="Packages" tabIndex={0}>
            {shown.map(({ name, version }) => (
              <li key={name} class="entry">
                <span class="cut">{name}</span>
                <span class="k">{version}</span>
              </li>
            ))}
          </ul>
          {shown.length === 0 && <p class="dim">None is called that.</p>}
        </>
      )}
    </Dialog>
  );
}
