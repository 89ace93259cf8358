import { clean } from "../domain/text.ts";
import type { WorkspaceSnapshot } from "../domain/trello.ts";
import type { PlanContext } from "../engine/engine.ts";
import { knownEmails } from "./known-emails.ts";
import type { Person } from "./people.ts";
import { peopleOfGroup, theScimGroup } from "./scim-group.ts";
import { scimEmail } from "./scim-user.ts";

/** A SCIM Group as a team of a workspace. */
export interface Team {
  readonly name: string;
  readonly people: readonly Person[];
  /** Emails that nothing links to somebody of the workspace. */
  readonly missing: readonly string[];
  /** Emails that are linked to more than one member, so that nobody is chosen. */
  readonly disputed: readonly string[];
}

/** The active people of a SCIM Group in a workspace, joined by email. */
export async function teamOf(
  group: string,
  snapshot: WorkspaceSnapshot,
  context: PlanContext,
): Promise<Team> {
  const found = await theScimGroup(group, context.reads);
  const users = (await peopleOfGroup(found, context.reads)).filter(({ active }) => active);
  const names = users.map((user) => scimEmail(user) ?? clean(user.userName, 254));
  const { people, disputed } = await knownEmails(names, snapshot, context);
  return {
    name: clean(found.displayName),
    people: [...new Set(people.values())],
    missing: names.filter((name) => !people.has(name) && !disputed.has(name)),
    disputed: [...disputed.keys()],
  };
}
