import type { PlanContext } from "../domain/planning.ts";
import { clean } from "../domain/text.ts";
import type { WorkspaceSnapshot } from "../domain/trello.ts";
import { answers } from "../people/sources.ts";
import type { Leaver } from "./leavers.ts";

/** What must be said where a leaver is known by an email alone: a Trello member may stand behind it unseen. */
export interface Hidden {
  readonly warnings: readonly string[];
  readonly blindSpots: readonly string[];
  readonly remains: readonly string[];
  /** True where nobody could look: the account would take boards that the plan cannot show. */
  readonly unknown: boolean;
}

/**
 * Trello hides emails, so that no member is proven to have one does not mean that none has it. Only the enterprise's
 * directory shows them, and only where every workspace looked at belongs to it does its silence prove something.
 */
export async function hiddenMembers(
  leavers: readonly Leaver[],
  snapshots: readonly WorkspaceSnapshot[],
  { reads, identities }: PlanContext,
): Promise<Hidden> {
  const emails = leavers.flatMap(({ person, email }) => (person || email === null ? [] : [email]));
  const covered =
    answers(reads, "enterprise") &&
    snapshots.every(({ workspace }) => workspace.idEnterprise === reads.enterprise?.id);
  const links = await Promise.all(emails.map((email) => identities.membersOf(email)));
  const hidden = emails.filter((_email, index) => !covered || (links[index]?.length ?? 0) > 0);
  const each = (line: (email: string) => string) => hidden.map((email) => line(clean(email, 254)));
  return {
    warnings: each(
      (email) =>
        `No Trello member is proven to have ${email}, so nobody is taken off boards for it. Look with find_member; offboard the member by id or username as well.`,
    ),
    blindSpots: each((email) => `Which Trello member has the email ${email}, if any: Trello hides emails.`),
    remains: each(
      (email) => `Boards and workspaces of the Trello member with the email ${email}, if there is one`,
    ),
    unknown: hidden.length > 0,
  };
}
