import type { EnterpriseMemberRow } from "../domain/enterprise.ts";
import { AppError } from "../domain/error.ts";
import { requireEnterprise } from "../domain/reads.ts";
import { clean } from "../domain/text.ts";
import { managedByAdminHub } from "../effects/enterprise-state.ts";
import type { PlanContext } from "../engine/engine.ts";
import { labelOf } from "./people.ts";

/** Pages of 100 looked through for an id or a username, which the enterprise cannot be asked for. */
const MOST_PAGES = 20;

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

/** The enterprise's row of one person, by email, exact name, username or id; NOT_FOUND or AMBIGUOUS otherwise. */
export async function theEnterpriseMember(
  query: string,
  { reads, identities }: PlanContext,
): Promise<EnterpriseMemberRow> {
  const enterprise = requireEnterprise(reads);
  const lower = query.replace(/^@/, "").toLowerCase();
  const linked = (await identities.emailOf(query))?.email;
  const search = linked ?? (query.includes("@", 1) || query.includes(" ") ? query : undefined);
  const fits = ({ member }: EnterpriseMemberRow): boolean =>
    [member.id, member.username, member.email, member.fullName].some(
      (name) => name?.toLowerCase() === lower,
    ) ||
    (linked !== undefined && member.email?.toLowerCase() === linked);
  const found: EnterpriseMemberRow[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await enterprise.members({ ...(search && { search }), ...(cursor && { cursor }) });
    found.push(...answer.rows.filter(fits));
    if (answer.cursor === null) break;
    cursor = answer.cursor;
  }
  const [only] = found;
  if (only && found.length === 1) return only;
  if (!only) {
    throw new AppError("NOT_FOUND", "The enterprise has no such member.", {
      next: "Look with list_enterprise_members.",
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
