/** The whole page: the frame, and in it the place that the address names. */

import { Boundary } from "./frame/boundary.tsx";
import { useCommands } from "./frame/commands.ts";
import { Header, PLACES } from "./frame/header.tsx";
import { HelpSheet, openHelp } from "./frame/help.tsx";
import { Layout } from "./frame/layout.tsx";
import { lazy } from "./frame/lazy.tsx";
import { Palette } from "./frame/palette.tsx";
import { Toasts } from "./frame/toasts.tsx";
import { Empty } from "./parts/notice.tsx";
import { go, href, path, segments } from "./router.ts";
import { theme } from "./state/theme.ts";

// A place is fetched when it is first gone to.
const RunList = lazy(() => import("./runs/list/page.tsx").then((m) => m.RunListPage));
const Run = lazy(() => import("./runs/run/page.tsx").then((m) => m.RunPage));
const Task = lazy(() => import("./runs/task/page.tsx").then((m) => m.TaskPage));
const Compare = lazy(() => import("./compare/page.tsx").then((m) => m.ComparePage));
const Health = lazy(() => import("./health/page.tsx").then((m) => m.HealthPage));
const Data = lazy(() => import("./data/page.tsx").then((m) => m.DataPage));
const Notebooks = lazy(() => import("./notebooks/page.tsx").then((m) => m.NotebooksPage));

export function App() {
  useCommands(
    [
      ...PLACES.map(({ id, title }) => ({
        id: `go-${id}`,
        group: "Go to",
        title,
        keys: `g ${id[0]}`,
        run: () => go(`/${id}`),
      })),
      ...(["light", "dark", "system"] as const).map((name) => ({
        id: `theme-${name}`,
        group: "Look",
        title: name === "system" ? "Theme as the system has it" : `Theme ${name}`,
        run: () => {
          theme.value = name;
        },
      })),
      {
        id: "keys",
        group: "Help",
        title: "Keys",
        keys: "?",
        run: openHelp,
      },
    ],
    "app",
  );
  return (
    <div class="app">
      <a class="btn skip" href="#main">
        Skip to the content
      </a>
      <Header />
      <Boundary key={path.value}>
        <Place />
      </Boundary>
      <Palette />
      <HelpSheet />
      <Toasts />
    </div>
  );
}

function Place() {
  const [place = "runs", flow, run, step, task] = segments.value;
  switch (place) {
    case "runs":
      if (flow && run && step && task)
        return <Task flow={flow} run={run} step={step} task={task} />;
      if (flow && run) return <Run flow={flow} run={run} />;
      return <RunList flow={flow ?? null} />;
    case "compare":
      return <Compare />;
    case "health":
      return <Health />;
    case "data":
      return <Data />;
    case "notebooks":
      return <Notebooks />;
    default:
      return (
        <Layout>
          <Empty isPage icon="search" title="There is no such page">
            <p>
              <code>{path.value}</code> names none of the four places.
            </p>
            <a class="btn" href={href("/runs")}>
              Go to Runs
            </a>
          </Empty>
        </Layout>
      );
  }
}
