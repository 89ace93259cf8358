import type { Caller } from "../domain/planning.ts";
import type { Review } from "../domain/review.ts";
import {
  assertCanRecord,
  assertCanSign,
  type ItemDecision,
  requireReviewer,
  type ReviewRecord,
  type ReviewWord,
  unknownReview,
} from "../domain/sign-off.ts";
import { clean } from "../domain/text.ts";
import { createContext, type EngineDeps, isoNow, principalOf } from "./context.ts";

/** Named reviews: agents start them and propose, and named reviewers decide and sign on the page. */
export interface SignOffs {
  /** Starts a named review: asks named reviewers to decide about a review that was just made. */
  start(
    review: Review,
    ask: {
      readonly name: string;
      readonly period: string | null;
      readonly reviewers: readonly string[];
    },
    caller: Caller,
  ): Promise<ReviewRecord>;
  /** A named review of the caller's principal; NOT_FOUND otherwise. */
  own(reviewId: string, caller: Caller): Promise<ReviewRecord>;
  /** Records proposals, which decide nothing. */
  propose(reviewId: string, decisions: readonly ItemDecision[], caller: Caller): Promise<ReviewRecord>;
  get(reviewId: string): Promise<ReviewRecord | null>;
  list(limit: number): Promise<readonly Omit<ReviewRecord, "review">[]>;
  /** Records a reviewer's decisions; POLICY_DENIED if the person is no named reviewer. */
  decide(reviewId: string, word: ReviewWord, decisions: readonly ItemDecision[]): Promise<ReviewRecord>;
  /**
   * Signs the review for a reviewer. It works only if everything is decided, and if no entry was added since the
   * reviewer looked (`entries` is the number that the reviewer saw).
   */
  sign(reviewId: string, word: ReviewWord, entries: number): Promise<ReviewRecord>;
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
      return { signOff, review, entries: [] };
    },
    own,
    async propose(reviewId, decisions, caller) {
      await own(reviewId, caller);
      const { name: by, client } = await asker(caller);
      return await signOffs.append(reviewId, (record) => {
        assertCanRecord(record, decisions);
        return { kind: "proposed", at: isoNow(deps.clock), by, client, decisions: decisions.map(cleaned) };
      });
    },
    get: (reviewId) => signOffs.get(reviewId),
    list: (limit) => signOffs.list(limit),
    decide: (reviewId, word, decisions) =>
      signOffs.append(reviewId, (record) => {
        const reviewer = requireReviewer(record.signOff, word);
        assertCanRecord(record, decisions);
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
        return { kind: "signed", at: isoNow(deps.clock), ...word, reviewer, hash: hash() };
      }),
  };
}

function cleaned({ note, ...decision }: ItemDecision): ItemDecision {
  return { ...decision, note: note === null ? null : clean(note, 500) };
}
