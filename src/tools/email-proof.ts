import { ATLASSIAN_EXTENSION } from "../domain/scim.ts";
import { clean } from "../domain/text.ts";
import type { Member } from "../domain/trello.ts";
import type { PlanContext } from "../engine/engine.ts";

export interface EmailProof {
  readonly idMember: string;
  readonly source: string;
  readonly confidence: "certain" | "likely";
}

/**
 * Which members have an email, and who says so: what was proven before, the member's own record, the enterprise
 * directory (the one that shows other people's emails), then the SCIM User whose Atlassian account is the member's.
 * A SCIM User that only has the same name as one member makes that member likely, not certain.
 */
export async function membersWithEmail(
  email: string,
  members: readonly Member[],
  context: PlanContext,
): Promise<readonly EmailProof[]> {
  const { reads, identities } = context;
  const learnt = proofsOf(await identities.membersOf(email));
  if (learnt.length > 0) return learnt;

  const proven = async (idMember: string, source: string): Promise<readonly EmailProof[]> => {
    await identities.learn({ email, idMember, source });
    return [{ idMember, source, confidence: "certain" }];
  };
  const own = members.find((member) => member.email?.toLowerCase() === email);
  if (own) return proven(own.id, "trello");
  if (reads.enterprise) {
    const { rows } = await reads.enterprise.members({ search: email });
    const row = rows.find(({ member }) => member.email?.toLowerCase() === email);
    if (row) return proven(row.member.id, "enterprise");
  }
  if (!reads.scim) return [];
  const { Resources } = await reads.scim.users({ filter: { attribute: "userName", value: email }, count: 2 });
  const [user] = Resources;
  // Looked at again, because a server that does not mind filters would answer with anybody.
  if (!user || Resources.length > 1 || user.userName.toLowerCase() !== email) return [];
  const account = user[ATLASSIAN_EXTENSION]?.atlassianAccountId;
  const same = account ? members.find((member) => member.aaId === account) : undefined;
  if (same) return proven(same.id, "scim");
  const name = clean(user.displayName ?? "").toLowerCase();
  const namesakes =
    name === "" ? [] : members.filter((member) => clean(member.fullName).toLowerCase() === name);
  const [namesake] = namesakes;
  return namesake && namesakes.length === 1
    ? [{ idMember: namesake.id, source: "the name in SCIM", confidence: "likely" }]
    : [];
}

/** Links by member, for several sources may say the same. Where they name different members, none of them is certain. */
function proofsOf(
  links: readonly { readonly idMember: string; readonly source: string }[],
): readonly EmailProof[] {
  const members = [...new Map(links.map((link) => [link.idMember, link])).values()];
  return members.map((link) => {
    const said = links.filter(({ idMember }) => idMember === link.idMember).map(({ source }) => source);
    const source = [...new Set(said)].join(" and ");
    return members.length === 1
      ? { ...link, source, confidence: "certain" }
      : { ...link, source: `${source}; other sources name another member`, confidence: "likely" };
  });
}
