import type { Planner } from "../domain/planning.ts";
import type { Clock, Log } from "../domain/runtime.ts";
import type { Gateway } from "../gateway/gateway.ts";
import type { Rules } from "../policy/rules.ts";
import type { Store } from "../store/store.ts";

/** All that the engine is built from. */
export interface EngineDeps {
  readonly gateway: Gateway;
  readonly store: Store;
  readonly rules: Rules;
  /** The planners by tool name; undefined for a tool that does not exist or is not enabled. */
  planner(tool: string): Planner | undefined;
  readonly clock: Pick<Clock, "now" | "sleep">;
  /** Unguessable, for example `plan_k3v9…`. */
  newId(prefix: "plan" | "run"): string;
  /** Names this process for leases: `host:pid:random`. */
  readonly owner: string;
  /** Whether the process behind another owner's name is certainly gone. */
  readonly gone: (owner: string) => boolean;
  readonly log: Log;
}

/** A plan may be decided and applied for this long. */
export const PLAN_LIFE_MS = 15 * 60_000;
/** A run whose process says nothing for this long may be taken over. */
export const LEASE_MS = 15_000;

export function isoNow(clock: Pick<Clock, "now">): string {
  return new Date(clock.now()).toISOString();
}
