/** The place Notebooks, as far as it is: how notebooks are run today. */
import { Layout } from "../frame/layout.tsx";
import { useTitle } from "../frame/title.ts";
import { Command, Empty } from "../parts/notice.tsx";
import { href } from "../router.ts";

export function NotebooksPage() {
  useTitle("Notebooks");
  return (
    <Layout>
      <Empty icon="notebook" title="Notebooks can't be edited here yet">
        <p>
          They run from the shell and in Jupyter, over the same store, and every run of a notebook
          is in Runs: its cells as steps, its values as artifacts.
        </p>
        <Command>flownote run notebook.ipynb</Command>
        <Command>flownote kernel install</Command>
        <a class="btn" href={href("/runs")}>
          Go to Runs
        </a>
      </Empty>
    </Layout>
  );
}
