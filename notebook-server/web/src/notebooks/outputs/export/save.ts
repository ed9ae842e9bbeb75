/** Saves a notebook as one HTML file; what makes it is fetched when it is asked for. */
import { tellProblem } from "../../../state/toasts.ts";
import type { Desk } from "../../model/desk.ts";

export async function saveAsHtml(desk: Desk): Promise<void> {
  try {
    const { notebookHtml } = await import("./document.ts");
    const html = await notebookHtml(desk.notebook, (key) => desk.sandbox.picture(key));
    const name = desk.notebook.path.split("/").at(-1) ?? "notebook";
    const address = URL.createObjectURL(new Blob([html], { type: "text/html" }));
    const link = Object.assign(document.createElement("a"), {
      href: address,
      download: `${name.replace(/\.[^.]+$/, "")}.html`,
    });
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  } catch (error) {
    tellProblem(error);
  }
}
