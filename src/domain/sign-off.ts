import { type Decider, isNamedApprover } from "./approvers.ts";
import { AppError } from "./error.ts";
import type { Principal } from "./plan.ts";
import type { AccessLetter, AccessRow, Finding, Review } from "./review.ts";
import { plural } from "./text.ts";

/** What a reviewer decides about one person in one workspace. */
export const ITEM_DECISIONS = ["keep", "change", "remove"] as const;

export interface ItemDecision {
  /** The id of the item. */
  readonly item: string;
  readonly decision: (typeof ITEM_DECISIONS)[number];
  readonly note: string | null;
  /** The day (YYYY-MM-DD) until which the findings of a kept item are accepted; null without an end. */
  readonly until: string | null;
}

/** A named review as it was started. Its list is the stored review with the same id, which never changes. */
export interface SignOff {
  readonly reviewId: string;
  readonly name: string;
  readonly period: string | null;
  /** The people who decide and sign: emails, `ISSUER#VALUE`, or `user:NAME` for the user of one machine. */
  readonly reviewers: readonly string[];
  /** ISO 8601. */
  readonly at: string;
  readonly principal: Principal;
}

/** The person on the page. */
export type ReviewWord = Pick<Decider, "subject" | "email"> & { readonly by: string };

/** What happened to a named review, in order. A proposal of an agent is never a decision. */
export type SignOffEntry = { readonly at: string; readonly by: string } & (
  | {
      readonly kind: "proposed";
      readonly client: string;
      readonly decisions: readonly ItemDecision[];
    }
  | (Omit<ReviewWord, "by"> & {
      readonly kind: "decided";
      readonly reviewer: string;
      readonly decisions: readonly ItemDecision[];
    })
  | (Omit<ReviewWord, "by"> & {
      readonly kind: "signed";
      readonly reviewer: string;
      /** SHA-256 of the canonical JSON of `signedContent`, hexadecimal. */
      readonly hash: string;
    })
);

/** A named review with its list and everything that happened to it. */
export interface ReviewRecord {
  readonly signOff: SignOff;
  readonly review: Review;
  readonly entries: readonly SignOffEntry[];
}

/** One person in one workspace, which is what a reviewer decides about. */
export interface ReviewItem {
  readonly id: string;
  readonly person: AccessRow;
  readonly workspace: { readonly id: string; readonly name: string };
  /** The letter of the role in the workspace; null for a guest of boards. */
  readonly letter: AccessLetter | null;
  readonly boards: readonly { readonly name: string; readonly letter: AccessLetter }[];
  readonly findings: readonly Finding[];
}

/** The items of a review: people with findings first, the most severe on top, then by name. */
export function itemsOf({ access, findings }: Review): readonly ReviewItem[] {
  const items = access.people.flatMap((person) =>
    access.workspaces.flatMap(({ id, name, boards }): readonly ReviewItem[] => {
      const letter = person.letters[id] ?? null;
      const on = boards.flatMap((board) => {
        const role = person.letters[board.id];
        return role === undefined ? [] : [{ name: board.name, letter: role }];
      });
      if (letter === null && on.length === 0) return [];
      const found = findings.filter(
        (each) =>
          each.person?.idMember === person.idMember &&
          each.places.some(({ idOrganization }) => idOrganization === id),
      );
      return [
        {
          id: `${person.idMember}.${id}`,
          person,
          workspace: { id, name },
          letter,
          boards: on,
          findings: found,
        },
      ];
    }),
  );
  return items.toSorted((a, b) => urgency(a) - urgency(b));
}

function urgency({ findings }: ReviewItem): number {
  const order = ["high", "medium", "low"];
  return Math.min(3, ...findings.map(({ severity }) => order.indexOf(severity)));
}

/** A named review after its last entry. */
export interface SignOffState {
  /** The last decision on each item, with who made it and when. */
  readonly decisions: ReadonlyMap<string, ItemDecision & { readonly by: string; readonly at: string }>;
  /** The last proposal for each item. */
  readonly proposals: ReadonlyMap<string, ItemDecision & { readonly by: string; readonly client: string }>;
  readonly signed: readonly Extract<SignOffEntry, { kind: "signed" }>[];
  /** The reviewers who have not signed. */
  readonly missing: readonly string[];
  readonly isSigned: boolean;
}

export function stateOf({ signOff, entries }: Pick<ReviewRecord, "signOff" | "entries">): SignOffState {
  const decisions = new Map<string, ItemDecision & { by: string; at: string }>();
  const proposals = new Map<string, ItemDecision & { by: string; client: string }>();
  for (const entry of entries) {
    const { at, by } = entry;
    if (entry.kind === "decided")
      for (const each of entry.decisions) decisions.set(each.item, { ...each, by, at });
    if (entry.kind === "proposed")
      for (const each of entry.decisions) proposals.set(each.item, { ...each, by, client: entry.client });
  }
  const signed = entries.filter((entry) => entry.kind === "signed");
  const names = new Set(signed.map(({ reviewer }) => reviewer));
  const missing = signOff.reviewers.filter((reviewer) => !names.has(reviewer));
  return { decisions, proposals, signed, missing, isSigned: missing.length === 0 };
}

