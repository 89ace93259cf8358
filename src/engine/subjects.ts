import type { Subject } from "../domain/plan.ts";
import type { Reads } from "../domain/reads.ts";
import type { ScimUser } from "../domain/scim.ts";
import { clean } from "../domain/text.ts";
import type { WorkspaceSnapshot } from "../domain/trello.ts";
import type { Rules } from "../policy/rules.ts";
import type { IdentityLinks } from "../store/store.ts";

/** Enough of a name for the enterprise's search by prefix; a name can have thousands of characters. */
const PREFIX = 60;

export interface Identified {
  readonly subjects: readonly Subject[];
  /** Who could not be held against the protected groups or emails, for the person who decides. */
  readonly warnings: readonly string[];
}

/**
 * The people of a plan with the emails and groups that the policy protects by, which Trello does not show: otherwise a
 * person protected by email could be removed by username. Asks nothing where the policy names neither.
 */
export async function identify(
  subjects: readonly Subject[],
  known: {
    readonly rules: Rules;
    readonly links: Pick<IdentityLinks, "byMember">;
    readonly reads: Reads;
    readonly workspaces: ReadonlyMap<string, WorkspaceSnapshot>;
  },
): Promise<Identified> {
  const { members, groups } = known.rules.protected;
  const emails = members.filter((name) => name.includes("@"));
  if (emails.length === 0 && groups.length === 0) return { subjects, warnings: [] };
  const warnings: string[] = [];
  const identified: Subject[] = [];
  for (const subject of subjects) {
    const name = nameOf(subject, known.workspaces);
    const email =
      subject.email ??
      (await linkedEmail(subject, known.links)) ??
      (await enterpriseEmail(subject, name, known.reads)) ??
      (await namesake(name, emails, known.reads));
    if (email === null) {
      const who = clean(subject.username ?? subject.idMember ?? "the person");
      warnings.push(`Whether the policy protects ${who} by email or group is unknown: no email is known.`);
    }
    const user = email !== null && groups.length > 0 ? await scimUser(email, known.reads) : null;
    identified.push({
      ...subject,
      ...(email !== null && { email }),
      groups: [
        ...(subject.groups ?? []),
        ...(user?.groups ?? []).map(({ display, value }) => display ?? value),
      ],
    });
  }
  return { subjects: identified, warnings };
}

function nameOf({ idMember }: Subject, workspaces: ReadonlyMap<string, WorkspaceSnapshot>): string | null {
  for (const { memberships } of workspaces.values()) {
    const row = memberships.find((membership) => membership.idMember === idMember);
    if (row) return row.member.fullName;
  }
  return null;
}

async function linkedEmail(
  { idMember }: Subject,
  links: Pick<IdentityLinks, "byMember">,
): Promise<string | null> {
  if (idMember === undefined) return null;
  const [link] = await links.byMember(idMember);
  return link?.email ?? null;
}

async function enterpriseEmail(
  { idMember }: Subject,
  name: string | null,
  { enterprise }: Reads,
): Promise<string | null> {
  if (!enterprise || !name) return null;
  const { rows } = await enterprise.members({ search: name.slice(0, PREFIX) });
  return rows.find(({ member }) => member.id === idMember)?.member.email ?? null;
}

/** A protected email whose owner, by the directory, has this name: taken for the same person, as nothing says otherwise. */
async function namesake(
  name: string | null,
  emails: readonly string[],
  reads: Reads,
): Promise<string | null> {
  if (!name) return null;
  for (const email of emails) {
    const user = await scimUser(email, reads);
    if (user && clean(user.displayName ?? "").toLowerCase() === clean(name).toLowerCase()) return email;
  }
  return null;
}

async function scimUser(email: string, { scim }: Reads): Promise<ScimUser | null> {
  const page = await scim?.users({ filter: { attribute: "userName", value: email }, count: 2 });
  return page?.Resources.length === 1 ? (page.Resources[0] ?? null) : null;
}
