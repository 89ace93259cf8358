import { apply } from "./apply.ts";
import { createContext, principalOf } from "./context.ts";
import { decide, hold } from "./decide.ts";
import { type EngineDeps, isoNow } from "./deps.ts";
import type { Engine } from "./engine.ts";
import { propose } from "./propose.ts";
import { createRecovery } from "./recovery.ts";

/** The pipeline of plan, confirmation and run over one gateway and one store. */
export function createEngine(deps: EngineDeps): Engine {
  return {
    context: (caller) => createContext(deps, caller),
    propose: (tool, args, caller) => propose(deps, { tool, args, caller }),
    hold: (plan) => hold(deps, plan),
    plan: (id) => deps.store.plans.get(id),
    waiting: () => deps.store.plans.waiting(isoNow(deps.clock)),
    decide: (planId, word) => decide(deps, planId, word),
    apply: (planId, caller) => apply(deps, planId, caller),
    run: (id) => deps.store.runs.get(id),
    runs: (page) => deps.store.runs.list(page),
    recover: createRecovery(deps),
    principal: (caller) => principalOf(createContext(deps, caller).reads, caller),
  };
}
