import type { Caller } from "../domain/planning.ts";
import type { Review } from "../domain/review.ts";
import {
  type CheckedRun,
  closedContent,
  type ItemDecision,
  type ReviewRecord,
  type ReviewSummary,
  type ReviewWord,
  type SignOff,
  stateOf,
} from "../domain/sign-off.ts";
import { signedBy } from "../domain/review-share.ts";
import {
  assertSigned,
  assertCanRecord,
  assertCanSign,
  requireReviewer,
  unknownReview,
} from "../domain/sign-off-rules.ts";
import type { Run } from "../domain/run.ts";
import { clean } from "../domain/text.ts";
import { createContext, type EngineDeps, isoNow, principalOf } from "./context.ts";

/**
 * Named reviews. An agent starts a review of access and proposes decisions. The named reviewers decide and sign on the
 * web page of the review.
 */
export interface SignOffs {
  /** Starts a named review: asks the named reviewers to decide about the people in `review`, which was just made. */
  start(
    review: Review,
    ask: Pick<SignOff, "name" | "period" | "reviewers" | "items" | "due">,
    caller: Caller,
  ): Promise<ReviewRecord>;
  /**
   * The named review with this id. NOT_FOUND if it does not exist, or if another principal (the user for whom an agent
   * works) started it.
   */
  own(reviewId: string, caller: Caller): Promise<ReviewRecord>;
  /** Records proposals, which decide nothing. */
  propose(reviewId: string, decisions: readonly ItemDecision[], caller: Caller): Promise<ReviewRecord>;
  get(reviewId: string): Promise<ReviewRecord | null>;
  list(limit: number): Promise<readonly ReviewSummary[]>;
  /** Records a reviewer's decisions. POLICY_DENIED if the person who decides is not a reviewer of this review. */
  decide(reviewId: string, word: ReviewWord, decisions: readonly ItemDecision[]): Promise<ReviewRecord>;
  /**
   * Signs the review for a reviewer. This works only if the reviewer's items are all decided, and nothing was saved
   * since the reviewer opened the page. `entries`: how many saved entries the page showed to the reviewer.
   */
  sign(reviewId: string, word: ReviewWord, entries: number): Promise<ReviewRecord>;
  /**
   * Adds two facts to a review that all reviewers have signed. They are the results of the review's runs, and a new
   * list of the people, which `after` reads. CONFLICT if a reviewer has not signed.
   */
  check(reviewId: string, after: (review: Review) => Promise<Review>, caller: Caller): Promise<ReviewRecord>;
  /**
   * The caller's signed reviews, the newest first, back to the last review in which a finding is accepted until a date
   * that has not passed. No older review is needed to know which findings are accepted today.
   */
  accepting(caller: Caller): Promise<readonly ReviewRecord[]>;
  /** The plan made from the removals of a signed review; null if planning has not begun. */
  removals(reviewId: string): Promise<Removals | null>;
  keepRemovals(reviewId: string, removals: Removals): Promise<void>;
}

/**
 * The plan that removes access as a review decided. It is made when the last reviewer signs. If no plan could be made,
 * `problem` says why.
 */
export interface Removals {
  readonly planId: string | null;
  readonly problem: string | null;
}

