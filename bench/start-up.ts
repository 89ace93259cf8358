import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { startSandbox } from "../src/sandbox/index.ts";
import type { Measurement } from "./measurement.ts";
import { median, ratio, timed } from "./measurement.ts";
import { environment, PROGRAM } from "./server.ts";

const ROUNDS = 9;

/** From spawning the program to its first `tools/list` answer, against Node running an empty program; interleaved. */
export async function startUp(): Promise<Measurement> {
  const sandbox = await startSandbox();
  const env = environment({ ...sandbox.env, IDENTITY_STORE_URL: "sqlite::memory:" });
  const empty: number[] = [];
  const first: number[] = [];
  const listed: number[] = [];
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      empty.push((await timed(() => once(spawn(process.execPath, ["-e", ""], { env }), "exit"))).ms);
      const times = await firstListing(env);
      first.push(times.initialized);
      listed.push(times.listed);
    }
  } finally {
    await sandbox.close();
  }
  return {
    title: `medians of ${ROUNDS} interleaved rounds`,
    lines: [
      `initialize answered / empty Node program: ${ratio(median(first), median(empty), "ms")}`,
      `tools/list answered / empty Node program: ${ratio(median(listed), median(empty), "ms")}`,
    ],
    broken: [],
  };
}

/** Milliseconds from the spawn to the answers of `initialize` and of `tools/list`. */
async function firstListing(
  env: Record<string, string>,
): Promise<{ readonly initialized: number; readonly listed: number }> {
  const start = performance.now();
  const child = spawn(process.execPath, [PROGRAM, "stdio"], { env, stdio: ["pipe", "pipe", "inherit"] });
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
  const initialized = performance.now() - start;
  say({ method: "notifications/initialized" });
  say({ id: 2, method: "tools/list" });
  const { value } = await answers.next();
  const listed = performance.now() - start;
  child.stdin.end();
  await ended;
  const { result } = JSON.parse(String(value)) as { result?: { tools?: readonly unknown[] } };
  if (!result?.tools?.length) throw new Error("the program listed no tools");
  return { initialized, listed };
}
