import { AppError, isTemporary, toAppError } from "../../domain/error.ts";
import type { EffectState, RunEffect } from "../../domain/run.ts";
import { kindOf } from "../../effects/kinds.ts";
import type { Pass } from "../../gateway/gateway.ts";
import { createContext, type EngineDeps } from "../context.ts";
import type { Journal } from "./journal.ts";

/** How often one effect is sent at most. Repeats by the gateway are not counted. */
const TRIES = 6;
const FIRST_WAIT_MS = 500;

interface Settling {
  readonly journal: Journal;
  readonly signal: AbortSignal | undefined;
  readonly usage: { requests: number };
  readonly priority: Pass["priority"];
  /** Whether this process still holds the lease of the run. */
  readonly isHeld: () => boolean;
}

/**
 * Sends one effect and finds out whether it was made. Directly before the request is sent, the journal records it, but
 * only while this process holds the lease. Afterwards the journal records the result. If the answer was lost, the state
 * is read. The request is sent again only if the state proves that the change was not made.
 */
export async function sendEffect(deps: EngineDeps, row: RunEffect, settling: Settling): Promise<EffectState> {
  const { effect, index } = row;
  const { journal, signal, usage, priority, isHeld } = settling;
  const kind = kindOf(effect);
  // `reads` keeps its answers in memory, and an answer from before the write would show the old state. So each check
  // uses new reads.
  const caller = { client: "", subject: null, ...(signal && { signal }) };
  const fresh = () => createContext(deps, caller, usage, priority).reads;
  const holds = () => kind.holds(effect, fresh());
  // An abort removes a write that still waits in the queue. A write that was sent is waited for, because its answer
  // must be recorded in the journal.
  const departure = { record: () => journal.record(index, "sent"), mayLeave: isHeld };
  const writes = deps.gateway.writes({ priority, usage, departure, ...(signal && { signal }) });
  const settled = async (state: EffectState, error?: AppError): Promise<EffectState> => {
    await journal.record(index, state, error);
    return state;
  };

  let unknown = row.state === "sent" || row.state === "lost";
  // Whether the request may have been sent before, by this process or another. If so, it can arrive late, even after a
  // read that did not show the change.
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
      // The result of this kind of effect can be hidden, so a read cannot prove that the change was not made. The
      // request is not sent again, because the person could get a second invitation.
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
      // Trello refused the request, because the credentials were replaced at that moment. Before the request is sent
      // again, the state is read.
      const isReplaced = error.code === "UNAUTHENTICATED" && error.details["isReplaced"] === true;
      if (error.code === "UNAUTHENTICATED") {
        // This journal record says that the change was certainly not made. Without the record, an effect whose result
        // cannot be seen would never be sent again.
        if (kind.cannotBeSeen !== undefined) await journal.record(index, "pending", error);
        // The upstream refuses the credentials, so it would refuse every other effect too. The run waits until the
        // credentials are valid.
        if (!isReplaced) throw error;
      }
      last = error;
      if (isReplaced) {
        unknown = kind.cannotBeSeen === undefined;
        continue;
      }
      // A defect of this program counts as a failed effect. If the effect counted as unknown instead, the run would
      // fail again at each try and never end.
      unknown = error.applied !== "no" && error.code !== "INTERNAL";
      beenSent ||= error.applied !== "no";
      // The upstream answered 429 ("too many requests"), and the gateway has already repeated the request as often as
      // it may. The run waits and tries again later.
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
          // A refusal can mean that the change was already made, for example "already a member". So the state is read.
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
  // The upstream did not answer, so it is not certain that the effect failed. The run waits and continues when the
  // upstream answers.
  throw (
    last ??
    new AppError("OUTCOME_UNKNOWN", "This server could not read whether a change was made.", {
      next: "Try again in a few minutes.",
      applied: "unknown",
      retry: "resume",
    })
  );
}

/**
 * The error if the workspace or board is gone, or if the token may not read it. Then no read can show whether the
 * change was made.
 */
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

/** Reads whether the wanted state is true now. If it cannot be read, says why, and whether a later read may succeed. */
async function readState(holds: () => Promise<boolean>): Promise<boolean | AppError> {
  try {
    return await holds();
  } catch (thrown) {
    const error = toAppError(thrown);
    if (isTemporary(error) || error.code === "NOT_FOUND" || error.code === "UPSTREAM_FORBIDDEN") return error;
    throw thrown;
  }
}
