// Bundles bench/main.ts, since Node 20 does not run TypeScript, and runs it. Arguments name measurements; none means all.
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const outfile = `${root}node_modules/.cache/bench.mjs`;
mkdirSync(`${root}node_modules/.cache`, { recursive: true });
process.chdir(root);
await build({
  entryPoints: ["bench/main.ts"],
  outfile,
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  packages: "external",
  sourcemap: "inline",
  logLevel: "warning",
});
await import(outfile);
