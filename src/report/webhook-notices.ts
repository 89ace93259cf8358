import type { AppError } from "../domain/error.ts";
import type { MembershipEvent } from "../domain/membership-event.ts";
import type { Run } from "../domain/run.ts";
import { clean } from "../domain/text.ts";
import { failureNotice, type Notice } from "./notices.ts";

/** The message that someone gave access again to a person whom a run offboarded. */
export function leaverNotice(
  {
    name,
    idMember,
    kind,
    place,
    at,
    by,
  }: Pick<MembershipEvent, "name" | "at" | "by"> & {
    readonly kind: string;
    readonly place: { readonly kind: string; readonly id: string; readonly name?: string };
    readonly idMember: string;
  },
  { plan, id }: Pick<Run, "plan" | "id">,
): Notice {
  const what = kind === "reactivated" ? "reactivated in" : "added to";
  const where = clean(place.name ?? place.id, 100);
  return {
    event: "leaver.access",
    title: `A person who was offboarded has access again: ${clean(name ?? idMember, 100)} was ${what} ${place.kind} ${where}`,
    facts: [
      ["Done by", by === null ? "not known" : clean(by.name, 100)],
      ["When", at],
      ["Offboarded by", `run ${id}, asked for by ${clean(plan.principal.name, 100)}`],
      ["Next", "If this is not wanted, offboard the person again."],
    ],
    planId: null,
    runId: id,
    url: null,
    at,
  };
}

/** The message that the webhooks of a workspace could not be checked or made again, with the reason. */
export function noWebhooksNotice(workspace: string, error: AppError, at: string): Notice {
  const title = `The webhooks of workspace ${clean(workspace, 60)} could not be checked`;
  return failureNotice({ event: "webhooks.failed", title }, error, at);
}
