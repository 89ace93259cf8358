import { existsSync } from "node:fs";
import Database from "libsql";
import type { TestProduct } from "../support/product.ts";
import { openStoreAt } from "../support/wiring.ts";

type Stored = Pick<TestProduct, "env">;

/** The file of the store. */
export function storePath({ env }: Stored): string {
  return (env["IDENTITY_STORE_URL"] ?? "").replace(/^sqlite:/, "");
}

/** The store's own file, for as long as it takes to get past whatever a server writes at that moment. */
function open(product: Stored) {
  return new Database(storePath(product), { timeout: 10_000 });
}

/** Records what a person decides at the terminal, in the store that the servers share. */
export async function decideAtTerminal(product: Stored, planId: unknown, accepted: boolean): Promise<void> {
  const store = await openStoreAt(storePath(product));
  try {
    const stored = await store.plans.get(String(planId));
    if (!stored) throw new Error(`no plan ${String(planId)}`);
    await store.plans.decide({
      planId: stored.plan.id,
      digest: stored.plan.digest,
      accepted,
      level: "approval",
      by: "somebody at the terminal",
      ...(accepted && stored.plan.typedName !== null && { typed: stored.plan.typedName }),
      at: new Date().toISOString(),
    });
  } finally {
    await store.close();
  }
}

/** Makes a stored plan as old as one that nobody looked at for a day. */
export function letExpire(product: Stored, planId: unknown): void {
  const past = new Date(Date.now() - 86_400_000).toISOString();
  const file = open(product);
  file
    .prepare("UPDATE plans SET expires_at = ?, plan = json_set(plan, '$.expiresAt', ?) WHERE id = ?")
    .run([past, past, String(planId)]);
  file.close();
}

/** Makes what a run did as old as eight days, a day more than invitations live by default. */
export function letAge(product: Stored, runId: unknown): void {
  const past = new Date(Date.now() - 8 * 86_400_000).toISOString();
  const file = open(product);
  file.prepare("UPDATE effects SET applied_at = ? WHERE run_id = ?").run([past, String(runId)]);
  file.close();
}

/** Forgets whose email is whose, as a store that has learnt nothing yet. */
export function forgetEmails(product: Stored): void {
  // Servers make the store when the first client connects.
  if (!existsSync(storePath(product))) return;
  const file = open(product);
  file.exec("DELETE FROM identity_links");
  file.close();
}

/** Ids of every run that the store keeps. */
export function storedRunIds(product: Stored): readonly string[] {
  const file = open(product);
  const rows = file.prepare("SELECT id FROM runs").all([]) as { id: string }[];
  file.close();
  return rows.map(({ id }) => id);
}

/** How many plans and runs the store keeps. */
export function countStored(product: Stored): { readonly plans: number; readonly runs: number } {
  const file = open(product);
  const count = (table: string) =>
    Number((file.prepare(`SELECT count(*) AS n FROM ${table}`).all([]) as { n: number }[])[0]?.n);
  const counts = { plans: count("plans"), runs: count("runs") };
  file.close();
  return counts;
}
