/** The place Data, as far as it is: what will be here, and where the same is now. */
import { Layout } from "../frame/layout.tsx";
import { useTitle } from "../frame/title.ts";
import { Command, Empty } from "../parts/notice.tsx";
import { href } from "../router.ts";

export function DataPage() {
  useTitle("Data");
  return (
    <Layout>
      <Empty icon="data" isPage title="Data is read in runs and notebooks, for now">
        <p>
          This place will list the artifacts and tables of the store, with their schemas, a grid and
          a box for SQL. Until then each task shows what it made: open a run, choose a task, then
          its artifacts.
        </p>
        <a class="btn" href={href("/runs")}>
          Go to Runs
        </a>
        <p>In a shell:</p>
        <Command>flownote artifacts FLOW/RUN/STEP/TASK</Command>
      </Empty>
    </Layout>
  );
}
