import type { Machine } from "../../config/data-folder.ts";

/** What a command gets from the process, so that a test can run it in its own process. */
export interface CommandIo {
  /** The arguments after the command's name. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly machine: Machine;
  /** The file of the program, to start it again. */
  readonly program: string;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Aborted by SIGINT or SIGTERM. */
  readonly stop: AbortSignal;
}

/** A command; resolves with the exit code. */
export type Command = (io: CommandIo) => Promise<number>;

/** The command was typed wrong: exit code 2 instead of 1. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Writes lines. */
export function print(stream: NodeJS.WritableStream, ...lines: readonly string[]): void {
  stream.write(lines.map((line) => `${line}\n`).join(""));
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
