/** Starts the page. */
import "./styles/index.css";
import { render } from "preact";
import { App } from "./app.tsx";
import { startKeys } from "./frame/keys.ts";
import { go, path, startRouter } from "./router.ts";
import { loadMe } from "./state/me.ts";
import { startTheme } from "./state/theme.ts";

startTheme();
startRouter();
startKeys();
if (path.peek() === "/") go("/runs", "replace");
void loadMe();
render(<App />, document.getElementById("app")!);
