#!/usr/bin/env node
// Reads the name of the command and loads only that command, so that it starts fast.
import { homedir } from "node:os";
import { loadCommand } from "./cli/load-command.ts";

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    // The second signal ends the process at once, even if something is still open.
    if (stopping.signal.aborted) process.exit(130);
    stopping.abort();
  });
}

// The reader of the output may stop early, as in `doctor | head -1`. The command then cleans up and ends without a
// message. 141 is 128 + SIGPIPE, the exit code of other programs in a pipe.
const READER_LEFT = ["EPIPE", "ERR_STREAM_DESTROYED", "ECONNRESET", "EOF"];
const output: { lost?: number } = {};
process.stdout.on("error", ({ code = "unknown" }: NodeJS.ErrnoException) => {
  if (output.lost !== undefined) return;
  output.lost = READER_LEFT.includes(code) ? 141 : 1;
  if (output.lost === 1) process.stderr.write(`The output cannot be written (${code}).\n`);
  process.exitCode = output.lost;
  stopping.abort();
});
// If the reader of the log has gone, the log is lost and the work continues.
process.stderr.on("error", () => {});

const exitCode = await start(process.argv.slice(2)).catch(async (thrown: unknown) => {
  // After the output is lost, every further error is a consequence of that.
  if (output.lost !== undefined) return output.lost;
  const { printError } = await import("./cli/support/print-error.ts");
  return printError(process.stderr, thrown, process.env);
});
process.exitCode = output.lost ?? exitCode;
// The process ends by itself if nothing is open. A socket that was left open must not keep it alive.
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
  });
}
