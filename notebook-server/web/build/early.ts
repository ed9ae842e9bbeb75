/** Puts `src/early.js` into the page, with the names of the files that it fetches. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { transformWithEsbuild } from "vite";

/** What the plugin reads of what Rollup made. */
interface Made {
  type: "chunk" | "asset";
  fileName: string;
  source?: string | Uint8Array;
  moduleIds?: string[];
  isEntry?: boolean;
  imports?: string[];
  viteMetadata?: { importedCss: Set<string> };
}

/** The modules of an open notebook, and the grammar that nearly every one needs. */
const WANTED = [
  "/src/notebooks/page.tsx",
  "/src/notebooks/open/page.tsx",
  "/@codemirror/lang-python/dist/index.js",
];
const FONTS = /(inter|jetbrains-mono)-latin-wght-normal.*\.woff2$/;

export const early = {
  name: "early",
  apply: "build" as const,
  generateBundle: {
    order: "post" as const,
    async handler(
      this: { emitFile(file: object): string },
      _options: unknown,
      bundle: Record<string, Made>,
    ) {
      const all = Object.values(bundle);
      const entry = all.find((made) => made.isEntry);
      const known = new Set<string>();
      if (entry) follow(bundle, entry.fileName, known);
      const modules = new Set<string>();
      for (const wanted of WANTED) {
        const made = all.find(({ moduleIds }) => moduleIds?.some((id) => id.endsWith(wanted)));
        if (!made) throw new Error(`no chunk has ${wanted}: build/early.ts names what is gone`);
        follow(bundle, made.fileName, modules);
      }
      const fresh = [...modules].filter((name) => !known.has(name));
      const styles = fresh.flatMap((name) => [...(bundle[name]?.viteMetadata?.importedCss ?? [])]);
      const fonts = Object.keys(bundle).filter((name) => FONTS.test(name));
      const text = readFileSync(new URL("../src/early.js", import.meta.url), "utf8");
      const { code } = await transformWithEsbuild(text, "early.js", {
        minify: true,
        define: {
          __MODULES__: JSON.stringify(fresh),
          __STYLES__: JSON.stringify([...new Set(styles)]),
          __FONTS__: JSON.stringify(fonts),
        },
      });
      const digest = createHash("sha256").update(code).digest("hex").slice(0, 8);
      const fileName = `assets/early-${digest}.js`;
      this.emitFile({ type: "asset", fileName, source: code });
      const page = bundle["index.html"];
      if (!page) throw new Error("there is no index.html to put the early script in");
      const html = String(page.source);
      const after = '<script src="/theme.js"></script>';
      if (!html.includes(after)) throw new Error("index.html has no theme.js to stand behind");
      page.source = html.replace(after, `${after}\n    <script src="/${fileName}"></script>`);
    },
  },
};

function follow(bundle: Record<string, Made>, name: string, found: Set<string>): void {
  if (found.has(name)) return;
  found.add(name);
  for (const next of bundle[name]?.imports ?? []) follow(bundle, next, found);
}
