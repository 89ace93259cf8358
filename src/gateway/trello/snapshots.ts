import type { z } from "zod";
import { AppError } from "../../domain/error.ts";
import { clean, isTrelloId, plural } from "../../domain/text.ts";
import {
  board,
  type BoardSnapshot,
  boardWithMemberships,
  type Member,
  member,
  membershipWithMember,
  type PlanTier,
  type Workspace,
  workspace,
  type WorkspaceSnapshot,
} from "../../domain/trello.ts";
import type { Pass } from "../gateway.ts";
import type { Memo } from "../http/memo.ts";
import { assertSameId, parseReply, parseRows } from "../http/parse.ts";
import type { Batch, SubRequest, SubSuccess } from "./batch.ts";
import {
  boardMembershipsRoute,
  boardRoute,
  ME,
  workspaceBoardsRoute,
  workspaceMembershipsRoute,
  workspaceRoute,
} from "./routes.ts";

/** A batch carries 10 GETs: 3 for each of 3 workspaces, and one for the token's owner. */
export const WORKSPACES_A_BATCH = 3;
export const BOARDS_A_BATCH = 5;

type Answer = SubSuccess | AppError | undefined;

/**
 * Reads up to three workspaces in one batch, in the order of the call. If a workspace fails, its entry is the error.
 */
export async function fetchWorkspaces(
  batch: Batch,
  lifelong: Memo,
  refs: readonly string[],
  pass: Pass,
): Promise<readonly (WorkspaceSnapshot | AppError)[]> {
  const routes = refs.map((ref) => [
    workspaceRoute(ref),
    workspaceMembershipsRoute(ref),
    workspaceBoardsRoute(ref),
  ]);
  const asksOwner = !lifelong.knows("me");
  const answering = batch([...routes.flat(), ...(asksOwner ? [ME] : [])], pass);
  if (asksOwner)
    lifelong.know(
      "me",
      answering.then((all): Member => read(member, ME, all.at(-1))),
    );
  const answers = await answering;
  return routes.map((own, index) =>
    outcome(NO_WORKSPACE, refs[index], () => {
      const found = workspaceOf(own, answers.slice(index * 3, index * 3 + 3));
      assertAsked(found.workspace, refs[index], own[0]);
      return found;
    }),
  );
}

function workspaceOf(routes: readonly SubRequest[], answers: readonly Answer[]): WorkspaceSnapshot {
  const found = read(workspace, routes[0], answers[0]);
  const members = readRows(membershipWithMember, routes[1], answers[1]);
  const boards = readRows(boardWithMemberships, routes[2], answers[2]);
  const people = boards.rows.reduce((sum, { unreadPeople = 0 }) => sum + unreadPeople, 0);
  const unread = [
    ...(members.odd > 0 ? [plural(members.odd, "member")] : []),
    ...(boards.odd > 0 ? [plural(boards.odd, "board")] : []),
    ...(people > 0 ? [plural(people, "row", "rows") + " of people on boards"] : []),
  ];
  return {
    workspace: found,
    tier: planTier(found),
    memberships: [...members.rows],
    boards: byId(boards.rows),
    ...(unread.length > 0 && { unread }),
  };
}

