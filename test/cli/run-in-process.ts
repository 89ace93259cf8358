import { PassThrough } from "node:stream";
import type { Machine } from "../../src/config/data-folder.ts";
import type { Command, CommandIo } from "../../src/cli/support/command.ts";
import { printError } from "../../src/cli/support/print-error.ts";
import { MAIN } from "../support/product.ts";
import type { Ended } from "./run-command.ts";

/** Runs a command in this process, which costs far less than a process of its own. A failure is printed as the program does. */
export async function runInProcess(
  command: Command,
  args: readonly string[],
  given: {
    readonly env?: Readonly<Record<string, string>>;
    readonly machine?: Partial<Machine>;
    readonly program?: string;
    /** The command and its words, which an error about wrong typing needs; without them, the command was left out. */
    readonly argv?: readonly string[];
    /** How wide the terminal is. */
    readonly columns?: number;
    readonly stop?: AbortSignal;
    /** What a person answers, a line a question; the input ends after the last. Without it there is no terminal. */
    readonly typed?: readonly string[];
    /** What comes in from a pipe; `typed` comes from a terminal. */
    readonly piped?: string;
  } = {},
): Promise<Ended> {
  const stdin = new PassThrough();
  const answers = [...(given.typed ?? [])];
  const stdout = collector((text) => {
    if (!/[?:] $/.test(text)) return;
    const next = answers.shift();
    if (next === undefined) stdin.end();
    else stdin.write(`${next}\n`);
  });
  const stderr = collector();
  if (!given.typed) stdin.end(given.piped);
  const isTTY = given.typed !== undefined;
  const io: CommandIo = {
    args,
    env: given.env ?? {},
    machine: { platform: "linux", home: "/nonexistent", folder: "/nonexistent", ...given.machine },
    program: given.program ?? MAIN,
    stdin: Object.assign(stdin, { isTTY }) as unknown as NodeJS.ReadStream,
    stdout: Object.assign(stdout.stream, {
      isTTY: isTTY || given.columns !== undefined,
      columns: given.columns,
    }) as unknown as NodeJS.WriteStream,
    stderr: stderr.stream as unknown as NodeJS.WriteStream,
    stop: given.stop ?? new AbortController().signal,
  };
  let code: number;
  try {
    code = await command(io);
  } catch (thrown) {
    code = printError(io.stderr, thrown, io.env, { program: io.program, argv: given.argv ?? [] });
  }
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

function collector(onText: (text: string) => void = () => {}) {
  const stream = new PassThrough();
  let text = "";
  stream.setEncoding("utf8").on("data", (part: string) => {
    text += part;
    onText(part);
  });
  return {
    stream,
    text() {
      const rest = (stream.read() as string | null) ?? "";
      return text + rest;
    },
  };
}
