import { clean } from "../domain/text.ts";
import type { Guard } from "./guard.ts";

/** Refuses more destructive effects in 24 hours than the policy allows, however many calls they are spread over. */
export const perDay: Guard = ({ rules, destructive, recent }) => {
  const most = rules.limits.destructiveEffectsPerDay;
  const here = new Map<string, number>();
  for (const { target } of destructive) {
    if (target["idOrganization"])
      here.set(target["idOrganization"], (here.get(target["idOrganization"]) ?? 0) + 1);
  }
  const tooMany =
    recent.principal + destructive.length > most ||
    [...here].some(([id, count]) => (recent.workspaces.get(id) ?? 0) + count > most);
  if (destructive.length === 0 || !tooMany) return null;
  return {
    guard: "per_day",
    message: `The plan has ${destructive.length} destructive changes, ${recent.principal} were made in the last 24 hours, and the policy allows ${most}.`,
    next: "Split the work over days, or ask the administrator to raise limits.destructive_effects_per_day in the policy file.",
  };
};

/** Refuses to take something from a large part of a workspace at once. One person is never too large a part. */
export const shareOfWorkspace: Guard = ({ rules, destructive, workspaces }) => {
  const most = rules.limits.percentOfWorkspace;
  for (const [id, snapshot] of workspaces) {
    const people = new Set(
      destructive.flatMap(({ target }) =>
        target["idOrganization"] === id && target["idMember"] ? [target["idMember"]] : [],
      ),
    );
    const percent = (100 * people.size) / Math.max(1, snapshot.memberships.length);
    if (people.size <= 1 || percent <= most) continue;
    return {
      guard: "percent_of_workspace",
      message: `The plan touches ${people.size} of the ${snapshot.memberships.length} people of ${clean(snapshot.workspace.displayName)}, and the policy allows ${most} percent at once.`,
      next: "Take fewer people at once, or ask the administrator to raise limits.percent_of_workspace in the policy file.",
    };
  }
  return null;
};
