// Bundles the program into dist/: main.js and chunks that are loaded when first needed. Only the packages under
// `dependencies` stay outside, because they have native parts; everything else is part of the bundle, with its license.
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import "./catalog.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const { dependencies } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
const LICENSES = "THIRD-PARTY-LICENSES.txt";

/** Messages of zod in fifty languages, of which only English is shown. */
const onlyEnglish = {
  name: "only-english",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: 'export { default as en } from "./en.js";',
    }));
  },
};

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ["src/main.ts"],
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  // pg looks for pg-native and does without it.
  external: [...Object.keys(dependencies), "pg-native"],
  plugins: [onlyEnglish],
  // Names stay, so that a stack trace can be read without a source map.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: "none",
  logLevel: "warning",
  metafile: true,
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
});
writeFileSync(`${root}dist/${LICENSES}`, licenses(Object.keys(metafile.inputs)));
// Chunks of earlier builds go last, so that dist/ holds a whole program at every moment.
const made = new Set([...Object.keys(metafile.outputs).map((path) => basename(path)), LICENSES]);
for (const name of readdirSync(`${root}dist`))
  if (!made.has(name)) rmSync(`${root}dist/${name}`, { recursive: true });
chmodSync(`${root}dist/main.js`, 0o755);

/** The name, version and license text of every package of which something is in the bundle. */
function licenses(inputs) {
  const folders = new Set(
    inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []),
  );
  return [...folders]
    .map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(`${root}${folder}/package.json`, "utf8"));
      const file = readdirSync(`${root}${folder}`).find((each) => /^(licen[cs]e|copying)/i.test(each));
      const path = `${root}${folder}/${file}`;
      const text = file && existsSync(path) ? readFileSync(path, "utf8").trim() : `License: ${license}`;
      return `${name} ${version}\n\n${text}\n`;
    })
    .toSorted()
    .join(`\n${"-".repeat(80)}\n\n`);
}
