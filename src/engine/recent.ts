import type { GuardFacts } from "../policy/rules.ts";
import type { EngineDeps } from "./deps.ts";

const DAY_MS = 86_400_000;

/** Destructive effects of the last 24 hours over all processes: of a principal, and in each of some workspaces. */
export async function recentDestructive(
  { store, clock }: Pick<EngineDeps, "store" | "clock">,
  principal: string,
  workspaces: readonly string[],
): Promise<GuardFacts["recent"]> {
  const since = new Date(clock.now() - DAY_MS).toISOString();
  const own = await store.runs.destructiveSince(since, principal, null);
  const counts = await Promise.all(workspaces.map((id) => store.runs.destructiveSince(since, principal, id)));
  return {
    principal: own.principal,
    workspaces: new Map(workspaces.map((id, index) => [id, counts[index]?.workspace ?? 0])),
  };
}