export function createSignOffs(deps: EngineDeps): SignOffs {
  const { signOffs } = deps.store;
  const asker = (caller: Caller) => principalOf(createContext(deps, caller).reads, caller);
  async function own(reviewId: string, caller: Caller): Promise<ReviewRecord> {
    const [found, { id }] = await Promise.all([signOffs.get(reviewId), asker(caller)]);
    if (found?.signOff.principal.id !== id) throw unknownReview();
    return found;
  }
  return {
    async start(review, ask, caller) {
      const signOff = {
        ...ask,
        reviewId: review.id,
        at: isoNow(deps.clock),
        principal: await asker(caller),
      };
      await signOffs.start(signOff);
      return { signOff, review, entries: [], after: null };
    },
    own,
    async propose(reviewId, decisions, caller) {
      await own(reviewId, caller);
      const { name: by, client } = await asker(caller);
      return await signOffs.append(reviewId, (record) => {
        assertCanRecord(record, decisions, null);
        return { kind: "proposed", at: isoNow(deps.clock), by, client, decisions: decisions.map(cleaned) };
      });
    },
    get: (reviewId) => signOffs.get(reviewId),
    list: (limit) => signOffs.list(limit),
    decide: (reviewId, word, decisions) =>
      signOffs.append(reviewId, (record) => {
        const reviewer = requireReviewer(record.signOff, word);
        assertCanRecord(record, decisions, reviewer);
        return {
          kind: "decided",
          at: isoNow(deps.clock),
          ...word,
          reviewer,
          decisions: decisions.map(cleaned),
        };
      }),
    sign: (reviewId, word, entries) =>
      signOffs.append(reviewId, (record, hash) => {
        const reviewer = requireReviewer(record.signOff, word);
        assertCanSign(record, reviewer, entries);
        return {
          kind: "signed",
          at: isoNow(deps.clock),
          ...word,
          reviewer,
          hash: hash(signedBy(record, reviewer)),
        };
      }),
    async accepting(caller) {
      const [listed, { id }] = await Promise.all([signOffs.list(REVIEWS_READ), asker(caller)]);
      const today = isoNow(deps.clock).slice(0, 10);
      const signed = listed.filter((each) => each.signOff.principal.id === id && stateOf(each).isSigned);
      const last = signed.findLastIndex((each) =>
        [...stateOf(each).decisions.values()].some(({ until }) => until !== null && until >= today),
      );
      const records = await Promise.all(
        signed.slice(0, last + 1).map(({ signOff }) => signOffs.get(signOff.reviewId)),
      );
      return records.flatMap((record) => record ?? []);
    },
    async removals(reviewId) {
      return (await deps.store.facts.get(removalsKey(reviewId))) as Removals | null;
    },
    keepRemovals: (reviewId, { planId, problem }) =>
      deps.store.facts.set(removalsKey(reviewId), { planId, problem }),
    async check(reviewId, after, caller) {
      const signed = await own(reviewId, caller);
      assertSigned(signed);
      const { id, name: by, client } = await asker(caller);
      const runs = await runsOf(deps, reviewId, id);
      const list = await after(signed.review);
      return await signOffs.append(reviewId, (record, hash) => ({
        kind: "checked",
        at: isoNow(deps.clock),
        by,
        client,
        runs,
        list: list.id,
        hash: hash(closedContent(record, { runs }, list)),
      }));
    },
  };
}

/** How many named reviews are searched for accepted findings, at most. */
const REVIEWS_READ = 200;

const removalsKey = (reviewId: string): string => `review_removals:${reviewId}`;

/** To find the runs of a review, at most this many runs of the principal are searched. */
const RUNS_READ = 500;

/** The ended runs that carried out the decisions of a review, oldest first. */
async function runsOf(
  { store }: EngineDeps,
  reviewId: string,
  principal: string,
): Promise<readonly CheckedRun[]> {
  const listed = await store.runs.list({ principal, limit: RUNS_READ });
  const acting = listed.filter(({ tool, endedAt }) => tool === "remediate_review" && endedAt !== null);
  const runs = await Promise.all(acting.map(({ id }) => store.runs.get(id)));
  return runs.flatMap((run) => (run && isOfReview(run, reviewId) ? [checkedRun(run)] : [])).toReversed();
}

function isOfReview({ plan: { args } }: Run, reviewId: string): boolean {
  return typeof args === "object" && args !== null && "reviewId" in args && args["reviewId"] === reviewId;
}

function checkedRun({ id, plan, state, evidence, decision, endedAt, effects }: Run): CheckedRun {
  return {
    id,
    summary: clean(plan.summary, 500),
    state,
    result: evidence?.result ?? null,
    decidedBy: decision === null ? null : clean(decision.by),
    endedAt,
    changes: effects.map((each, index) => ({
      what: clean(each.effect.description, 500),
      state: each.state,
      // `checks` and `effects` have the same order, so the check of an effect has the same index as the effect.
      confirmed: evidence?.checks[index]?.holds ?? null,
    })),
    unfinished: (evidence?.unfinished ?? []).map((line) => clean(line, 500)),
  };
}

function cleaned({ note, ...decision }: ItemDecision): ItemDecision {
  return { ...decision, note: note === null ? null : clean(note, 500) };
}
