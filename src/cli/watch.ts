import { pipeline } from "node:stream/promises";
import { leaverNotice } from "../report/webhook-notices.ts";
import { type Command, type CommandIo, print, UsageError } from "./support/command.ts";
import { leaverKey, offboardingBefore } from "./support/leaver-access.ts";
import { createNotices } from "./support/notices.ts";
import { clock, type Product, wire } from "./support/product.ts";
import { configureStore, type Flags, readFlags } from "./support/settings.ts";
import { everyMsOf, watchChanges, watchedJson, watchedLine } from "./support/watch.ts";

/** Prints each change of a membership until the command is stopped. It changes nothing in Trello. */
export const run: Command = async (io) => {
  const flags = readFlags("watch", io.args);
  const everyMs = everyMsOf(flags.values.every);
  if (everyMs === null) throw new UsageError("--every takes a number of seconds from 10 to 86400.");
  const config = await configureStore(io, flags.settings, flags.values.tenant, { trello: true });
  const product = await wire(config, { tools: [], writeLog: (line) => io.stderr.write(line) });
  try {
    await watch(product, io, { ...flags.values, everyMs });
  } finally {
    await product.close();
  }
  return 0;
};

async function watch(
  { config, engine, store, log }: Product,
  { stdout, stderr, stop }: CommandIo,
  { workspace, once, json, everyMs }: Flags<"watch">["values"] & { readonly everyMs: number },
): Promise<void> {
  const caller = { client: "watch", subject: null, signal: stop };
  const notices = createNotices(config, engine, { clock, log, pagesUrl: null });
  const changes = watchChanges({
    context: () => engine.context(caller),
    stored: engine.snapshots(caller),
    workspaces: workspace
      ?.split(",")
      .map((name) => name.trim())
      .filter((name) => name !== ""),
    everyMs: once ? null : everyMs,
    clock,
    stop,
    offboarded: (event) => offboardingBefore(event, store.runs),
    async leaver(change, run) {
      const { person, place, at, inferred, kind, by } = change;
      const time = at ?? inferred?.until ?? "";
      // A webhook may already have reported this access of an offboarded person to the service. If the service has told
      // people about it, the store contains the key of this access, so people are not told again.
      if (person && (await store.facts.setOnce(leaverKey(person.idMember, { place, at: time }), true)))
        notices.tell(
          leaverNotice(
            { kind, idMember: person.idMember, name: person.label, place, at: time, by: by ?? null },
            run,
          ),
        );
    },
    say: (sentence) => print(stderr, sentence),
  });
  const line = json ? watchedJson : watchedLine;
  try {
    await pipeline(
      changes,
      async function* lines(source) {
        for await (const watched of source) yield `${line(watched)}\n`;
      },
      stdout,
      { end: false },
    );
    await notices.settled();
  } finally {
    notices.close();
  }
}
