import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { onTestFinished } from "vitest";
import type { Json } from "../../src/domain/json.ts";
import type { Death } from "./dying.ts";

/** One thing for a process to do: take up what is unfinished, or plan, confirm and apply. */
export interface Order {
  readonly death: Death | null;
  readonly apply: { readonly tool: string; readonly args: Json } | null;
  /** Destructive effects of a day; as good as none where it is left out. */
  readonly limit?: number;
}

export interface Answer {
  /** Runs that were brought to their end. */
  readonly runs: readonly string[];
  /** Writes of a run that it took. */
  readonly writes: number;
  /** The code of the error that it ended with. */
  readonly refused?: string;
}

export interface Process {
  /** The answer, or null where the process died of it; rejects where it failed. */
  tell(order: Order): Promise<Answer | null>;
  /** Stops, continues or ends it from outside. */
  signal(signal: "SIGSTOP" | "SIGCONT" | "SIGKILL"): void;
  /** Lets it end by itself; rejects where it failed. */
  end(): Promise<void>;
}

const require = createRequire(import.meta.url);

/** Bundles child.ts into `folder`, so that a process of it starts fast; answers its path. */
export async function bundleChild(folder: string): Promise<string> {
  await build({
    entryPoints: [fileURLToPath(new URL("child.ts", import.meta.url))],
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    minify: true,
    legalComments: "none",
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "warning",
    // Some of what is bundled is CommonJS and asks for Node's own modules.
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
    plugins: [
      {
        // A native module cannot be bundled, and the bundle lies where no node_modules is found.
        name: "libsql-by-path",
        setup(bundling) {
          const path = require.resolve("libsql");
          bundling.onResolve({ filter: /^libsql$/ }, () => ({ path, external: true }));
        },
      },
    ],
  });
  return join(folder, "child.mjs");
}

/** Starts a process of the bundled program on a store and a sandbox, ready to work; it does not outlive the test. */
export async function startProcess(
  program: string,
  storePath: string,
  env: Readonly<Record<string, string>>,
): Promise<Process> {
  const child = spawn(process.execPath, [program, storePath], { env, stdio: ["pipe", "pipe", "pipe"] });
  const ended = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    errors += chunk;
  });
  // One that is killed while it is written to is not the writer's failure.
  child.stdin.on("error", () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<Answer | null> => {
    const { value, done } = (await lines.next()) as IteratorResult<string, undefined>;
    if (!done) return JSON.parse(value) as Answer;
    const [code, signal] = await ended;
    if (signal !== "SIGKILL") throw new Error(`the process ended with ${code ?? signal}: ${errors}`);
    return null;
  };
  await answer();
  return {
    tell(order) {
      child.stdin.write(`${JSON.stringify(order)}\n`);
      return answer();
    },
    signal: (signal) => void child.kill(signal),
    async end() {
      child.stdin.end();
      const [code, signal] = await ended;
      if (code !== 0) throw new Error(`the process ended with ${code ?? signal}: ${errors}`);
    },
  };
}
