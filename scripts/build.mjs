// Bundles the program into dist/main.js (a bundle starts about a third faster than loose modules). What is
// native (libsql) or loaded only when first needed stays outside or becomes a chunk of its own.
import { chmodSync, readdirSync, rmSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import "./catalog.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ["src/main.ts"],
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  external: ["libsql"],
  sourcemap: "linked",
  logLevel: "warning",
  metafile: true,
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
});
// Chunks of earlier builds go last, so that dist/ holds a whole program at every moment.
const made = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
for (const name of readdirSync(`${root}dist`))
  if (!made.has(name)) rmSync(`${root}dist/${name}`, { recursive: true });
chmodSync(`${root}dist/main.js`, 0o755);
