import { vi } from "vitest";
import type { Store } from "../../src/store/store.ts";
import { query } from "./databases.ts";

/** Somebody stops working at a run at a moment: the run is taken over when it is resumed after that. */
export interface Loss {
  readonly runId: string;
  readonly at: number;
  readonly how: "killed" | "stopped";
}

/** How long (ms) a lost run waited for its next process, and for what. */
interface TakeOver {
  readonly how: Loss["how"];
  readonly whole: number;
  /** For the end of its lease, and for a process that sees it. */
  readonly found: number;
  /** In the queue, until a process with a free slot took its ticket. A ticket may be lost with its process. */
  readonly queued: number;
  /** For the lease. */
  readonly claimed: number;
}

/** Writes down when tickets are made and handed out. The queue itself forgets them. */
export async function recordTickets(url: string): Promise<void> {
  await vi.waitFor(
    () =>
      query(
        url,
        `create table handed_out (run_id text, made timestamptz, handed timestamptz);
         create function hand_out() returns trigger language plpgsql as $$ begin
           insert into public.handed_out values (new.data ->> 'runId', new.created_on, new.started_on);
           return null;
         end $$;
         create trigger hand_out after update on identity_queue.job for each row
           when (new.state = 'active' and old.state <> 'active') execute function hand_out()`,
      ),
    { timeout: 120_000, interval: 200 },
  );
}

export async function takeOvers(
  url: string,
  store: Store,
  losses: readonly Loss[],
): Promise<readonly TakeOver[]> {
  const tickets = await query<{ run_id: string; made: Date; handed: Date }>(
    url,
    "select * from handed_out order by handed",
  );
  const resumed = (await store.audit.read({ limit: 100_000 })).filter(({ event }) => event === "run.resumed");
  return losses.flatMap(({ runId, at, how }) => {
    const next = resumed.find(
      (record) => (record.facts as { run?: string }).run === runId && Date.parse(record.at) >= at,
    );
    if (!next) return [];
    const until = Date.parse(next.at);
    const own = tickets.filter(
      ({ run_id, made, handed }) => run_id === runId && made.getTime() >= at && handed.getTime() <= until,
    );
    const made = own[0]?.made.getTime() ?? until;
    const handed = own.at(-1)?.handed.getTime() ?? made;
    return [{ how, whole: until - at, found: made - at, queued: handed - made, claimed: until - handed }];
  });
}

/** `killed: 40 take-overs; p50 8.1 s, p95 9.7 s, most 9.9 s (until found: ...)`. */
export function takeOverLine(all: readonly TakeOver[], how: Loss["how"]): string {
  const those = all.filter((each) => each.how === how);
  const spread = (of: (each: TakeOver) => number): string => {
    const ms = those.map(of).toSorted((a, b) => a - b);
    const at = (share: number) => ((ms[Math.ceil(ms.length * share) - 1] ?? Number.NaN) / 1000).toFixed(1);
    return `p50 ${at(0.5)} s, p95 ${at(0.95)} s, most ${at(1)} s`;
  };
  return `${how}: ${those.length} take-overs, ${spread(({ whole }) => whole)} (until found ${spread(({ found }) => found)}; in the queue ${spread(({ queued }) => queued)}; until claimed ${spread(({ claimed }) => claimed)})`;
}
