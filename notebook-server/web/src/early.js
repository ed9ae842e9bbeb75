/**
 * What can begin before the page's modules are there: fetching those that the address needs,
 * and asking the server for the notebook. A plain script in the head, with a digest in its
 * name; `build/early.ts` puts the names of files in. Nothing depends on it.
 */
(() => {
  const base = new URL("../", document.currentScript.src);
  const path = location.pathname.slice(base.pathname.length);
  const fetches = (rel, file, as) => {
    const link = document.createElement("link");
    link.rel = rel;
    if (as) link.as = as;
    link.crossOrigin = "";
    link.href = new URL(file, base);
    document.head.append(link);
  };
  for (const file of __FONTS__) fetches("preload", file, "font");
  if (!/^notebooks\/./.test(path)) return;
  for (const file of __MODULES__) fetches("modulepreload", file);
  for (const file of __STYLES__) fetches("preload", file, "style");

  let notebook;
  try {
    notebook = path.split("/").slice(1).filter(Boolean).map(decodeURIComponent).join("/");
  } catch {
    return;
  }
  const address = new URL("api/notebooks/socket", base);
  address.protocol = address.protocol.replace("http", "ws");
  address.search = new URLSearchParams({ path: notebook });
  const socket = new WebSocket(address);
  const early = { address: String(address), socket, heard: [] };
  socket.onmessage = (message) => early.heard.push(message);
  // Taken over by protocol/socket.ts.
  window.flownoteEarly = early;
})();
