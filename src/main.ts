#!/usr/bin/env node
// The start of the program. It loads only the command that the user typed, so that it starts fast.
import { homedir } from "node:os";
import { loadCommand } from "./cli/load-command.ts";

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    // A second signal (Ctrl-C) ends the process at once.
    if (stopping.signal.aborted) process.exit(130);
    stopping.abort();
  });
}

// These errors mean that the output is closed, because the program that reads it has ended, as in `doctor | head -1`.
// The command then ends without a message. Its exit code is 141 (128 + SIGPIPE), as for other programs.
const READER_LEFT = ["EPIPE", "ERR_STREAM_DESTROYED", "ECONNRESET", "EOF"];
const output: { lost?: number } = {};
process.stdout.on("error", ({ code = "unknown" }: NodeJS.ErrnoException) => {
  if (output.lost !== undefined) return;
  output.lost = READER_LEFT.includes(code) ? 141 : 1;
  if (output.lost === 1) process.stderr.write(`The output cannot be written (${code}).\n`);
  process.exitCode = output.lost;
  stopping.abort();
});
// If the program that reads the log has ended, the log is lost, but the work goes on.
process.stderr.on("error", () => {});

const exitCode = await start(process.argv.slice(2)).catch(async (thrown: unknown) => {
  // After the output was closed, every later error is a consequence of that.
  if (output.lost !== undefined) return output.lost;
  const { printError } = await import("./cli/support/print-error.ts");
  return printError(process.stderr, thrown, process.env, {
    program: process.argv[1] ?? "",
    argv: process.argv.slice(2),
  });
});
process.exitCode = output.lost ?? exitCode;
// Node ends the process by itself when nothing is open. If a socket was left open, this timer ends the process.
setTimeout(() => process.exit(), 500).unref();

async function start(argv: readonly string[]): Promise<number> {
  const { run, args } = await loadCommand(argv);
  return await run({
    args,
    env: process.env,
    machine: { platform: process.platform, home: homedir(), folder: process.cwd() },
    program: process.argv[1] ?? "",
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    stop: stopping.signal,
    // At a terminal, SIGHUP means that the terminal was closed. The process then ends.
    ...(process.stdin.isTTY ? {} : { onHangup: (heard) => void process.on("SIGHUP", heard) }),
  });
}
