/** What fills the store, flow by flow, and what gc would take away. */
import type { StoreSize } from "../api/types.ts";
import { number, size } from "../format/format.ts";
import { Command, Skeleton } from "../parts/notice.tsx";
import { Ago } from "../parts/time.tsx";
import { href, to } from "../router.ts";

export function StoreTable({ size: store }: { size: StoreSize | null }) {
  return (
    <section class="card whole" aria-label="What fills the store">
      <div class="line wrap">
        <h2 class="heading">What fills the store</h2>
        <span class="grow" />
        {store && (
          <span class="faint">
            measured <Ago time={store.measured_at} />
          </span>
        )}
      </div>
      {store ? <Inside store={store} /> : <Skeleton lines={4} label="measuring the store" />}
    </section>
  );
}

function Inside({ store }: { store: StoreSize }) {
  const most = Math.max(1, ...store.flows.map((flow) => flow.object_bytes + flow.blob_bytes));
  const canGo = store.unreferenced_bytes + store.trash_bytes;
  return (
    <>
      {store.flows.length === 0 && <p class="dim">No flow has runs yet.</p>}
      {store.flows.length > 0 && (
        <div class="scroll-x">
          <table class="plain">
            <thead>
              <tr>
                <th>flow</th>
                <th class="right">runs</th>
                <th class="right">values</th>
                <th class="right">records and logs</th>
                <th class="share">
                  <span class="aloud">share</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {store.flows.map((flow) => (
                <tr key={flow.flow}>
                  <td class="cut" title={flow.flow}>
                    <a class="plain" href={href(to("runs", flow.flow))}>
                      {flow.flow}
                    </a>
                  </td>
                  <td class="right mono">{number(flow.runs)}</td>
                  <td class="right mono">{size(flow.blob_bytes)}</td>
                  <td class="right mono">{size(flow.object_bytes)}</td>
                  <td class="share" aria-hidden="true">
                    <span class="meter">
                      <i
                        style={{
                          width: `${(100 * (flow.object_bytes + flow.blob_bytes)) / most}%`,
                        }}
                      />
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p class="dim store-note">
        Values are kept once: {size(store.blob_bytes)} in all, however many flows share them.{" "}
        {canGo > 0
          ? `No run refers to ${size(store.unreferenced_bytes)}, and ${size(store.trash_bytes)} lie in the trash:`
          : "Nothing of it is left over."}
      </p>
      {canGo > 0 && <Command>flownote gc</Command>}
    </>
  );
}
