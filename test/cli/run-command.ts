import { spawn } from "node:child_process";
import { loadCommand } from "../../src/cli/load-command.ts";
import type { Command } from "../../src/cli/support/command.ts";
import { MAIN } from "../support/product.ts";
import { EVERY_WAY } from "../support/suites.ts";
import { runInProcess } from "./run-in-process.ts";

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Settings {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly cwd?: string;
}

/**
 * Runs a command with nothing but the given settings, feeds it `stdin` and waits for its end. `npm run test:every-way` runs the
 * built program; otherwise the command runs in this process, which costs no start of a program.
 */
export function runCommand(args: readonly string[], settings: Settings = {}): Promise<Ended> {
  return EVERY_WAY ? runProgram(args, settings) : runHere(args, settings);
}

const environmentOf = ({ env }: Settings) => ({
  PATH: process.env["PATH"] ?? "",
  HOME: "/nonexistent",
  ...env,
});

async function runHere(argv: readonly string[], settings: Settings): Promise<Ended> {
  const env = environmentOf(settings);
  const start: Command = async (io) => {
    const { run, args } = await loadCommand(argv);
    return await run({ ...io, args });
  };
  const machine = { platform: process.platform, home: env.HOME, folder: settings.cwd ?? process.cwd() };
  return await runInProcess(start, [], {
    env,
    machine,
    argv,
    ...(settings.stdin !== undefined && { piped: settings.stdin }),
  });
}

/** Runs the built program with nothing but the given settings, feeds it `stdin` and waits for its end. */
export function runProgram(args: readonly string[], settings: Settings = {}): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: environmentOf(settings),
    ...(settings.cwd && { cwd: settings.cwd }),
    // A command that ought to end and does not is ended, so that a failing test leaves nothing behind.
    timeout: 60_000,
  });
  const texts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      texts[name] += text;
    });
  }
  child.stdin.end(settings.stdin ?? "");
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, ...texts }));
  });
}
