import { z } from "zod";
import { AppError } from "../../domain/error.ts";
import type { TrelloReads } from "../../domain/reads.ts";
import {
  card,
  member,
  memberProfile,
  profile,
  type TokenInfo,
  tokenInfo,
  workspace,
} from "../../domain/trello.ts";
import { type Rows, withUnread } from "../../domain/wire.ts";
import type { Pass } from "../gateway.ts";
import { createMemo, type Memo } from "../http/memo.ts";
import { parseJson, parseReply, parseRows } from "../http/parse.ts";
import type { Send } from "../http/send.ts";
import type { Upstream } from "../http/upstream.ts";
import type { Batch, SubRequest } from "./batch.ts";
import {
  ME,
  boardCardsRoute,
  memberCardsRoute,
  memberProfileRoute,
  memberSearchRoute,
  MY_PROFILE,
  myWorkspaces,
  newBillableGuestsRoute,
  tokenRoute,
} from "./routes.ts";
import { fetchWebhooks } from "./webhooks.ts";
import { FEEDS_A_BATCH, fetchEvents, fetchFeeds } from "./feeds.ts";
import { BOARDS_A_BATCH, fetchBoards, fetchWorkspaces, planTier, WORKSPACES_A_BATCH } from "./snapshots.ts";

export interface TrelloReadDeps {
  readonly send: Send;
  readonly upstream: Upstream;
  readonly batch: Batch;
  /** Remembers answers that never change, such as who owns the token. It lives as long as the gateway. */
  readonly lifelong: Memo;
  readonly token: (pass: Pass) => Promise<TokenInfo>;
  /** null: a sign-in by OAuth 2.0. */
  readonly apiToken: string | null;
}

/** One GET of Trello, parsed. */
async function get<Schema extends z.ZodType>(
  { send, upstream }: Pick<TrelloReadDeps, "send" | "upstream">,
  schema: Schema,
  route: SubRequest,
  pass: Pass,
): Promise<z.output<Schema>> {
  const from = { upstream: "trello", operation: route.operation } as const;
  const { text } = await send(upstream, { ...route, method: "GET", access: "read" }, pass);
  return parseReply(schema, parseJson(text, from), from);
}

/** Like `get`, but for a list. A row that does not match the schema is left out and counted. */
async function getRows<Schema extends z.ZodType>(
  { send, upstream }: Pick<TrelloReadDeps, "send" | "upstream">,
  schema: Schema,
  route: SubRequest,
  pass: Pass,
): Promise<Rows<z.output<Schema>>> {
  const from = { upstream: "trello", operation: route.operation } as const;
  const { text } = await send(upstream, { ...route, method: "GET", access: "read" }, pass);
  return parseRows(schema, parseJson(text, from), from).rows;
}

/** Reads what the token may do and until when it is valid. Trello fixes both when the token is made. */
export function fetchToken(
  deps: Pick<TrelloReadDeps, "send" | "upstream">,
  apiToken: string,
  pass: Pass,
): Promise<TokenInfo> {
  return get(deps, tokenInfo, tokenRoute(apiToken), pass);
}

