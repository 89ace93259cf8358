import { AppError, isTemporary } from "../../domain/error.ts";
import { eventOf, type MembershipEvent } from "../../domain/membership-event.ts";
import type { FeedPlace } from "../../domain/reads.ts";
import { type InvitationAction, invitationAction } from "../../domain/trello.ts";
import type { Rows } from "../../domain/wire.ts";
import type { Pass } from "../gateway.ts";
import { parseRows } from "../http/parse.ts";
import type { Batch } from "./batch.ts";
import { invitationActionsRoute, membershipActionsRoute } from "./routes.ts";

/** A batch (several GETs in one request) can have 10 GETs, so one batch reads the action feeds of 10 workspaces. */
export const FEEDS_A_BATCH = 10;

interface Feed {
  readonly id: string;
  /** The invitations in the feed; null if Trello does not show the workspace's action feed to this account. */
  readonly rows: Rows<InvitationAction> | null;
}

/**
 * Reads the invitations in the action feeds of up to ten workspaces, in one batch. If one feed is refused, the others
 * are still read.
 */
export async function fetchFeeds(
  batch: Batch,
  ids: readonly string[],
  pass: Pass,
): Promise<readonly (Feed | AppError)[]> {
  const answers = await batch(ids.map(invitationActionsRoute), pass);
  return ids.map((id, index) => {
    const answer = answers[index];
    const isRefusal =
      answer instanceof AppError && (answer.code === "UPSTREAM_FORBIDDEN" || answer.code === "NOT_FOUND");
    if (isRefusal) return { id, rows: null };
    if (answer instanceof AppError) return answer;
    const from = { upstream: "trello", operation: invitationActionsRoute(id).operation } as const;
    return { id, rows: parseRows(invitationAction, answer?.body, from).rows };
  });
}

/**
 * Trello shows at most this many actions in one reply. After a reply with this many actions, the next request asks for
 * older actions.
 */
const FULL = 1_000;
/** At most this many replies of one feed are read. */
const MOST_REPLIES = 10;

/**
 * Reads the membership events since a time in up to ten action feeds: of workspaces, boards or people. One batch (one
 * request) reads the newest 1,000 actions of every feed; longer feeds need more batches. A feed that Trello refuses
 * counts as empty. For the feed of a person, every lasting failure counts as a refusal, because Trello does not
 * document whether it shows one person's feed to another.
 */
export async function fetchEvents(
  batch: Batch,
  places: readonly FeedPlace[],
  since: string,
  pass: Pass,
): Promise<readonly MembershipEvent[]> {
  const events: MembershipEvent[] = [];
  let asked: readonly { readonly place: FeedPlace; readonly before?: string }[] = places.map((place) => ({
    place,
  }));
  for (let reply = 0; asked.length > 0 && reply < MOST_REPLIES; reply += 1) {
    const answers = await batch(
      asked.map(({ place, before }) => membershipActionsRoute(place, since, before)),
      pass,
    );
    asked = asked.flatMap(({ place }, index) => {
      const rows = rowsOf(answers[index], place);
      events.push(...rows.flatMap((row) => eventOf(row) ?? []));
      const last: unknown = rows.at(-1);
      const hasId = typeof last === "object" && last !== null && "id" in last && typeof last.id === "string";
      return rows.length >= FULL && hasId ? [{ place, before: String(last.id) }] : [];
    });
  }
  return events;
}

function rowsOf(
  answer: Awaited<ReturnType<Batch>>[number] | undefined,
  place: FeedPlace,
): readonly unknown[] {
  if (answer instanceof AppError) {
    if (place.idMember !== undefined && !isTemporary(answer)) return [];
    if (answer.code === "UPSTREAM_FORBIDDEN" || answer.code === "NOT_FOUND") return [];
    throw answer;
  }
  return Array.isArray(answer?.body) ? answer.body : [];
}