/** What every sign-off of a review signs: how it was started, its list and findings, and every decision. */
export function signedContent({ signOff, review, entries }: ReviewRecord) {
  const { rosters, ...list } = review;
  return {
    signOff,
    list: {
      ...list,
      rosters: rosters.map(({ name, people, gaps }) => ({ name, people: people.length, gaps })),
    },
    entries: entries.filter(({ kind }) => kind !== "signed"),
  };
}

/** The name in the list of reviewers by which this person decides; null if the person is none of them. */
export function reviewerOf({ reviewers }: SignOff, { subject, email, by }: ReviewWord): string | null {
  // Without a sign-in, nothing proves an email: then only the user of this machine can be a reviewer.
  if (subject === undefined) return reviewers.find((each) => each === `user:${by}`) ?? null;
  const decider = { subject, ...(email !== undefined && { email }) };
  return reviewers.find((each) => isNamedApprover([each], decider)) ?? null;
}

/** The reviewer's name, or POLICY_DENIED. */
export function requireReviewer(signOff: SignOff, word: ReviewWord): string {
  const reviewer = reviewerOf(signOff, word);
  if (reviewer !== null) return reviewer;
  throw new AppError("POLICY_DENIED", "Only a named reviewer decides and signs in this review.", {
    next: `One of them opens the page: ${signOff.reviewers.join(", ")}.`,
  });
}

/** Throws unless these decisions, or proposals, can be recorded. */
export function assertCanRecord(record: ReviewRecord, decisions: readonly ItemDecision[]): void {
  if (stateOf(record).signed.length > 0) {
    throw new AppError("CONFLICT", "A reviewer has signed, so the decisions of this review are final.", {
      next: "Start a new review to decide again.",
    });
  }
  const known = new Set(itemsOf(record.review).map(({ id }) => id));
  const unknown = decisions.find(({ item }) => !known.has(item));
  const bad = decisions.find(
    ({ decision, note, until }) =>
      (decision === "change" && !note) || (until !== null && (decision !== "keep" || !note)),
  );
  if (unknown) throw invalid(`The review has no item ${unknown.item}.`, "Give items that get_review showed.");
  if (bad?.decision === "change")
    throw invalid("A change has no note.", "Say in the note what should change, and save again.");
  if (bad)
    throw invalid(
      "An end date needs the decision keep and a note with the reason.",
      "Choose keep and write the reason, or take the date away.",
    );
  const past = decisions.find(({ until }) => until !== null && until <= record.signOff.at.slice(0, 10));
  if (past) throw invalid(`The end date ${past.until} is not after the list.`, "Give a later date.");
}

/** Throws unless the reviewer can sign now. `entries` is the number of entries that the reviewer has seen. */
export function assertCanSign(record: ReviewRecord, reviewer: string, entries: number): void {
  const { decisions, signed } = stateOf(record);
  if (record.entries.length !== entries)
    throw new AppError("CONFLICT", "Decisions were saved after this page was made, so nothing was signed.", {
      next: "Open the review again, read them, and sign off then.",
    });
  if (signed.some((entry) => entry.reviewer === reviewer))
    throw new AppError("CONFLICT", "This reviewer has signed already.", { next: "Open the review again." });
  const open = itemsOf(record.review).filter(({ id }) => !decisions.has(id)).length;
  if (open === 0) return;
  throw new AppError(
    "CONFLICT",
    `${plural(open, "item")} of this review ${open === 1 ? "is" : "are"} undecided.`,
    {
      next: "Decide about each person, save, and sign off then.",
    },
  );
}

function invalid(message: string, next: string): AppError {
  return new AppError("INPUT_INVALID", message, { next });
}

/** The refusal if no named review has the id, or the caller may not see it. */
export function unknownReview(): AppError {
  return new AppError("NOT_FOUND", "There is no named review with that id.", {
    next: "Call start_review, and use the reviewId that it returns.",
  });
}

/** The store of named reviews. */
export interface SignOffStore {
  /** Starts a named review on the stored review with the same id. */
  start(signOff: SignOff): Promise<void>;
  get(reviewId: string): Promise<ReviewRecord | null>;
  /** The newest first. */
  list(limit: number): Promise<readonly Omit<ReviewRecord, "review">[]>;
  /**
   * Adds the entry that `make` returns. What `make` throws is thrown, and nothing changes. `hash` is that of
   * `signedContent`, as a sign-off records it.
   */
  append(
    reviewId: string,
    make: (record: ReviewRecord, hash: () => string) => SignOffEntry,
  ): Promise<ReviewRecord>;
}
