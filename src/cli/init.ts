import { UsageError, print } from "./command.ts";
import type { Command } from "./command.ts";
import { CLIENTS, isClient, serverEntry } from "./clients.ts";
import { readFlags } from "./flags.ts";
import { mergeEntry } from "./merge-entry.ts";

/** Prints a client's configuration, or merges it into the client's file and keeps the old one beside it. */
export const run: Command = async (io) => {
  const { values } = readFlags(io.args, {
    client: { type: "string" },
    write: { type: "boolean" },
    sandbox: { type: "boolean" },
  });
  const { client } = values;
  if (client === undefined || !isClient(client)) {
    throw new UsageError(`init needs --client with one of ${Object.keys(CLIENTS).join(", ")}.`);
  }
  const target = CLIENTS[client];
  const path = target.path(io.machine, io.env);
  const entry = serverEntry(target, io.program, values.sandbox ?? false);
  if (!values.write) {
    print(io.stdout, JSON.stringify({ [target.section]: { "trello-identity": entry } }, null, 2));
    print(io.stderr, `Put this into ${path}, or run the command again with --write.`);
    return 0;
  }
  const { backup } = await mergeEntry(path, target.section, "trello-identity", entry);
  print(io.stdout, `Wrote ${path}${backup === null ? "" : `; the file as it was is ${backup}`}.`);
  if (!values.sandbox) print(io.stdout, "Fill in the empty settings there, then restart the client.");
  return 0;
};
