import type { Effect } from "../domain/effect.ts";
import { isDone, type BegunEffect } from "../domain/run.ts";
import { planBehind, UNFINISHED } from "./leases.ts";
import { instant, type ReadTx } from "./schema.ts";

/** See `RunStore.begun`. */
export async function begunSince(tx: ReadTx, since: string, except = ""): Promise<readonly BegunEffect[]> {
  const rows = await tx
    .selectFrom("effects")
    .innerJoin("runs", "runs.id", "effects.run_id")
    .select(["effects.run_id", "effects.effect", "effects.state", "effects.sent_at"])
    .where("runs.id", "<>", except)
    .where((is) =>
      is.or([
        is.and([
          is("effects.sent_at", ">=", instant(since)),
          is("effects.state", "in", ["sent", "lost", "applied", "already"]),
        ]),
        is.and([
          is("runs.state", "in", [...UNFINISHED]),
          is("effects.state", "in", ["pending", "sent", "lost"]),
        ]),
      ]),
    )
    .execute();
  const plans = new Map<string, readonly Effect[]>();
  for (const id of new Set(rows.map((row) => row.run_id))) plans.set(id, (await planBehind(tx, id)).effects);
  const begun = rows.flatMap(({ run_id, effect: index, state, sent_at }) => {
    const effect = plans.get(run_id)?.[index];
    const settled = isDone({ state });
    return effect ? [{ effect, settled, sentAt: sent_at ?? "" }] : [];
  });
  return begun.sort((a, b) => Number(b.settled) - Number(a.settled) || a.sentAt.localeCompare(b.sentAt));
}
