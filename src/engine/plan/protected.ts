import type { IdentityLinks } from "../../domain/identity.ts";
import type { Subject } from "../../domain/plan.ts";
import type { Reads } from "../../domain/reads.ts";
import type { ScimUser } from "../../domain/scim.ts";
import { clean, folded } from "../../domain/text.ts";
import type { Member, WorkspaceSnapshot } from "../../domain/trello.ts";
import { linkedEmails } from "../../people/emails.ts";
import { enterpriseEmailOf } from "../../people/enterprise.ts";
import { findOnlyScimUser } from "../../people/scim-users.ts";
import type { Rules } from "../../policy/rules.ts";

export interface Identified {
  readonly subjects: readonly Subject[];
  /** Who could not be held against the protected groups or emails, for the person who decides. */
  readonly warnings: readonly string[];
}

interface Known {
  readonly rules: Rules;
  readonly links: Pick<IdentityLinks, "byEmail" | "byMember">;
  readonly reads: Reads;
  readonly workspaces: ReadonlyMap<string, WorkspaceSnapshot>;
}

/**
 * The people of a plan with the emails and groups that the policy protects by, which Trello does not show: otherwise a
 * person protected by email could be removed by username. Somebody with several emails comes once for each, disputed
 * ones too: they prove nothing, and a protection is not lifted by a doubt. Asks nothing where the policy names neither.
 */
export async function identify(subjects: readonly Subject[], known: Known): Promise<Identified> {
  const { members, groups } = known.rules.protected;
  const guarded = members.filter((name) => name.includes("@"));
  if (guarded.length === 0 && groups.length === 0) return { subjects, warnings: [] };
  const warnings: string[] = [];
  const identified: Subject[] = [];
  for (const subject of subjects) {
    const { emails, proven } = await emailsOf(subject, guarded, known);
    if (!proven) {
      const who = clean(subject.username ?? subject.idMember ?? "the person");
      const why = emails.length === 0 ? "no email is known" : "other members have the same email";
      warnings.push(`Whether the policy protects ${who} by email or group is unknown: ${why}.`);
    }
    if (emails.length === 0) identified.push(subject);
    for (const email of emails) {
      const user = groups.length > 0 ? await scimUser(email, known.reads) : null;
      const more = (user?.groups ?? []).map(({ display, value }) => display ?? value);
      identified.push({ ...subject, email, groups: [...(subject.groups ?? []), ...more] });
    }
  }
  return { subjects: identified, warnings };
}

/** Every email that may be the person's, and whether one of them is theirs for certain. */
async function emailsOf(
  subject: Subject,
  guarded: readonly string[],
  { links, reads, workspaces }: Known,
): Promise<{ readonly emails: readonly string[]; readonly proven: boolean }> {
  const linked = subject.idMember === undefined ? [] : await linkedEmails(subject.idMember, links);
  const sure = linked.filter(({ disputed }) => !disputed).map(({ email }) => email);
  if (subject.email !== undefined) sure.push(subject.email.toLowerCase());
  if (sure.length === 0) {
    const member = memberOf(subject, workspaces);
    const told = (await enterpriseEmail(member, reads)) ?? (await namesake(member, guarded, reads));
    if (told !== null) sure.push(told);
  }
  return {
    emails: [...new Set([...sure, ...linked.map(({ email }) => email)])],
    proven: sure.length > 0,
  };
}

function memberOf({ idMember }: Subject, workspaces: ReadonlyMap<string, WorkspaceSnapshot>): Member | null {
  for (const { memberships } of workspaces.values()) {
    const row = memberships.find((membership) => membership.idMember === idMember);
    if (row) return row.member;
  }
  return null;
}

async function enterpriseEmail(member: Member | null, { enterprise }: Reads): Promise<string | null> {
  return enterprise && member && enterpriseEmailOf(member, enterprise);
}

/** A protected email whose owner, by the directory, has this name: taken for the same person, as nothing says otherwise. */
async function namesake(
  member: Member | null,
  emails: readonly string[],
  reads: Reads,
): Promise<string | null> {
  if (!member || member.fullName === "") return null;
  for (const email of emails) {
    const user = await scimUser(email, reads);
    if (user && folded(user.displayName ?? "") === folded(member.fullName)) return email;
  }
  return null;
}

async function scimUser(email: string, reads: Reads): Promise<ScimUser | null> {
  return reads.scim && findOnlyScimUser(email, reads);
}
