/** The kernels of notebooks: processes that go on without a page, until they are ended. */
import { useSignal } from "@preact/signals";
import { endKernel } from "../api/health.ts";
import type { KernelRow } from "../api/types.ts";
import { size } from "../format/format.ts";
import { Ask } from "../parts/ask.tsx";
import { Ago } from "../parts/time.tsx";
import { href, to } from "../router.ts";
import { tell } from "../state/toasts.ts";

export function Kernels({ kernels, again }: { kernels: KernelRow[]; again: () => void }) {
  const asked = useSignal<KernelRow | null>(null);
  return (
    <section class="card whole" aria-label="Kernels">
      <h2 class="heading">Kernels</h2>
      {kernels.length === 0 && (
        <p class="dim">No notebook has a kernel: one begins with the first cell that runs.</p>
      )}
      {kernels.length > 0 && (
        <div class="scroll-x">
          <table class="plain">
            <thead>
              <tr>
                <th>notebook</th>
                <th>stands</th>
                <th class="extra">interpreters</th>
                <th class="right">memory</th>
                <th class="right extra">process</th>
                <th class="extra">a cell ran</th>
                <th>
                  <span class="aloud">what to do</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {kernels.map((kernel) => (
                <tr key={kernel.session}>
                  <td class="cut" title={kernel.file}>
                    {kernel.path ? (
                      <a class="plain" href={href(to("notebooks", ...kernel.path.split("/")))}>
                        {kernel.path}
                      </a>
                    ) : (
                      kernel.file || "a notebook"
                    )}
                  </td>
                  <td>{stands(kernel)}</td>
                  <td class="extra">
                    {kernel.interpreters.join(", ") || <span class="dim">none</span>}
                  </td>
                  <td class="right mono">{size(kernel.memory_bytes)}</td>
                  <td class="right mono extra">{kernel.pid}</td>
                  <td class="extra">
                    {kernel.last_ran_at ? (
                      <Ago time={kernel.last_ran_at} />
                    ) : (
                      <span class="dim">not yet</span>
                    )}
                  </td>
                  <td class="right">
                    <button
                      type="button"
                      class="btn small"
                      aria-label={`End the kernel of ${nameOf(kernel)}`}
                      onClick={() => {
                        asked.value = kernel;
                      }}
                    >
                      End
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {asked.value && (
        <Ask
          title="End this kernel?"
          text={`Values that only ${nameOf(asked.value)} holds are lost. The notebook and its results stay.`}
          verb="End the kernel"
          act={async () => {
            await endKernel(asked.value?.session ?? "");
            tell("The kernel ended");
            again();
          }}
          close={() => {
            asked.value = null;
          }}
        />
      )}
    </section>
  );
}

function nameOf(kernel: KernelRow): string {
  return kernel.path ?? (kernel.file || "the notebook");
}

function stands({ idle }: KernelRow): string {
  if (idle === null) return "doesn't answer";
  return idle ? "idle" : "running cells";
}
