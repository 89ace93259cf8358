// A process of its own on a store: `store-child URL TASK ARGUMENTS`. It says `ready`, waits for a line on its standard
// input, works, and writes a line of JSON for everything that the store has acknowledged.
import { once } from "node:events";
import { toAppError } from "../../../src/domain/error.ts";
import { openStore } from "../../../src/store/open.ts";
import type { Store } from "../../../src/store/store.ts";
import { anEntry, anEvent, LEASE_MS, NOON } from "../fixtures.ts";

const [url = "", task = "", ...rest] = process.argv.slice(2);
const machineMs = () => Number(process.hrtime.bigint()) / 1e6;
const open = () =>
  openStore(url, {
    now: Date.now,
    monotonic: machineMs,
    isDestructive: ({ op }) => op.startsWith("remove_"),
    losersOf: ({ effects }) =>
      effects.map(({ op, target }) => (op.startsWith("remove_") ? [target["idMember"] ?? ""] : [])),
  });

function say(line: unknown): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

const me = String(process.pid);

const TASKS: Readonly<Record<string, (store: Store) => Promise<void>>> = {
  async startRun(store) {
    const [planId = ""] = rest;
    try {
      const start = { runId: `run_${me}`, principalId: "m9", holder: me, at: NOON, leaseMs: LEASE_MS };
      say({ won: (await store.plans.startRun(planId, start)).id });
    } catch (thrown) {
      say({ lost: toAppError(thrown).code });
    }
  },
  async claim(store) {
    const [runId = "", from = ""] = rest;
    say({ won: await store.runs.claim(runId, me, from, LEASE_MS, () => false) });
  },
  async audit(store) {
    for (let count = Number(rest[0]); count > 0; count -= 1) {
      say((await store.audit.append(anEvent({ subject: me }))).seq);
    }
  },
  async take(store) {
    const [limit = 0, windowMs = 0, count = 0] = rest.map(Number);
    const charges = [{ budget: { id: "shared", limit, windowMs }, cost: 1 }];
    for (let taken = 0; taken < count; ) {
      const wait = await store.ledger.take(charges);
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      else {
        // As a request: it arrives after it was taken and before it is answered.
        const arrived = machineMs();
        await store.ledger.answered(charges, arrived);
        say(arrived);
        taken += 1;
      }
    }
  },
  /** Writes until it is killed. */
  async write(store) {
    const [runId = "", owner = ""] = rest;
    for (let index = 0; ; index += 1) {
      await store.runs.append(runId, owner, anEntry(index, "sent"));
      const { seq } = await store.audit.append(anEvent({ subject: me }));
      await store.runs.append(runId, owner, anEntry(index, "applied", 2));
      say({ index, seq });
    }
  },
};

// Told to open late, it races the others for the new file too.
const late = task === "open";
const early = late ? null : await open();
say("ready");
await once(process.stdin, "data");
const store = early ?? (await open());
await TASKS[late ? "audit" : task]?.(store);
await store.close();
process.stdin.destroy();
