import type { EnterpriseMember, EnterpriseMemberRow } from "../domain/enterprise.ts";
import { AppError } from "../domain/error.ts";
import type { Subject } from "../domain/plan.ts";
import type { PlanContext } from "../domain/planning.ts";
import { type EnterpriseQuery, type EnterpriseReads, requireEnterprise } from "../domain/reads.ts";
import { clean, nameKey, isTrelloId } from "../domain/text.ts";
import type { Member } from "../domain/trello.ts";
import { labelOf } from "./person.ts";

/** One search reads at most 20 pages of 100 rows. */
const MOST_PAGES = 20;

/** A search uses only the first 40 characters of a name, because a name can have thousands of characters. */
const LONGEST_PREFIX = 40;

/**
 * The beginning of a full name, for Trello's search by name. undefined if this server had to change the beginning (for
 * example because it contains invisible characters), because Trello would not find the changed text.
 */
function prefixOf(fullName: string): string | undefined {
  const prefix = Array.from(clean(fullName)).slice(0, LONGEST_PREFIX).join("").trim();
  return prefix !== "" && fullName.startsWith(prefix) ? prefix : undefined;
}

/**
 * Reads rows of the enterprise's directory page by page and returns the rows that match. It stops when `settles` says
 * that no more rows are needed, or after 20 pages. `query` is the text that Trello searches for.
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

/** Finds the enterprise's row of a member, by a search for the email or for the beginning of the name. */
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

/** The enterprise's row with this email (lower case); null if there is none. */
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

/**
 * The email that the enterprise shows for a member, in lower case; null if it shows none. The member is searched by
 * full name.
 */
export async function enterpriseEmailOf(
  { id, fullName }: Pick<Member, "id" | "fullName">,
  enterprise: EnterpriseReads,
): Promise<string | null> {
  const search = prefixOf(fullName);
  // Without a name, the whole directory would have to be read to find one email. That needs too many requests, so
  // nothing is read.
  const row = search === undefined ? null : await enterpriseRowOf(id, { search }, enterprise);
  return row?.member.email?.toLowerCase() ?? null;
}

/** Throws if Atlassian Administration manages the enterprise. Trello then refuses every change of its members. */
export async function assertNotAdminHub({ reads, fact }: PlanContext): Promise<void> {
  const enterprise = requireEnterprise(reads);
  const known = (await fact(managedByAdminHub(enterprise.id))) === true;
  if (!known && (await enterprise.enterprise()).adminHub !== true) return;
  throw new AppError(
    "UPSTREAM_FORBIDDEN",
    "Atlassian Administration manages this enterprise, so Trello refuses to change its members.",
    {
      next: "To deactivate the account, use scim_deactivate_user; to only suspend it, use that tool with `how: suspend`. Change licences in Atlassian Administration.",
      details: { reason: "admin_hub" },
    },
  );
}

/**
 * Which field of the row equals the searched text; null if no field does, because the row then belongs to another
 * person. An email or id is never compared with a name.
 */
function matchOf(
  query: string,
  { member }: EnterpriseMemberRow,
): "id" | "username" | "email" | "name" | null {
  const word = query.trim().replace(/^@/, "").toLowerCase();
  if (isTrelloId(word)) return member.id === word ? "id" : null;
  if (member.username.toLowerCase() === word) return "username";
  if (word.includes("@")) return member.email?.toLowerCase() === word ? "email" : null;
  const isName = !query.trim().startsWith("@") && word !== "";
  return isName && nameKey(member.fullName) === nameKey(query) ? "name" : null;
}

/**
 * Finds the enterprise's row of one person by id, username, email or exact name. Throws NOT_FOUND if there is none,
 * AMBIGUOUS if there are several. If `query` is an id, a known email or name only makes the search faster: the id
 * decides whether a row is right.
 */
export async function requireEnterpriseMember(
  query: string,
  { reads, identities }: PlanContext,
  fullName = "",
): Promise<EnterpriseMemberRow> {
  const lower = query.replace(/^@/, "").toLowerCase();
  const byId = isTrelloId(lower);
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
  // Trello's search compares the names that Trello shows. So if a search by the person's name finds nothing, the person
  // is not in the enterprise.
  if (found.length === 0) found = await search(named ?? prefixOf(fullName));
  const [only] = found;
  if (only && found.length === 1) return only;
  if (!only) {
    throw new AppError("NOT_FOUND", "The enterprise has no such member.", {
      next: "Search with list_enterprise_members. In an enterprise of thousands of members, call with the email.",
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

/**
 * Names a member of the enterprise in the target of an effect. `search`: a text by which the enterprise's search finds
 * the member.
 */
export function enterpriseTarget({ member }: EnterpriseMemberRow, { reads }: PlanContext): EnterpriseMember {
  return {
    idEnterprise: requireEnterprise(reads).id,
    idMember: member.id,
    search: member.email ?? prefixOf(member.fullName) ?? "",
  };
}

/**
 * The person in the form in which the guards compare people. `query`: the text with which the call named the person.
 */
export function enterpriseSubject(row: EnterpriseMemberRow, query: string): Subject {
  const { id, username, email } = row.member;
  return {
    idMember: id,
    username,
    ...(email && { email }),
    ...(matchOf(query, row) === "name" && { identifiedBy: "name" as const }),
  };
}

/**
 * The key of a stored fact: that Atlassian Administration manages this enterprise. The server learns it when Trello
 * refuses a change.
 */
export function managedByAdminHub(idEnterprise: string): string {
  return `admin_hub:${idEnterprise}`;
}
