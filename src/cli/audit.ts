import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { AppError } from "../domain/error.ts";
import { plural } from "../domain/text.ts";
import type { AuditLog } from "../store/store.ts";
import { type Command, type CommandIo, print } from "./support/command.ts";
import { wireStore } from "./support/product.ts";
import { configure, readFlags } from "./support/settings.ts";

const PAGE = 500;

/** Checks the chain of the audit log, or exports its records. */
export const run: Command = async (io) => {
  const flags = readFlags("audit", io.args);
  const store = await wireStore(await configure(io, flags.settings, { trello: false }));
  try {
    return flags.verb === "verify"
      ? await verify(store.audit, io, flags.values.head)
      : await exportJsonLines(store.audit, io, flags.values.out);
  } finally {
    await store.close();
  }
};

async function verify(log: AuditLog, { stdout }: CommandIo, earlier: string | undefined): Promise<number> {
  const { records, broken, changed, head, hasHead } = await log.verify(earlier);
  if (broken !== null) {
    print(
      stdout,
      `The chain is broken: record ${broken} is the first that does not match the record before it.`,
    );
    return 1;
  }
  print(stdout, `The chain of ${plural(records, "record")} is unbroken.`);
  print(stdout, `Its head is ${head}. Keep it elsewhere: with --head it shows whether the chain was cut.`);
  if (!hasHead) print(stdout, "The given head is not in this chain: the chain was cut, or written again.");
  print(stdout, ...changed);
  return hasHead && changed.length === 0 ? 0 : 1;
}

async function exportJsonLines(log: AuditLog, io: CommandIo, path: string | undefined): Promise<number> {
  if (path === undefined) {
    await pipeline(jsonLines(log), io.stdout, { end: false });
    return 0;
  }
  try {
    await pipeline(jsonLines(log), createWriteStream(path, { mode: 0o600 }));
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown;
    throw new AppError("INPUT_INVALID", "The export cannot be written to that file.", {
      next: "Give --out the path of a file that this user may write.",
      cause: thrown,
    });
  }
  return 0;
}

async function* jsonLines(log: AuditLog): AsyncGenerator<string> {
  let after = 0;
  for (;;) {
    const records = await log.read({ after, limit: PAGE });
    for (const record of records) {
      after = record.seq;
      yield `${JSON.stringify(record)}\n`;
    }
    if (records.length < PAGE) return;
  }
}
