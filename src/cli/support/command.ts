import type { Machine } from "../../config/data-folder.ts";

/**
 * Everything that a command gets from its process, such as arguments, environment and output. A test passes other
 * values.
 */
export interface CommandIo {
  /** The arguments after the command's name. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly machine: Machine;
  /** The path of this program's file, with which the program can be started again. */
  readonly program: string;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Aborted by SIGINT or SIGTERM. */
  readonly stop: AbortSignal;
  /**
   * Calls the given function each time the process gets the signal SIGHUP. Before this is called, SIGHUP ends the
   * process.
   */
  readonly onHangup?: (heard: () => void) => void;
}

/** A command of the program. Resolves with the exit code. */
export type Command = (io: CommandIo) => Promise<number>;

/** The user typed the command wrongly. The exit code is then 2 and not 1. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Writes lines. */
export function print(stream: NodeJS.WritableStream, ...lines: readonly string[]): void {
  if (lines.length > 0) stream.write(lines.map((line) => `${line}\n`).join(""));
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
