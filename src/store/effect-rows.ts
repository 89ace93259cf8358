import type { Effect } from "../domain/effect.ts";
import { inBatches } from "./batches.ts";
import type { Tables, Tx } from "./schema.ts";
import type { JournalEntry } from "./store.ts";

/** Rows for the effects of a new run, all pending, within the transaction that creates the run. */
export async function insertEffects(
  tx: Tx,
  runId: string,
  effects: readonly Effect[],
  isDestructive: (effect: Effect) => boolean,
): Promise<void> {
  const rows = effects.map((effect, index): Tables["effects"] => ({
    run_id: runId,
    effect: index,
    op: effect.op,
    // Empty for a board outside any workspace.
    id_organization: effect.target["idOrganization"] || null,
    destructive: isDestructive(effect) ? 1 : 0,
    state: "pending",
    sent_at: null,
    applied_at: null,
  }));
  for (const batch of inBatches(rows))
    await tx
      .insertInto("effects")
      .values([...batch])
      .execute();
}

/** Lets an effect's row follow a record that was just appended, by the rule of `foldJournal`: the last record counts. */
export async function advanceEffect(tx: Tx, runId: string, entry: JournalEntry): Promise<void> {
  const { index, state, at } = entry;
  await tx
    .updateTable("effects")
    .set({
      state,
      applied_at: state === "applied" || state === "already" ? at : null,
      ...(state === "sent" && { sent_at: at }),
    })
    .where("run_id", "=", runId)
    .where("effect", "=", index)
    .execute();
}
