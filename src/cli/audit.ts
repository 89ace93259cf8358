import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "../domain/error.ts";
import { plural } from "../domain/text.ts";
import type { AuditLog } from "../domain/audit.ts";
import { type AuditFormat, auditLines, type AuditSource } from "./support/audit-lines.ts";
import { type Command, type CommandIo, print } from "./support/command.ts";
import { wireStore } from "./support/product.ts";
import { configureStore, type Flags, readFlags } from "./support/settings.ts";

/** How often (ms) `audit tail` looks for new records. */
const LOOK_MS = 500;

/** Verifies the audit log, exports its records, or prints new records as they are written. */
export const run: Command = async (io) => {
  const flags = readFlags("audit", io.args);
  const store = await wireStore(await configureStore(io, flags.settings, flags.values.tenant));
  try {
    return await VERBS[flags.verb](store, io, flags.values);
  } finally {
    await store.close();
  }
};

type Values = Flags<"audit">["values"];
type Act = (store: AuditSource, io: CommandIo, values: Values) => Promise<number>;

const VERBS: Readonly<Record<Flags<"audit">["verb"], Act>> = {
  verify: ({ audit }, io, { head }) => verify(audit, io, head),
  async export(store, io, { out, format }) {
    const lines = allLines(store, formatOf(format));
    if (out === undefined) await pipeline(lines, io.stdout, { end: false });
    else await writeTo(out, lines);
    return 0;
  },
  async tail(store, io, { format }) {
    await pipeline(newLines(store, formatOf(format), io), io.stdout, { end: false });
    return 0;
  },
};

function formatOf(format: string | undefined): AuditFormat {
  return format === "ocsf" || format === "cef" ? format : "jsonl";
}

async function verify(log: AuditLog, { stdout }: CommandIo, earlier: string | undefined): Promise<number> {
  const { records, broken, changed, deleted, head, hasHead } = await log.verify(earlier);
  if (broken !== null) {
    print(
      stdout,
      `The chain is broken: record ${broken} is the first that does not match the record before it.`,
    );
    return 1;
  }
  print(
    stdout,
    `The chain of ${plural(records, "record")} is unbroken: each record matches the record before it.`,
  );
  print(
    stdout,
    `The head of the chain is ${head}. Store this text in another place. Given with --head, this text shows later whether records were removed.`,
  );
  if (!hasHead)
    print(
      stdout,
      "No record of this log has the head that was given with --head: records were removed or rewritten.",
    );
  if (deleted > 0)
    print(
      stdout,
      `${plural(deleted, "plan or review was", "plans and reviews were")} deleted because of their age. The log has a record of each deletion.`,
    );
  print(stdout, ...changed);
  return hasHead && changed.length === 0 ? 0 : 1;
}

async function writeTo(path: string, lines: AsyncGenerator<string>): Promise<void> {
  try {
    await pipeline(lines, createWriteStream(path, { mode: 0o600 }));
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown;
    throw new AppError("INPUT_INVALID", "The export cannot be written to that file.", {
      next: "Give --out the path of a file that this user may write.",
      cause: thrown,
    });
  }
}

async function* allLines(store: AuditSource, format: AuditFormat): AsyncGenerator<string> {
  for await (const { text } of auditLines(store, format, 0)) yield text;
}

/** The lines of all records that are written from now on, by any process, until the command is stopped. */
async function* newLines(store: AuditSource, format: AuditFormat, io: CommandIo): AsyncGenerator<string> {
  let last = Number((await store.audit.head()).split(":")[0]);
  print(io.stderr, `Waiting for records after number ${last}. Ctrl-C ends it.`);
  while (!io.stop.aborted) {
    for await (const { seq, text } of auditLines(store, format, last)) {
      last = seq;
      yield text;
    }
    await sleep(LOOK_MS, undefined, { signal: io.stop }).catch(() => {});
  }
}
