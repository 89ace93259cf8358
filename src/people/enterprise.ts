import type { EnterpriseMember, EnterpriseMemberRow } from "../domain/enterprise.ts";
import { AppError } from "../domain/error.ts";
import type { Subject } from "../domain/plan.ts";
import type { PlanContext } from "../domain/planning.ts";
import { type EnterpriseQuery, type EnterpriseReads, requireEnterprise } from "../domain/reads.ts";
import { clean, nameKey } from "../domain/text.ts";
import type { Member } from "../domain/trello.ts";
import { labelOf } from "./person.ts";

/** Pages of 100 rows that one search reads at most. */
const MOST_PAGES = 20;

/** Enough of a name to search by; a name can have thousands of characters. */
const LONGEST_PREFIX = 40;

/** The beginning of a full name that Trello's search by prefix finds it by; nothing if cleaning changes the name. */
function prefixOf(fullName: string): string | undefined {
  const prefix = Array.from(clean(fullName)).slice(0, LONGEST_PREFIX).join("").trim();
  return prefix !== "" && fullName.startsWith(prefix) ? prefix : undefined;
}

/**
 * The rows of the enterprise's directory that fit, page by page: up to the first row that `settles` it, the end, or 20
 * pages. `query` says what Trello is asked for.
 */
export async function searchEnterprise(
  enterprise: EnterpriseReads,
  options: {
    readonly query: EnterpriseQuery;
    fits(row: EnterpriseMemberRow): boolean;
    settles?(found: readonly EnterpriseMemberRow[]): boolean;
  },
): Promise<readonly EnterpriseMemberRow[]> {
  const found: EnterpriseMemberRow[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await enterprise.members({ ...options.query, ...(cursor && { cursor }) });
    found.push(...answer.rows.filter((row) => options.fits(row)));
    if (options.settles?.(found) || !answer.cursor) break;
    ({ cursor } = answer);
  }
  return found;
}

/** The row of a member, by what the enterprise can be asked for: the member's email or the beginning of the full name. */
export async function enterpriseRowOf(
  idMember: string,
  query: EnterpriseQuery,
  enterprise: EnterpriseReads,
): Promise<EnterpriseMemberRow | null> {
  const [row] = await searchEnterprise(enterprise, {
    query,
    fits: ({ member }) => member.id === idMember,
    settles: (found) => found.length > 0,
  });
  return row ?? null;
}

/** The row of the member that the enterprise shows with this email (in lower case), or null. */
export async function enterpriseRowWithEmail(
  email: string,
  enterprise: EnterpriseReads,
): Promise<EnterpriseMemberRow | null> {
  const [row] = await searchEnterprise(enterprise, {
    query: { search: email },
    fits: ({ member }) => member.email?.toLowerCase() === email,
    settles: (found) => found.length > 0,
  });
  return row ?? null;
}

/** The email that the enterprise shows for a member, in lower case; null if it shows none. Searches by the full name. */
export async function enterpriseEmailOf(
  { id, fullName }: Pick<Member, "id" | "fullName">,
  enterprise: EnterpriseReads,
): Promise<string | null> {
  const search = prefixOf(fullName);
  // Without a name there is nothing to search by, and the whole directory is not read for one email.
  const row = search === undefined ? null : await enterpriseRowOf(id, { search }, enterprise);
  return row?.member.email?.toLowerCase() ?? null;
}

/** Refuses early where Atlassian Administration manages the enterprise: Trello would refuse every write. */
export async function assertNotAdminHub({ reads, fact }: PlanContext): Promise<void> {
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

/** What a query names a row by; null if it is another person's. An email or an id is never taken for a name. */
function matchOf(
  query: string,
  { member }: EnterpriseMemberRow,
): "id" | "username" | "email" | "name" | null {
  const word = query.trim().replace(/^@/, "").toLowerCase();
  if (isId(word)) return member.id === word ? "id" : null;
  if (member.username.toLowerCase() === word) return "username";
  if (word.includes("@")) return member.email?.toLowerCase() === word ? "email" : null;
  const isName = !query.trim().startsWith("@") && word !== "";
  return isName && nameKey(member.fullName) === nameKey(query) ? "name" : null;
}

function isId(word: string): boolean {
  return /^[0-9a-f]{24}$/.test(word);
}

/**
 * The enterprise's row of one person, by id, username, email or exact name; NOT_FOUND or AMBIGUOUS otherwise. An email
 * that was linked to an id, and the full name if the caller knows it, only say where to look first: the id alone says
 * who is meant.
 */
export async function requireEnterpriseMember(
  query: string,
  { reads, identities }: PlanContext,
  fullName = "",
): Promise<EnterpriseMemberRow> {
  const lower = query.replace(/^@/, "").toLowerCase();
  const byId = isId(lower);
  const isUnique = (row: EnterpriseMemberRow): boolean =>
    ["id", "username"].includes(matchOf(query, row) ?? "");
  const search = async (text?: string): Promise<readonly EnterpriseMemberRow[]> => {
    const rows = await searchEnterprise(requireEnterprise(reads), {
      query: text === undefined ? {} : { search: text },
      fits: (row) => matchOf(query, row) !== null,
      settles: (found) => found.some(isUnique),
    });
    const unique = rows.find(isUnique);
    return unique ? [unique] : rows;
  };
  const [linked] = byId ? await identities.emailsOf(lower) : [];
  const named = query.includes("@", 1) || query.includes(" ") ? query : undefined;
  let found: readonly EnterpriseMemberRow[] = linked === undefined ? [] : await search(linked.email);
  // A name that Trello gives is the name that it searches by, so whoever is not found by it is not there.
  if (found.length === 0) found = await search(named ?? prefixOf(fullName));
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

/** How an effect names the person: by id, and by a text that the enterprise search can find. */
export function enterpriseTarget({ member }: EnterpriseMemberRow, { reads }: PlanContext): EnterpriseMember {
  return {
    idEnterprise: requireEnterprise(reads).id,
    idMember: member.id,
    search: member.email ?? prefixOf(member.fullName) ?? "",
  };
}

/** The person as the guards want to know them; `query` is what the caller named the person by. */
export function enterpriseSubject(row: EnterpriseMemberRow, query: string): Subject {
  const { id, username, email } = row.member;
  return {
    idMember: id,
    username,
    ...(email && { email }),
    ...(matchOf(query, row) === "name" && { identifiedBy: "name" as const }),
  };
}

/** The key of the fact that an enterprise is managed in Atlassian Administration, learned from a refusal. */
export function managedByAdminHub(idEnterprise: string): string {
  return `admin_hub:${idEnterprise}`;
}
