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
 * Reads the membership events of up to ten feeds since a time, in one batch. A feed that is refused has no events. It
 * is not documented whether Trello shows the feed of another member. So any lasting failure of a member's feed counts
 * as a refusal.
 */
export async function fetchEvents(
  batch: Batch,
  places: readonly FeedPlace[],
  since: string,
  pass: Pass,
): Promise<readonly MembershipEvent[]> {
  const answers = await batch(
    places.map((place) => membershipActionsRoute(place, since)),
    pass,
  );
  return answers.flatMap((answer, index) => {
    if (answer instanceof AppError) {
      if (places[index]?.idMember !== undefined && !isTemporary(answer)) return [];
      if (answer.code === "UPSTREAM_FORBIDDEN" || answer.code === "NOT_FOUND") return [];
      throw answer;
    }
    const rows: readonly unknown[] = Array.isArray(answer.body) ? answer.body : [];
    return rows.flatMap((row) => eventOf(row) ?? []);
  });
}
