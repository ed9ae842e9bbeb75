// Chooses light or dark before the first paint, so that the page never flashes.
// src/state/theme.ts follows the choice from then on.
(() => {
  let choice = "system";
  try {
    choice = localStorage.getItem("flownote.theme") ?? "system";
  } catch {
    // Storage may be refused; the system's choice stands.
  }
  const dark =
    choice === "dark" || (choice !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