/** Trello's reads for one pass. */
export function createTrelloReads(deps: TrelloReadDeps, pass: Pass): TrelloReads {
  const { batch, lifelong } = deps;
  const memo = createMemo();

  const workspaceSnapshots: TrelloReads["workspaceSnapshots"] = (refs) =>
    inGroups(memo, "workspace", refs, {
      size: WORKSPACES_A_BATCH,
      fetch: (group) => fetchWorkspaces(batch, lifelong, group, pass),
      idOf: (snapshot) => snapshot.workspace.id,
    });
  const boards: TrelloReads["boards"] = (refs) =>
    inGroups(memo, "board", refs, {
      size: BOARDS_A_BATCH,
      fetch: (group) => fetchBoards(batch, group, pass),
      idOf: (snapshot) => snapshot.board.id,
    });

  const askOwner = () => lifelong("me", () => get(deps, member, ME, pass));

  return {
    async me() {
      // Lets other calls of the same moment begin first. If one of them reads workspaces in a batch, the batch also
      // asks who owns the token, and `me` uses that answer.
      await Promise.resolve();
      const carried = lifelong.knows("me");
      return askOwner().catch((thrown: unknown) => {
        // If the answer should come from the batch of another caller, that batch may have failed, or the other caller
        // may have cancelled it. So `me` now asks in a request of its own.
        if (carried) return askOwner();
        throw thrown;
      });
    },
    token: () => memo("token", () => deps.token(pass)),
    webhooks: () => memo("webhooks", () => fetchWebhooks(deps, deps.apiToken, pass)),
    profile: () => memo("profile", () => get(deps, profile, MY_PROFILE, pass)),
    memberProfile: (idMember) =>
      memo(`profile ${idMember}`, () => get(deps, memberProfile, memberProfileRoute(idMember), pass)),
    newBillableGuests: (idOrganization, idBoard) =>
      memo(
        `billable ${idOrganization} ${idBoard}`,
        async () =>
          (await get(deps, z.array(z.unknown()), newBillableGuestsRoute(idOrganization, idBoard), pass))
            .length,
      ),
    cardsOf: (idMember) =>
      memo(`cards ${idMember}`, () => getRows(deps, card, memberCardsRoute(idMember), pass)),
    cardsOn: (idBoard) =>
      memo(`cards on ${idBoard}`, () => getRows(deps, card, boardCardsRoute(idBoard), pass)),
    workspaces: () =>
      memo("workspaces", async () => {
        const found = await getRows(deps, workspace, myWorkspaces, pass);
        return withUnread(
          found.map((each) => ({ ...each, tier: planTier(each) })),
          found,
        );
      }),
    invitationActions: async (ids) => {
      const feeds = await inGroups(memo, "invitations", ids, {
        size: FEEDS_A_BATCH,
        fetch: (group) => fetchFeeds(batch, group, pass),
        idOf: ({ id }) => id,
      });
      return feeds.map(({ rows }) => rows);
    },
    membershipEvents: async (places, since) => {
      const groups = Array.from({ length: Math.ceil(places.length / FEEDS_A_BATCH) }, (_each, index) =>
        places.slice(index * FEEDS_A_BATCH, (index + 1) * FEEDS_A_BATCH),
      );
      return (await Promise.all(groups.map((group) => fetchEvents(batch, group, since, pass)))).flat();
    },
    workspaceSnapshots,
    workspace: async (ref) => only(await workspaceSnapshots([ref])),
    boards,
    board: async (ref) => only(await boards([ref])),
    searchMembers: (query, idOrganization) =>
      memo(`search ${idOrganization ?? ""} ${query}`, () =>
        getRows(deps, member, memberSearchRoute(query, idOrganization), pass),
      ),
  };
}

interface Grouping<Value> {
  readonly size: number;
  readonly fetch: (group: readonly string[]) => Promise<readonly (Value | AppError)[]>;
  /**
   * Returns the id of a workspace or board that was read. So a workspace or board that was read by slug or short link
   * can then also be found by its id.
   */
  readonly idOf: (value: Value) => string;
}

/**
 * Returns the workspaces or boards that `refs` names, in the same order. Those that were not read before are read now,
 * several in each request.
 */
function inGroups<Value>(
  memo: Memo,
  kind: string,
  refs: readonly string[],
  { size, fetch, idOf }: Grouping<Value>,
): Promise<readonly Value[]> {
  const unknown = [...new Set(refs)].filter((ref) => !memo.knows(`${kind} ${ref}`));
  for (let start = 0; start < unknown.length; start += size) {
    const group = unknown.slice(start, start + size);
    const answers = fetch(group);
    for (const [index, ref] of group.entries()) {
      memo.know(
        `${kind} ${ref}`,
        answers.then((all) => {
          const answer = all[index];
          if (answer instanceof AppError) throw answer;
          if (answer !== undefined) memo.know(`${kind} ${idOf(answer)}`, Promise.resolve(answer));
          return answer;
        }),
      );
    }
  }
  const missing = () => Promise.reject(new Error("unreachable: every ref was asked"));
  return Promise.all(refs.map((ref) => memo<Value>(`${kind} ${ref}`, missing)));
}

function only<Value>(values: readonly Value[]): Value {
  const [value] = values;
  if (value === undefined) throw new Error("unreachable: one was asked");
  return value;
}
