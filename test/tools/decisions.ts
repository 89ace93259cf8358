import Database from "libsql";
import type { TestProduct } from "../support/product.ts";
import { openStoreAt } from "../support/wiring.ts";

type Stored = Pick<TestProduct, "env">;

function pathOf({ env }: Stored): string {
  return (env["IDENTITY_STORE_URL"] ?? "").replace(/^sqlite:/, "");
}

/** Records what a person decides at the terminal, in the store that the servers share. */
export async function decideAtTerminal(product: Stored, planId: unknown, accepted: boolean): Promise<void> {
  const store = await openStoreAt(pathOf(product));
  try {
    const stored = await store.plans.get(String(planId));
    if (!stored) throw new Error(`no plan ${String(planId)}`);
    await store.plans.decide({
      planId: stored.plan.id,
      digest: stored.plan.digest,
      accepted,
      level: "approval",
      by: "somebody at the terminal",
      at: new Date().toISOString(),
    });
  } finally {
    await store.close();
  }
}

/** Makes a stored plan as old as one that nobody looked at for a day. */
export function letExpire(product: Stored, planId: unknown): void {
  const past = new Date(Date.now() - 86_400_000).toISOString();
  const file = new Database(pathOf(product));
  file
    .prepare("UPDATE plans SET expires_at = ?, plan = json_set(plan, '$.expiresAt', ?) WHERE id = ?")
    .run([past, past, String(planId)]);
  file.close();
}

/** How many plans and runs the store keeps. */
export function countStored(product: Stored): { readonly plans: number; readonly runs: number } {
  const file = new Database(pathOf(product));
  const count = (table: string) =>
    Number((file.prepare(`SELECT count(*) AS n FROM ${table}`).all([]) as { n: number }[])[0]?.n);
  const counts = { plans: count("plans"), runs: count("runs") };
  file.close();
  return counts;
}
