import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";
import { startSandbox } from "../src/sandbox/index.ts";
import type { Measurement } from "./measurement.ts";
import { median, ratio } from "./measurement.ts";
import { environment, PROGRAM } from "./server.ts";

const ROUNDS = 15;

/**
 * From the spawn to the answers of `initialize` and of `tools/list`, and the memory then and at rest: the program against a
 * bare server of the same SDK with as many tools (bare-server.ts), interleaved.
 */
export async function startUp(): Promise<Measurement> {
  const sandbox = await startSandbox();
  const folder = await mkdtemp(join(tmpdir(), "trello-identity-bench-"));
  const env = environment({ ...sandbox.env, IDENTITY_STORE_URL: "sqlite::memory:" });
  const bare: Start[] = [];
  const ours: Start[] = [];
  try {
    const server = join(folder, "bare-server.mjs");
    await bundleBare(server);
    for (let round = 0; round < ROUNDS; round += 1) {
      bare.push(await start([server], env));
      ours.push(await start([PROGRAM, "stdio"], env));
    }
  } finally {
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  }
  const line = (what: string, of: (start: Start) => number, unit: string) =>
    `${what}, ours / bare server: ${ratio(median(ours.map(of)), median(bare.map(of)), unit)}`;
  return {
    title: `medians of ${ROUNDS} interleaved rounds; the bare server has the same SDK and 37 trivial tools`,
    lines: [
      line("initialize answered", ({ initialized }) => initialized, "ms"),
      line("tools/list answered", ({ listed }) => listed, "ms"),
      line("memory when the tools are listed", ({ listedMb }) => listedMb, "MB"),
      line("memory at rest", ({ restMb }) => restMb, "MB"),
      line("from the end of the input to the exit", ({ exited }) => exited, "ms"),
    ],
    broken: [],
  };
}

interface Start {
  /** Milliseconds from the spawn to the answer of `initialize`, and to that of `tools/list`. */
  readonly initialized: number;
  readonly listed: number;
  /** Resident memory in megabytes when the tools were listed, and a while later. */
  readonly listedMb: number;
  readonly restMb: number;
  /** Milliseconds from the end of the input to the exit. */
  readonly exited: number;
}

/** Bundles the bare server as the program is bundled. */
async function bundleBare(outfile: string): Promise<void> {
  await build({
    entryPoints: ["bench/bare-server.ts"],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    minifyWhitespace: true,
    minifySyntax: true,
    logLevel: "warning",
  });
}

const REST_MS = 1_500;

async function start(program: readonly string[], env: Record<string, string>): Promise<Start> {
  const began = performance.now();
  const child = spawn(process.execPath, program, { env, stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const say = (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const clientInfo = { name: "bench", version: "1.0.0" };
  say({
    id: 1,
    method: "initialize",
    params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo },
  });
  await answers.next();
  const initialized = performance.now() - began;
  say({ method: "notifications/initialized" });
  say({ id: 2, method: "tools/list" });
  const { value } = await answers.next();
  const listed = performance.now() - began;
  const listedMb = await residentMb(child.pid);
  const { result } = JSON.parse(String(value)) as { result?: { tools?: readonly unknown[] } };
  if (!result?.tools?.length) throw new Error("the program listed no tools");
  await new Promise((resolve) => setTimeout(resolve, REST_MS));
  const restMb = await residentMb(child.pid);
  const closing = performance.now();
  child.stdin.end();
  await ended;
  return { initialized, listed, listedMb, restMb, exited: performance.now() - closing };
}

/** The resident memory of a process as Linux tells it; not a number elsewhere. */
async function residentMb(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024;
}
