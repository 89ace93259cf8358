import type { WorkspaceSnapshot } from "../domain/trello.ts";
import { clean } from "../domain/text.ts";
import type { PlanContext } from "../engine/engine.ts";
import { knownEmails } from "./known-emails.ts";
import type { Person } from "./people.ts";
import { peopleOfGroup, theScimGroup } from "./scim-group.ts";

/** A SCIM Group as a team of a workspace: its people who are there, and those whom nothing links to a member. */
export interface Team {
  readonly name: string;
  readonly people: readonly Person[];
  readonly missing: readonly string[];
}

/** The active people of a SCIM Group in a workspace, joined by email. */
export async function teamOf(
  group: string,
  snapshot: WorkspaceSnapshot,
  context: PlanContext,
): Promise<Team> {
  const found = await theScimGroup(group, context.reads);
  const users = (await peopleOfGroup(found, context.reads)).filter(({ active }) => active);
  const emails = users.map(({ userName }) => userName.toLowerCase());
  const known = await knownEmails(emails, snapshot, context);
  return {
    name: clean(found.displayName),
    people: [...known.values()],
    missing: emails.filter((email) => !known.has(email)),
  };
}
