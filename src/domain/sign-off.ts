import type { Decider } from "./approvers.ts";
import type { Principal } from "./plan.ts";
import type { AccessLetter, AccessRow, Finding, Review } from "./review.ts";
import type { FinalResult } from "./run.ts";

/** The possible decisions of a reviewer about one person in one workspace. */
export const ITEM_DECISIONS = ["keep", "change", "remove"] as const;

export interface ItemDecision {
  /** The id of the item. */
  readonly item: string;
  readonly decision: (typeof ITEM_DECISIONS)[number];
  readonly note: string | null;
  /**
   * Only for `keep`: the last day (YYYY-MM-DD) on which the reviewer accepts the person's findings; null if there is no
   * last day.
   */
  readonly until: string | null;
}

/**
 * A named review as it was started. The people to decide about are in the stored access review with the same id.
 * Neither the named review nor the access review ever changes.
 */
export interface SignOff {
  readonly reviewId: string;
  readonly name: string;
  readonly period: string | null;
  /**
   * The people who decide and sign. Each is an email, `ISSUER#VALUE` (the sign-in issuer, and its id for the person),
   * or `user:NAME` for the user of one machine.
   */
  readonly reviewers: readonly string[];
  /** For each reviewer, the ids of the items to decide. Missing if all reviewers decide about all items together. */
  readonly items?: Readonly<Record<string, readonly string[]>>;
  /** The last day (YYYY-MM-DD) for the reviewers to sign. */
  readonly due?: string;
  /** ISO 8601. */
  readonly at: string;
  readonly principal: Principal;
}

/** The person on the page. */
export type ReviewWord = Pick<Decider, "subject" | "email"> & { readonly by: string };

/** An entry in the history of a named review. A proposal of an agent is never a decision. */
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
      /** SHA-256 of the canonical JSON of `signedContent`, in hexadecimal. */
      readonly hash: string;
    })
  | ({
      readonly kind: "checked";
      readonly client: string;
      /** SHA-256 of the canonical JSON of `closedContent`, in hexadecimal. */
      readonly hash: string;
    } & Afterwards)
);

/** What happened after a review was signed: the runs, and the list of people that was read again. */
export interface Afterwards {
  /** The runs that removed people as the reviewers decided, the oldest first. */
  readonly runs: readonly CheckedRun[];
  /** The id of the stored review with the new list of people. */
  readonly list: string;
}

/**
 * A run of remediate_review, as the package (the file of a signed review) shows it. For each change, it says whether a
 * read at the end of the run confirmed the change.
 */
export interface CheckedRun {
  readonly id: string;
  readonly summary: string;
  readonly state: string;
  readonly result: FinalResult | null;
  readonly decidedBy: string | null;
  readonly endedAt: string | null;
  readonly changes: readonly {
    readonly what: string;
    readonly state: string;
    /** Whether a read at the end of the run showed the change; null if the run has no evidence. */
    readonly confirmed: boolean | null;
  }[];
  /** What the run's plan promised, but what is not true or was not done, with the reason. */
  readonly unfinished: readonly string[];
}

/** A named review with its list of people and its history. */
export interface ReviewRecord {
  readonly signOff: SignOff;
  readonly review: Review;
  readonly entries: readonly SignOffEntry[];
  /** The list of people that was read after the removals; null if it was not read. */
  readonly after: Review | null;
}

/** A named review without its lists. */
export type ReviewSummary = Pick<ReviewRecord, "signOff" | "entries">;

/** What a reviewer decides about: one person in one workspace. */
export interface ReviewItem {
  readonly id: string;
  readonly person: AccessRow;
  readonly workspace: { readonly id: string; readonly name: string };
  /** The letter of the role in the workspace; null for a guest. */
  readonly letter: AccessLetter | null;
  readonly boards: readonly { readonly name: string; readonly letter: AccessLetter }[];
  readonly findings: readonly Finding[];
}

/** The items of a review. People with findings come first, the most serious on top. The others are sorted by name. */
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

/** The state of a named review after its last entry. */
export interface SignOffState {
  /** The last decision about each item, with its author and time. */
  readonly decisions: ReadonlyMap<string, ItemDecision & { readonly by: string; readonly at: string }>;
  /** The last proposal for each item. */
  readonly proposals: ReadonlyMap<string, ItemDecision & { readonly by: string; readonly client: string }>;
  readonly signed: readonly Extract<SignOffEntry, { kind: "signed" }>[];
  /** The reviewers who have not signed. */
  readonly missing: readonly string[];
  readonly isSigned: boolean;
  /**
   * The last entry of the kind `checked`. It says that the list of people was read again after all reviewers had
   * signed. null if the list was not read again.
   */
  readonly checked: Extract<SignOffEntry, { kind: "checked" }> | null;
}

export function stateOf({ signOff, entries }: ReviewSummary): SignOffState {
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
  const checked = entries.findLast((entry) => entry.kind === "checked") ?? null;
  return { decisions, proposals, signed, missing, isSigned: missing.length === 0, checked };
}

/**
 * What a reviewer signs: how the review was started, its list of people with the findings, and the proposals and
 * decisions in `entries`.
 */
export function signedContent({ signOff, review }: ReviewRecord, entries: readonly SignOffEntry[]) {
  return {
    signOff,
    list: listOf(review),
    entries: entries.filter(({ kind }) => kind === "proposed" || kind === "decided"),
  };
}

/**
 * The content that is hashed when the package (the file of a signed review) is closed. It consists of the signed
 * content, the signatures, the runs, and the new list of people.
 */
export function closedContent(record: ReviewRecord, { runs }: Pick<Afterwards, "runs">, after: Review) {
  return {
    signed: signedContent(record, record.entries),
    signOffs: stateOf(record).signed,
    afterwards: { runs, list: listOf(after) },
  };
}

/**
 * A review for the package (the file of a signed review). It has only the size and the gaps of each roster, not the
 * people on it.
 */
function listOf({ rosters, ...list }: Review) {
  return {
    ...list,
    rosters: rosters.map(({ name, people, gaps }) => ({ name, people: people.length, gaps })),
  };
}

/** The store of named reviews. */
export interface SignOffStore {
  /**
   * Stores the start of a named review. The people to decide about are in the stored access review with the same id.
   */
  start(signOff: SignOff): Promise<void>;
  get(reviewId: string): Promise<ReviewRecord | null>;
  /** The newest first. */
  list(limit: number): Promise<readonly ReviewSummary[]>;
  /**
   * Adds the entry that `make` returns to the history of a named review. If `make` throws, nothing is stored. `hash`:
   * returns the SHA-256 of a content as canonical JSON.
   */
  append(
    reviewId: string,
    make: (record: ReviewRecord, hash: (content: object) => string) => SignOffEntry,
  ): Promise<ReviewRecord>;
}
