import type { PlanContext } from "../domain/planning.ts";
import { nameKey, plural } from "../domain/text.ts";
import { findAccount } from "./accounts.ts";
import { emailsOfMember } from "./emails.ts";
import { nearest } from "./near.ts";
import type { Person } from "./person.ts";
import { type BriefUser, everyUser } from "./scim-directory.ts";
import { accountIdOf, emailsShown, scimName } from "./scim-users.ts";
import { answers, askOptional } from "./sources.ts";

/**
 * A SCIM User who may be the person that a search looks for, and how certain that is. `certain` needs a source that
 * shows the link, such as the same account or a proven email.
 */
export interface LinkedUser {
  readonly user: Pick<BriefUser, "id" | "userName" | "name" | "active">;
  readonly link: "certain" | "likely" | "possible";
  readonly reason: string;
}

/**
 * Finds the SCIM User of a member. A User that was found by account id or proven email is certain. A User that was
 * found by name is only likely, even if no other User has the name. If none is found, the result says where this server
 * searched.
 */
export async function userOfMember(
  person: Pick<Person, "idMember" | "member">,
  context: PlanContext,
): Promise<{ readonly found: LinkedUser | null; readonly searched: string }> {
  const { proven } = await emailsOfMember(person, context);
  const accountId = person.member?.aaId ?? null;
  if (proven.length > 0 || accountId !== null) {
    const search = await findAccount({ emails: proven.map(({ email }) => email), accountId }, context.reads);
    const { user } = search;
    if (user) {
      const byAccount = accountId !== null && accountIdOf(user) === accountId;
      const own = proven.find(({ email }) => emailsShown(user).includes(email));
      const reason = byAccount
        ? "same Atlassian account"
        : `same email, shown by ${own?.source ?? "the organization"}`;
      const { id, userName, active } = user;
      return {
        found: { user: { id, userName, active, name: scimName(user) }, link: "certain", reason },
        searched: "",
      };
    }
    // If the account or email is known and belongs to no User, a User with the same name is probably another person. So
    // names are not compared.
    if (!search.mayExist) return { found: null, searched: `No SCIM User: ${search.why}.` };
  }
  const key = nameKey(person.member?.fullName ?? "");
  const all = await askOptional(context.reads, "scim", everyUser);
  if (!all || !answers(context.reads, "scim")) return { found: null, searched: "" };
  const user = all.users.get(all.byName.get(key) ?? "");
  return user
    ? { found: { user, link: "likely", reason: "same name; the email is hidden" }, searched: "" }
    : { found: null, searched: `No SCIM User has that name, or several have it. ${directoryText(all)}` };
}

/**
 * The Users whose name or userName is similar to a text, the most similar first. This is used to find people who are
 * not in Trello.
 */
export async function usersNear(
  query: string,
  context: Pick<PlanContext, "reads">,
): Promise<{ readonly found: readonly LinkedUser[]; readonly searched: string }> {
  const all = await askOptional(context.reads, "scim", everyUser);
  if (!all) return { found: [], searched: "" };
  const key = nameKey(query);
  const near = nearest(query, [...all.users.values()], ({ name, userName }) => [
    name,
    userName.split("@")[0] ?? "",
  ]);
  return {
    found: near.map((user) => {
      const isSame = nameKey(user.name) === key && all.byName.get(key) === user.id;
      return { user, link: isSame ? "likely" : "possible", reason: isSame ? "same name" : "similar name" };
    }),
    searched: directoryText(all),
  };
}

function directoryText({ count, isWhole }: { readonly count: number; readonly isWhole: boolean }): string {
  return `Searched: ${isWhole ? "all" : "the first"} ${plural(count, "User")} of the SCIM directory.`;
}
