import type { EnterpriseMember, EnterpriseMemberRow } from "../domain/enterprise.ts";
import { AppError } from "../domain/error.ts";
import type { Subject } from "../domain/plan.ts";
import type { PlanContext } from "../domain/planning.ts";
import { type EnterpriseReads, requireEnterprise } from "../domain/reads.ts";
import { clean } from "../domain/text.ts";
import { labelOf } from "./person.ts";

/** Pages of 100 looked through for an id or a username, which the enterprise cannot be asked for. */
const MOST_PAGES = 20;

/** Enough of a name to search by; a name can have thousands of characters. */
const LONGEST_PREFIX = 40;

/** Refuses early where Atlassian Administration manages the enterprise: Trello would refuse every write. */
export async function refuseAdminHub({ reads, fact }: PlanContext): Promise<void> {
  const enterprise = requireEnterprise(reads);
  const known = (await fact(managedByAdminHub(enterprise.id))) === true;
  if (!known && (await enterprise.enterprise()).adminHub !== true) return;
  throw new AppError(
    "UPSTREAM_FORBIDDEN",
    "This enterprise is managed in Atlassian Administration, so Trello refuses to change its members.",
    {
      next: "Use scim_deactivate_user (or how: suspend) for the account, or change licences in Atlassian Administration.",
      details: { reason: "admin_hub" },
    },
  );
}

/**
 * The enterprise's row of one person, by email, exact name, username or id; NOT_FOUND or AMBIGUOUS otherwise. An email
 * that was linked to an id, and the full name where the caller knows it, only say where to look first: the id alone says
 * who is meant.
 */
export async function theEnterpriseMember(
  query: string,
  { reads, identities }: PlanContext,
  fullName = "",
): Promise<EnterpriseMemberRow> {
  const lower = query.replace(/^@/, "").toLowerCase();
  const byId = /^[0-9a-f]{24}$/.test(lower);
  const fits = ({ member }: EnterpriseMemberRow): boolean =>
    (byId ? [member.id] : [member.username, member.email, member.fullName]).some(
      (name) => name?.toLowerCase() === lower,
    );
  const unique = ({ member }: EnterpriseMemberRow): boolean =>
    byId || member.username.toLowerCase() === lower;
  const look = (search?: string) => lookThrough(requireEnterprise(reads), { fits, unique, search });
  const [linked] = byId ? await identities.emailsOf(lower) : [];
  const named = query.includes("@", 1) || query.includes(" ") ? query : undefined;
  let found: readonly EnterpriseMemberRow[] = linked === undefined ? [] : await look(linked.email);
  // A name that Trello gives is the name that it searches by, so whoever is not found by it is not there.
  if (found.length === 0) found = await look(named ?? prefixOf(fullName));
  const [only] = found;
  if (only && found.length === 1) return only;
  if (!only) {
    throw new AppError("NOT_FOUND", "The enterprise has no such member.", {
      next: "Look with list_enterprise_members, and give the email where there are thousands of members.",
    });
  }
  throw new AppError("AMBIGUOUS", `${found.length} members of the enterprise have this name.`, {
    next: "Call again with the email or the id.",
    details: {
      candidates: found.slice(0, 5).map(({ member }) => ({
        id: member.id,
        name: labelOf(member, member.id),
        email: clean(member.email ?? "", 254),
      })),
    },
  });
}

/** The beginning of a name that Trello's search by prefix finds it by; nothing where cleaning changes the name. */
function prefixOf(fullName: string): string | undefined {
  const prefix = clean(fullName).slice(0, LONGEST_PREFIX).trim();
  return prefix !== "" && fullName.startsWith(prefix) ? prefix : undefined;
}

/** The rows that fit, up to a page with one that nobody else can fit. */
async function lookThrough(
  enterprise: EnterpriseReads,
  {
    fits,
    unique,
    search,
  }: {
    fits(row: EnterpriseMemberRow): boolean;
    unique(row: EnterpriseMemberRow): boolean;
    readonly search: string | undefined;
  },
): Promise<readonly EnterpriseMemberRow[]> {
  const found: EnterpriseMemberRow[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await enterprise.members({ ...(search && { search }), ...(cursor && { cursor }) });
    found.push(...answer.rows.filter(fits));
    const sure = found.find(unique);
    if (sure) return [sure];
    if (answer.cursor === null) break;
    cursor = answer.cursor;
  }
  return found;
}

/** How an effect names the person: by id, and by what the enterprise can be asked for. */
export function enterpriseTarget({ member }: EnterpriseMemberRow, { reads }: PlanContext): EnterpriseMember {
  return {
    idEnterprise: requireEnterprise(reads).id,
    idMember: member.id,
    search: member.email ?? member.fullName.slice(0, 60),
  };
}

/** The person as the guards want to know them. */
export function enterpriseSubject({ member }: EnterpriseMemberRow): Subject {
  return { idMember: member.id, username: member.username, ...(member.email && { email: member.email }) };
}

/** The key of the fact that an enterprise is managed in Atlassian Administration, learned from a refusal. */
export function managedByAdminHub(idEnterprise: string): string {
  return `admin_hub:${idEnterprise}`;
}
