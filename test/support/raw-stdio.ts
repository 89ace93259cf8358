import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { collect } from "./spawned.ts";

export type Line = Readonly<Record<string, unknown>>;

/** The program over its bare standard streams, for what no client does. */
export interface RawStdio {
  readonly child: ChildProcessWithoutNullStreams;
  send(message: Line): void;
  /** Every line that was written to standard output so far. */
  readonly lines: readonly string[];
  /** The next message for which `match` holds, those that came already included. */
  next(match: (message: Line) => boolean): Promise<Line>;
  stderr(): string;
  /** Ends the input and resolves with how the process ended. */
  end(): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** Spawns the program; `end` it in every test. */
export function spawnStdio(args: readonly string[], env: Readonly<Record<string, string>>): RawStdio {
  const child = spawn(process.execPath, [...args], {
    env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", ...env },
    stdio: "pipe",
  });
  const stderr = collect(child.stderr);
  // Not "exit", after which the last lines may still be in the pipes.
  const exited = once(child, "close");
  const lines: string[] = [];
  const listeners = new Set<() => void>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(line);
    for (const listener of listeners) listener();
  });
  return {
    child,
    lines,
    stderr,
    send: (message) => void child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`),
    next(match) {
      return new Promise((resolve, reject) => {
        const look = () => {
          const found = lines.map((line) => JSON.parse(line) as Line).find(match);
          if (found === undefined) return;
          listeners.delete(look);
          resolve(found);
        };
        listeners.add(look);
        exited.then(() => reject(new Error(`The program ended first:\n${stderr()}`)), reject);
        look();
      });
    },
    async end() {
      child.stdin.end();
      await exited;
      return { code: child.exitCode, signal: child.signalCode };
    },
  };
}
