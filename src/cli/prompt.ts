import { createInterface } from "node:readline/promises";
import type { CommandIo } from "./command.ts";

/** Asks one line of a person at the terminal; empty when the input ends or the person breaks off. */
export async function ask(
  io: Pick<CommandIo, "stdin" | "stdout" | "stop">,
  question: string,
): Promise<string> {
  const lines = createInterface({ input: io.stdin, output: io.stdout });
  const ended = new AbortController();
  lines.once("close", () => ended.abort());
  lines.once("SIGINT", () => ended.abort());
  try {
    return (await lines.question(question, { signal: AbortSignal.any([ended.signal, io.stop]) })).trim();
  } catch (thrown) {
    if (ended.signal.aborted || io.stop.aborted) return "";
    throw thrown;
  } finally {
    lines.close();
  }
}
