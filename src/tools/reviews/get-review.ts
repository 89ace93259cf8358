import { z } from "zod";
import {
  ITEM_DECISIONS,
  itemsOf,
  type ReviewItem,
  type SignOffState,
  stateOf,
} from "../../domain/sign-off.ts";
import { listNames, plural } from "../../domain/text.ts";
import { defineReadTool } from "../define.ts";
import { cursor, limit } from "../support/fields.ts";
import { reviewAgain } from "../support/make-review.ts";
import { moreLine, paginate } from "../support/page.ts";

const row = z.object({
  item: z.string(),
  person: z.string(),
  workspace: z.string(),
  role: z.string().nullable(),
  boards: z.number(),
  findings: z.array(z.string()),
  decision: z.enum(ITEM_DECISIONS).optional(),
  note: z.string().optional(),
  proposal: z.enum(ITEM_DECISIONS).optional(),
});

export default defineReadTool({
  name: "get_review",
  title: "Get a named review",
  description:
    "State of a named review: counts, who has signed, and what is undecided; once signed, what is to be changed or removed.",
  toolset: "reviews",
  input: z.strictObject({
    reviewId: z.string().max(60),
    afterwards: z
      .boolean()
      .describe("for a signed review: read all access again, and add it and the changes to the package")
      .default(false),
    limit: limit.default(25),
    cursor: cursor.optional(),
  }),
  output: z.object({
    reviewId: z.string(),
    name: z.string(),
    period: z.string().nullable(),
    state: z.enum(["open", "signed"]),
    counts: z.record(z.string(), z.number()),
    signed: z.array(z.object({ reviewer: z.string(), by: z.string(), at: z.string(), hash: z.string() })),
    missing: z.array(z.string()),
    removals: z.object({ planId: z.string().nullable(), problem: z.string().nullable() }).optional(),
    closed: z
      .object({ at: z.string(), hash: z.string(), list: z.string(), runs: z.array(z.string()) })
      .optional(),
    page: z.string().nullable(),
    items: z.array(row),
    nextCursor: z.string().optional(),
  }),
  async read(args, context) {
    const { namedReviews } = context;
    const record = args.afterwards
      ? await namedReviews.check(args.reviewId, (review) => reviewAgain(review, context))
      : await namedReviews.get(args.reviewId);
    const state = stateOf(record);
    const removals = state.isSigned ? await namedReviews.removals(args.reviewId) : null;
    const all = itemsOf(record.review);
    const wanted = all.filter(({ id }) => {
      const decided = state.decisions.get(id)?.decision;
      return state.isSigned ? decided !== "keep" : decided === undefined;
    });
    const order = new Map(wanted.map(({ id }, index) => [id, String(index).padStart(8, "0")]));
    const page = paginate(wanted, {
      limit: args.limit,
      cursor: args.cursor,
      of: ["get_review", args.reviewId, state.isSigned],
      sort: ({ id }) => order.get(id) ?? "",
      id: ({ id }) => id,
    });
    return {
      reviewId: args.reviewId,
      name: record.signOff.name,
      period: record.signOff.period,
      state: state.isSigned ? ("signed" as const) : ("open" as const),
      counts: countsOf(all, state),
      signed: state.signed.map(({ reviewer, by, at, hash }) => ({ reviewer, by, at, hash })),
      missing: [...state.missing],
      ...(removals && { removals: { ...removals } }),
      ...(state.checked && {
        closed: {
          at: state.checked.at,
          hash: state.checked.hash,
          list: state.checked.list,
          runs: state.checked.runs.map(({ id }) => id),
        },
      }),
      page: state.isSigned ? null : (await namedReviews.page(args.reviewId)).url,
      items: page.rows.map((item) => shown(item, state)),
      ...(page.cursor && { nextCursor: page.cursor }),
    };
  },
  text: ({
    reviewId,
    name,
    period,
    state,
    counts,
    signed,
    missing,
    removals,
    closed,
    page,
    items,
    nextCursor,
  }) =>
    [
      `Review ${reviewId}, ${name}${period === null ? "" : ` (${period})`}: ${state}. ${Object.entries(counts)
        .map(([word, count]) => `${word} ${count}`)
        .join(", ")}.`,
      ...signed.map(({ by, at, hash }) => `Signed by ${by} at ${at}, hash ${hash}.`),
      ...(missing.length > 0
        ? [`Not signed by: ${listNames(missing, 20)}.${page === null ? "" : ` Page: ${page}`}`]
        : [`Package: trello-identity://reviews/${reviewId}/package (also with .json)`]),
      ...(removals?.planId
        ? [`The removals are in the plan ${removals.planId}: call apply_plan with this planId.`]
        : []),
      ...(removals?.problem ? [`The removals could not be planned: ${removals.problem}`] : []),
      ...(closed
        ? [
            `Closed at ${closed.at}, after ${plural(closed.runs.length, "run")}. The new list of people is review ${closed.list}. Hash of the package: ${closed.hash}.`,
          ]
        : state === "signed"
          ? [
              "After the removals, call get_review with afterwards: true. The package then also shows what was changed.",
            ]
          : []),
      `${state === "open" ? "Undecided" : "To change or remove"}: ${plural(items.length, "item")}${moreLine(nextCursor)}`,
      ...items.map(
        ({ item, person, workspace, role, boards, findings, decision, note, proposal }) =>
          `${item} ${person}, ${workspace}: ${role ?? "guest"}, ${plural(boards, "board")}${findings.length > 0 ? `, ${findings.join(" ")}` : ""}${decision === undefined ? "" : `, decided: ${decision}`}${note === undefined ? "" : ` (${note})`}${proposal === undefined ? "" : `, proposed: ${proposal}`}`,
      ),
    ].join("\n"),
});

function countsOf(all: readonly ReviewItem[], { decisions, proposals }: SignOffState) {
  const decided = (word: string) =>
    [...decisions.values()].filter(({ decision }) => decision === word).length;
  return {
    items: all.length,
    undecided: all.filter(({ id }) => !decisions.has(id)).length,
    keep: decided("keep"),
    change: decided("change"),
    remove: decided("remove"),
    proposed: proposals.size,
  };
}

function shown(
  { id, person, workspace, letter, boards, findings }: ReviewItem,
  { decisions, proposals }: SignOffState,
) {
  const decided = decisions.get(id);
  const proposal = proposals.get(id)?.decision;
  return {
    item: id,
    person: person.name,
    workspace: workspace.name,
    role: letter,
    boards: boards.length,
    findings: findings.map(({ kind }) => kind),
    ...(decided && { decision: decided.decision, ...(decided.note && { note: decided.note }) }),
    ...(proposal && { proposal }),
  };
}
