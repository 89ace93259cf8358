import type { Ledger } from "../../domain/budget.ts";
import { createLimitTracker, limitedBudgets, type TrelloBudgets, trelloCharges } from "../http/budgets.ts";
import { explainFailure } from "../http/failures.ts";
import { header, type Outcome } from "../http/request.ts";
import type { Upstream } from "../http/upstream.ts";
import type { Credentials } from "./credentials.ts";
import { TRELLO_PHRASES } from "./phrases.ts";
import { TOKEN_OPERATION } from "./routes.ts";

export interface TrelloUpstreamOptions {
  readonly baseUrl: string;
  readonly credentials: Credentials;
  readonly documented: TrelloBudgets;
  readonly ledger: Ledger;
  /** Milliseconds on a clock that never goes back. */
  readonly monotonic: () => number;
  /** Called with every reply. */
  readonly clockOffset: ClockOffset;
}

/**
 * Describes Trello to the code that sends requests: three rate budgets, which are adjusted to the limits in Trello's
 * headers, and the credentials.
 */
export function createTrelloUpstream(
  options: TrelloUpstreamOptions,
): Upstream & { budgets(): TrelloBudgets } {
  const { credentials } = options;
  const limits = createLimitTracker(options.ledger, options.documented, options.monotonic);
  return {
    name: "trello",
    baseUrl: options.baseUrl,
    mediaType: "application/json",
    authorize: credentials.authorize,
    ...(credentials.hasNewCredentials && { hasNewCredentials: credentials.hasNewCredentials }),
    budgets: () => limits.budgets(),
    charges: ({ path, counted }) => trelloCharges(limits.budgets(), counted ?? [path], counted !== undefined),
    limited: (body, charges) => limitedBudgets(limits.budgets(), body, charges),
    beforeAttempt: (charges) => limits.beforeAttempt(charges[0]?.cost ?? 0),
    async afterAttempt(reading, outcome) {
      options.clockOffset.observe(outcome);
      if (reading) await limits.afterAttempt(reading, outcome);
    },
    explain(failure) {
      const error = explainFailure(failure, TRELLO_PHRASES);
      // `credentials.explain` may read the token. If the failed request was this read, `explain` would wait for its own
      // result. So it is not called.
      if (failure.operation === TOKEN_OPERATION) return error;
      return credentials.explain(error, failure);
    },
  };
}

/** How much this machine's clock differs from the upstream's clock. */
export interface ClockOffset {
  observe(outcome: Outcome): void;
  /**
   * The milliseconds by which this machine's clock is ahead, from the last reply with a date. null before the first
   * such reply.
   */
  ms(): number | null;
}

/**
 * Compares the clocks by the header Date (RFC 9110 section 6.6.1), which has whole seconds. `now`: milliseconds since
 * 1970.
 */
export function createClockOffset(now: () => number): ClockOffset {
  let ahead: number | null = null;
  return {
    observe(outcome) {
      const at = Date.parse(header(outcome, "date") ?? "");
      // The date has no fractions of a second, so on average it is half a second too early. The offset is corrected by
      // 500 ms.
      if (!Number.isNaN(at)) ahead = now() - at - 500;
    },
    ms: () => ahead,
  };
}
