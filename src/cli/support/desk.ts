import { userInfo } from "node:os";
import { z } from "zod";
import type { DeskDeps } from "../../approvals/desk.ts";
import type { Config } from "../../config/config.ts";
import { signedInOf } from "../../domain/planning.ts";
import type { Store } from "../../store/store.ts";
import { openBrowser } from "./browser.ts";
import type { CommandIo } from "./command.ts";
import { programText } from "./program.ts";
import { clock, type Product } from "./product.ts";

/** The functions of this process that its approval pages call. */
export function deskDeps(
  io: Pick<CommandIo, "env" | "machine" | "program">,
  { config, engine, store, log }: Product,
  sandbox: boolean,
): DeskDeps {
  return {
    pages: {
      plan: (id) => store.plans.get(id),
      waiting: () => engine.waiting(),
      run: (id) => store.runs.get(id),
      runs: (limit, principal) => store.runs.list({ limit, ...(principal !== null && { principal }) }),
      decide: (planId, word) => engine.decide(planId, word),
      withdraw: (planId, word) => engine.withdraw(planId, word),
      reviews: engine.signOffs,
      stop: (runId, word) => engine.stop(runId, word),
      now: clock.now,
      sandbox,
    },
    // The run belongs to the person who asked for the plan, not to the person who approved it.
    async apply(planId, signal) {
      const stored = await store.plans.get(planId);
      const asked = stored?.plan.principal;
      const subject = asked ? signedInOf(asked) : null;
      return await engine.apply(planId, { client: asked?.client ?? "unknown", subject, signal });
    },
    user: userInfo().username,
    openCommand: (planId) => approvalsText(io.program, config, "open", planId),
    openBrowser: config.openBrowser ? (address) => openBrowser(new URL(address), io) : null,
    openRequests: {
      async find(planId) {
        const asked = await numberAt(store, requestKey(planId));
        return asked === (await numberAt(store, answerKey(planId))) ? null : asked;
      },
      async answer(planId, request, opened) {
        await store.facts.set(answerKey(planId), { request, opened });
      },
    },
    log,
  };
}

/** A command about approvals, as the user types it. It contains the store's address unless that is the default. */
export function approvalsText(program: string, config: Config, verb: string, planId: string): string {
  const url = config.storeUrl.reveal();
  const store = config.storeIsDefault || !url.startsWith("sqlite:") ? "" : ` --identity-store-url '${url}'`;
  const tenant = config.tenant === null ? "" : ` --tenant ${config.tenant}`;
  return `${programText(program)} approvals ${verb} ${planId}${tenant}${store}`;
}

/**
 * Asks the process that serves a plan's page to open the page in the browser. The request goes through the store.
 * Returns whether the page was opened; null if no process answered within `waitMs`. The process that asks never learns
 * the page's URL.
 */
export async function requestOpening(
  { facts }: Pick<Store, "facts">,
  planId: string,
  { request, waitMs }: { readonly request: string; readonly waitMs: number },
): Promise<boolean | null> {
  await facts.set(requestKey(planId), { request });
  for (const began = clock.now(); clock.now() - began < waitMs; await clock.sleep(200)) {
    const answered = answer.safeParse(await facts.get(answerKey(planId)));
    if (answered.success && answered.data.request === request) return answered.data.opened;
  }
  return null;
}

const answer = z.object({ request: z.string(), opened: z.boolean() });
const asked = z.object({ request: z.string() });

const requestKey = (planId: string): string => `page_request:${planId}`;
const answerKey = (planId: string): string => `page_answer:${planId}`;

async function numberAt({ facts }: Pick<Store, "facts">, key: string): Promise<string | null> {
  const found = asked.safeParse(await facts.get(key));
  return found.success ? found.data.request : null;
}
