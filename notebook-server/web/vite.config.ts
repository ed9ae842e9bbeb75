/** How the page is built: one small first load, places and heavy parts as chunks of their own. */
import { build } from "esbuild";
import { defineConfig } from "vite";
import { early } from "./build/early.ts";
import { squeeze } from "./build/squeeze.ts";

// `npm run dev` shows the page from here and asks a running `flownote ui` for everything else:
// FLOWNOTE_UI is its address.
const server = process.env.FLOWNOTE_UI ?? "http://127.0.0.1:8765";

/** KaTeX names each of its fonts in three forms; every browser of today reads the first. */
const woff2Only = {
  name: "katex-woff2-only",
  enforce: "pre" as const,
  transform: (code: string, id: string) =>
    id.includes("katex") && id.endsWith(".css")
      ? code.replace(/,url\([^)]*\) format\("(woff|truetype)"\)/g, "")
      : null,
};

/** The frame for scripts of outputs: one file, because it has no origin to load another from. */
const sandbox = {
  name: "sandbox",
  apply: "build" as const,
  async generateBundle(this: { emitFile(file: object): string }) {
    const folder = "src/notebooks/outputs/sandbox/frame";
    const options = { bundle: true, minify: true, write: false, target: "es2022" } as const;
    const built = async (entry: string) => {
      const { outputFiles } = await build({ ...options, entryPoints: [`${folder}/${entry}`] });
      return outputFiles[0]?.text ?? "";
    };
    const [program, look] = await Promise.all([built("main.ts"), built("look.css")]);
    const source = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Outputs with scripts</title>
<style>${look}</style></head><body><script>${program}</script></body></html>
`;
    this.emitFile({ type: "asset", fileName: "sandbox.html", source });
  },
};

export default defineConfig({
  plugins: [woff2Only, sandbox, early, squeeze],
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  build: {
    target: "es2022",
    // Chunks find one another relative to themselves, so that one build serves under any
    // `--base-url`; the server writes its base into index.html alone.
    modulePreload: { polyfill: false },
    sourcemap: false,
    chunkSizeWarningLimit: 400,
    // The policy of the page allows no `data:` fonts or scripts.
    assetsInlineLimit: 0,
  },
  experimental: {
    renderBuiltUrl: (_file, { hostType }) => (hostType === "html" ? undefined : { relative: true }),
  },
  server: {
    host: "127.0.0.1",
    proxy: {
      "/api": { target: server, ws: true },
      "/login": { target: server },
      "/sandbox": { target: server },
    },
  },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
} as Parameters<typeof defineConfig>[0]);
