import { AppError, isTemporary, toAppError } from "../../domain/error.ts";
import type { EffectState, RunEffect } from "../../domain/run.ts";
import { kindOf } from "../../effects/kinds.ts";
import type { Pass } from "../../gateway/gateway.ts";
import { createContext, type EngineDeps } from "../context.ts";
import type { Journal } from "./journal.ts";

/** How many requests one effect may take, not counting those that the gateway repeats by itself. */
const TRIES = 6;
const FIRST_WAIT_MS = 500;

interface Settling {
  readonly journal: Journal;
  readonly signal: AbortSignal | undefined;
  readonly usage: { requests: number };
  readonly priority: Pass["priority"];
  /** Whether this process still holds the run. */
  readonly isHeld: () => boolean;
}

/**
 * Sends one effect until its result is settled. The journal gets the intent just before the request leaves, after the
 * wait for the rate budgets, and only while this process holds the run. Then it gets the result. If the answer was
 * lost, a read settles the effect. The request is repeated only if the wanted state is proven to be absent.
 */
export async function sendEffect(deps: EngineDeps, row: RunEffect, settling: Settling): Promise<EffectState> {
  const { effect, index } = row;
  const { journal, signal, usage, priority, isHeld } = settling;
  const kind = kindOf(effect);
  // Each reading needs a new pass, because an earlier pass remembers the state from before the write.
  const caller = { client: "", subject: null, ...(signal && { signal }) };
  const fresh = () => createContext(deps, caller, usage, priority).reads;
  const holds = () => kind.holds(effect, fresh());
  // The signal removes a write that still waits in the queue. A write that was sent is waited for, so that its answer
  // can be journalled.
  const departure = { record: () => journal.record(index, "sent"), mayLeave: isHeld };
  const writes = deps.gateway.writes({ priority, usage, departure, ...(signal && { signal }) });
  const settled = async (state: EffectState, error?: AppError): Promise<EffectState> => {
    await journal.record(index, state, error);
    return state;
  };

  let unknown = row.state === "sent" || row.state === "lost";
  // The request was sent before, by this process or an earlier one. A write that a read did not find can still arrive
  // late.
  let beenSent = row.attempts > 0;
  let last: AppError | undefined;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    if (attempt > 0) await deps.clock.sleep(FIRST_WAIT_MS * 2 ** (attempt - 1), signal);
    if (unknown) {
      const applied = await readState(holds);
      if (applied === true) return settled("applied");
      if (applied instanceof AppError) {
        if (isTemporary(applied)) continue;
        return settled("failed", unreadable(applied));
      }
      // Here "not seen" does not mean "not made": the upstream may have accepted the request. A second request may
      // reach a person twice.
      if (kind.cannotBeSeen !== undefined) return settled("failed", notSentAgain());
    }
    signal?.throwIfAborted();
    try {
      await kind.send(effect, writes, fresh());
      return await settled("applied");
    } catch (thrown) {
      const error = toAppError(thrown);
      if (
        error.code === "STORE_FAILED" ||
        (error.code === "CONFLICT" && thrown === error && error.details.lease)
      )
        throw error;
      // The upstream would refuse the rest of the run too, so the run waits for valid credentials.
      if (error.code === "UNAUTHENTICATED") throw error;
      last = error;
      // A defect of this program counts as a refusal. Otherwise it would happen again at each try, and the run would
      // never end.
      unknown = error.applied !== "no" && error.code !== "INTERNAL";
      beenSent ||= error.applied !== "no";
      // The gateway has already tried as often as it may, so the request is not tried again now: the run waits.
      if (error.code === "RATE_LIMITED" && error.details["status"] === 429) {
        await journal.record(index, "pending", error);
        throw error;
      }
      if (unknown) await journal.record(index, "lost", error);
      else if (error.retry === "later") await journal.record(index, "pending", error);
      else {
        const so = await readState(holds);
        if (so === true) return settled(beenSent ? "applied" : "already");
        if (so instanceof AppError && isTemporary(so)) {
          // The refusal may mean that the wanted state is true already. The result is open until the state can be
          // read.
          unknown = true;
          await journal.record(index, "lost", error);
          continue;
        }
        const learned = kind.learn(effect, error);
        if (learned) await deps.store.facts.set(learned.key, learned.value);
        return settled("failed", error);
      }
    }
  }
  // The upstream refused nothing, so nothing failed. The run waits and continues when the upstream answers again.
  throw (
    last ??
    new AppError("OUTCOME_UNKNOWN", "Whether a change was made could not be read.", {
      next: "Try again in a few minutes.",
      applied: "unknown",
      retry: "resume",
    })
  );
}

/** The place is gone or closed, so a read proves neither that the change was made nor that it was not. */
function unreadable({ code }: AppError): AppError {
  return new AppError("OUTCOME_UNKNOWN", `The answer was lost, and the result cannot be read (${code}).`, {
    next: "Check in Trello or Atlassian whether the change was made. If it was, restore_member undoes the change.",
    applied: "unknown",
    retry: "reconcile",
  });
}

function notSentAgain(): AppError {
  return new AppError(
    "OUTCOME_UNKNOWN",
    "The answer was lost, and reading cannot show whether the change was made.",
    {
      next: "The server does not send the invitation again. Call list_pending_invitations. If the invitation is not there, invite the person again.",
      applied: "unknown",
      retry: "reconcile",
    },
  );
}

/**
 * Whether the wanted state is true, or why it cannot be read: for now, or never because the place is gone or closed.
 */
async function readState(holds: () => Promise<boolean>): Promise<boolean | AppError> {
  try {
    return await holds();
  } catch (thrown) {
    const error = toAppError(thrown);
    if (isTemporary(error) || error.code === "NOT_FOUND" || error.code === "UPSTREAM_FORBIDDEN") return error;
    throw thrown;
  }
}
