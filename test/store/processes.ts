import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { onTestFinished } from "vitest";

const require = createRequire(import.meta.url);

/** Bundles a program of child/ into `folder`, so that a process of it starts fast; answers its path. */
export async function bundleChild(
  folder: string,
  name: "store-child" | "sign-in-child" = "store-child",
): Promise<string> {
  await build({
    entryPoints: [fileURLToPath(new URL(`child/${name}.ts`, import.meta.url))],
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
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
  return join(folder, `${name}.mjs`);
}

export interface Child {
  /** What it has said so far, parsed, in order, without its `ready`. */
  readonly said: readonly unknown[];
  /** Lets it work. */
  go(): void;
  /** Writes a line to it. */
  tell(line: string): void;
  /** Resolves when it has said that many lines; rejects where it ended before. */
  saidLines(count: number): Promise<void>;
  /** What it said until it ended by itself; rejects where it failed. */
  done(): Promise<readonly unknown[]>;
  /** Stops it where it is, until it is resumed. */
  pause(): void;
  resume(): void;
  /** Ends it at once, in the middle of whatever it does. */
  kill(): Promise<void>;
}

/** Starts a process of the bundled program, ready to work; it does not outlive the test. */
export async function startChild(program: string, args: readonly string[]): Promise<Child> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ["pipe", "pipe", "pipe"] });
  // After `close` nothing more is to be read.
  const ended = once(child, "close");
  const said: unknown[] = [];
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    errors += chunk;
  });
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => said.push(JSON.parse(line)));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });

  const saidLines = async (count: number): Promise<void> => {
    while (said.length < count) {
      const [event] = await Promise.race([once(lines, "line"), ended.then(() => [null])]);
      if (event === null && said.length < count) throw new Error(`the process ended early: ${errors}`);
    }
  };
  await saidLines(1);
  said.shift();
  return {
    said,
    saidLines,
    go() {
      child.stdin.write("go\n");
    },
    tell(line) {
      child.stdin.write(`${line}\n`);
    },
    async done() {
      const [code] = await ended;
      if (code !== 0) throw new Error(`the process failed: ${errors}`);
      return said;
    },
    pause: () => void child.kill("SIGSTOP"),
    resume: () => void child.kill("SIGCONT"),
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
