// Bundles the program into dist/: main.js and chunks that are loaded when first needed. Only the packages under
// `dependencies` stay outside, because they have native parts; everything else is part of the bundle, with its license.
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import "./catalog.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const { dependencies } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
// Parts of the bundle are CommonJS and ask for Node's own modules by `require`.
const banner = {
  js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
};
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

/**
 * The SDK's server loads three dialects of a JSON Schema validator at its start, for two functions that this program does not
 * call (`elicitInput`, `fromJsonSchema`). Zod checks everything here.
 */
const noSchemaValidator = {
  name: "no-schema-validator",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@modelcontextprotocol\/server\/_shims$/ }, () => ({
      path: "server-shims",
      namespace: "trello-identity",
    }));
    onLoad({ filter: /^server-shims$/, namespace: "trello-identity" }, () => ({
      contents: `
        import process from "node:process";
        export { process };
        export class DefaultJsonSchemaValidator {
          getValidator() { throw new Error("This build has no JSON Schema validator."); }
        }`,
    }));
  },
};

/**
 * undici's index loads everything that it has: fetch, WebSocket, mocks, caches. This program uses its Pool alone
 * (src/gateway/http/client.ts).
 */
const poolOfUndici = {
  name: "pool-of-undici",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]undici[\\/]index\.js$/ }, () => ({
      contents: 'exports.Pool = require("./lib/dispatcher/pool.js");',
    }));
  },
};

/**
 * OpenTelemetry as modules: of its CommonJS form nothing can be left out, which is five times as much.
 */
const telemetryAsModules = {
  name: "telemetry-as-modules",
  setup({ onResolve }) {
    onResolve({ filter: /^@opentelemetry\// }, ({ path, resolveDir }) => {
      const commonJs = createRequire(join(resolveDir, "x.js")).resolve(path);
      const esm = commonJs.replace(/([\\/])build\1src\1/, "$1build$1esm$1");
      return esm === commonJs ? null : { path: esm, sideEffects: false };
    });
  },
};

/** The facts of every tool as data, so that `tools/list` is answered without loading a tool. */
const factsAsData = {
  name: "facts-as-data",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/]server[\\/]tool-facts\.built\.ts$/ }, async () => ({
      contents: `export const builtFacts = JSON.parse(${JSON.stringify(JSON.stringify(await toolFacts()))});`,
      loader: "js",
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
  plugins: [onlyEnglish, noSchemaValidator, poolOfUndici, telemetryAsModules, factsAsData],
  // Names stay, so that a stack trace can be read without a source map.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: "none",
  logLevel: "warning",
  metafile: true,
  banner,
});
writeFileSync(`${root}dist/${LICENSES}`, licenses(Object.keys(metafile.inputs)));
// Chunks of earlier builds go last, so that dist/ holds a whole program at every moment.
const made = new Set([...Object.keys(metafile.outputs).map((path) => basename(path)), LICENSES]);
for (const name of readdirSync(`${root}dist`))
  if (!made.has(name)) rmSync(`${root}dist/${name}`, { recursive: true });
chmodSync(`${root}dist/main.js`, 0o755);

/** Bundles and runs the catalog alone. */
async function toolFacts() {
  const folder = mkdtempSync(join(tmpdir(), "trello-identity-build-"));
  try {
    const outfile = join(folder, "facts.mjs");
    await build({
      absWorkingDir: root,
      stdin: {
        resolveDir: root,
        contents:
          'import { catalog } from "./src/tools/catalog.ts"; import { toolFacts } from "./src/server/tool-list.ts"; export const facts = toolFacts(catalog);',
      },
      outfile,
      bundle: true,
      format: "esm",
      platform: "node",
      target: "node20",
      logLevel: "warning",
      plugins: [onlyEnglish],
      banner,
    });
    return (await import(pathToFileURL(outfile).href)).facts;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

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