/** The rows sorted by id. Trello sorts boards by name, but a plan must not change because a board was renamed. */
function byId<Row extends { readonly id: string }>(rows: readonly Row[]): readonly Row[] {
  return rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** Reads up to five boards in one batch, in the order of the call. If a board fails, its entry is the error. */
export async function fetchBoards(
  batch: Batch,
  refs: readonly string[],
  pass: Pass,
): Promise<readonly (BoardSnapshot | AppError)[]> {
  const routes = refs.map((ref) => [boardRoute(ref), boardMembershipsRoute(ref)]);
  const answers = await batch(routes.flat(), pass);
  return routes.map((own, index) =>
    outcome(NO_BOARD, refs[index], () => {
      const found = assertAsked(read(board, own[0], answers[index * 2]), refs[index], own[0]);
      const { rows, odd } = readRows(membershipWithMember, own[1], answers[index * 2 + 1]);
      return { board: found, memberships: [...rows], ...(odd > 0 && { unread: [plural(odd, "member")] }) };
    }),
  );
}

function read<Schema extends z.ZodType>(
  schema: Schema,
  route: SubRequest | undefined,
  answer: Answer,
): z.output<Schema> {
  if (answer instanceof AppError) throw answer;
  return parseReply(schema, answer?.body, {
    upstream: "trello",
    operation: route?.operation ?? "GET /batch",
  });
}

function readRows<Schema extends z.ZodType>(
  schema: Schema,
  route: SubRequest | undefined,
  answer: Answer,
): { readonly rows: readonly z.output<Schema>[]; readonly odd: number } {
  if (answer instanceof AppError) throw answer;
  return parseRows(schema, answer?.body, {
    upstream: "trello",
    operation: route?.operation ?? "GET /batch",
  });
}

/** Throws UPSTREAM_CONTRACT if `ref` is an id and Trello answered with a workspace or board that has another id. */
function assertAsked<Found extends { readonly id: string }>(
  found: Found,
  ref: string | undefined,
  route: SubRequest | undefined,
): Found {
  if (ref === undefined || !isTrelloId(ref)) return found;
  return assertSameId(found, ref, { upstream: "trello", operation: route?.operation ?? "GET /batch" });
}

/** The texts of the error if a workspace or board does not exist. */
interface Missing {
  readonly message: (ref: string) => string;
  readonly next: string;
}

const NO_WORKSPACE: Missing = {
  message: (ref) => `There is no workspace with the id or slug ${ref}, or Trello hides it from this account.`,
  next: "Use list_workspaces for ids, slugs and names.",
};
const NO_BOARD: Missing = {
  message: (ref) =>
    `There is no board with the id or short link ${ref}, or Trello hides it from this account.`,
  next: "Use list_workspace_boards for ids, short links and names.",
};

function outcome<Value>(missing: Missing, ref: string | undefined, make: () => Value): Value | AppError {
  try {
    return make();
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    if (thrown.code !== "NOT_FOUND" || ref === undefined) return thrown;
    const { details } = thrown;
    return new AppError("NOT_FOUND", missing.message(clean(ref)), { next: missing.next, details });
  }
}

/**
 * Trello's values of the field `offering`, with the plan tier that each means. Trello's own web client uses the same
 * names.
 */
const OFFERINGS: Readonly<Record<string, PlanTier>> = {
  "trello.free": "free",
  "trello.personal_free": "free",
  "trello.standard": "standard",
  "trello.personal_standard": "standard",
  "trello.business_class": "premium",
  "trello.premium": "premium",
  "trello.premium_po": "premium",
  "trello.personal_premium": "premium",
  "trello.enterprise": "enterprise",
  "trello.enterprise_without_sso": "enterprise",
};

/** Words in `premiumFeatures` from which the plan tier is known. */
const FEATURES: readonly (readonly [string, PlanTier])[] = [
  ["enterpriseUI", "enterprise"],
  ["isPremium", "premium"],
  ["isBc", "premium"],
  ["isStandard", "standard"],
];

/**
 * The plan tier of a workspace; `unknown` if the reply does not show a tier. With `unknown`, this program tries
 * requests that some tiers refuse, and uses another way after a refusal.
 */
export function planTier({ offering, idEnterprise, premiumFeatures, products }: Workspace): PlanTier {
  const named = offering ? OFFERINGS[offering] : undefined;
  if (named) return named;
  if (idEnterprise) return "enterprise";
  for (const [feature, tier] of FEATURES) if (premiumFeatures?.includes(feature)) return tier;
  if (!offering && products?.length === 0 && premiumFeatures?.length === 0) return "free";
  return "unknown";
}
