import { AppError } from "../../domain/error.ts";
import type { PlanContext } from "../../domain/planning.ts";
import { clean } from "../../domain/text.ts";
import { assertNotAdminHub } from "../../people/enterprise.ts";
import { isGhost, type Person } from "../../people/person.ts";
import { reaches, type Rung } from "./leavers.ts";

/**
 * A step of an offboarding that the call asks for, but that the plan skips for one person. `who`: the person's name.
 */
export interface Skipped {
  readonly rung: "enterprise" | "account" | "application";
  readonly who: string;
  readonly why: string;
  /** True if the person has nothing that this step could take away. The step then counts as done. */
  readonly moot?: boolean;
}

/** The reasons for which a step is skipped for a person. */
export const WHY = {
  noEmail: "no member of the enterprise is proven to have this email",
  notThere: "not found in the enterprise",
} as const;

/** The reason why members of the enterprise cannot be deactivated; null if they can. */
export async function enterpriseRefusal(context: PlanContext): Promise<string | null> {
  if (!context.reads.enterprise) return "TRELLO_ENTERPRISE_ID is not set";
  try {
    await assertNotAdminHub(context);
    return null;
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    if (thrown.code === "NOT_FOUND") return "no enterprise has the id in TRELLO_ENTERPRISE_ID";
    if (thrown.code !== "UPSTREAM_FORBIDDEN") throw thrown;
    return thrown.message.replace(/\.$/, "");
  }
}

/**
 * The names in a line take at most 180 characters. A line is cut after 300 characters, so 120 are left for the reason.
 */
const LONGEST_LINE = 180;
const LONGEST_NAME = 120;

export const PLACES: Readonly<Record<Skipped["rung"], string>> = {
  enterprise: "Trello Enterprise membership",
  account: "Atlassian account",
  application: "application user",
};

/** Lines about every skipped step, with the reason. People with the same step and reason share a line. */
export function skippedLines(skipped: readonly Skipped[]): readonly string[] {
  const alike = new Map<string, { readonly first: Skipped; readonly names: string[] }>();
  for (const each of skipped) {
    const key = `${each.rung} ${each.why}`;
    const group = alike.get(key) ?? { first: each, names: [] };
    group.names.push(clean(each.who, LONGEST_NAME));
    alike.set(key, group);
  }
  return [...alike.values()].flatMap(({ first: { rung, why }, names }) =>
    inLines(names).map((line) => `${PLACES[rung]} of ${line}: ${why}`),
  );
}

/**
 * The skipped steps that make the offboarding incomplete. If the call also asks for the step `account`, a skipped step
 * `enterprise` does not count in two cases:
 * - the person's account is disabled, because nobody can use the enterprise without an account;
 * - there is no enterprise.
 */
export function openRungs(
  skipped: readonly Skipped[],
  { rung, inEnterprise }: { readonly rung: Rung; readonly inEnterprise: boolean },
): readonly Skipped[] {
  const hasAccount = (who: string) => !skipped.some((each) => each.rung === "account" && each.who === who);
  return skipped.filter(
    (each) =>
      !each.moot &&
      !(each.rung === "enterprise" && reaches(rung, "account") && (!inEnterprise || hasAccount(each.who))),
  );
}

/** Joins names with commas. If a line would become too long, a new line begins. */
function inLines(names: readonly string[]): readonly string[] {
  const lines: string[] = [];
  for (const name of names) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + name.length < LONGEST_LINE)
      lines[lines.length - 1] = `${last}, ${name}`;
    else lines.push(name);
  }
  return lines;
}

/**
 * Names what an offboarding up to the step `rung` does not change: what only later steps change, and API tokens, which
 * this server cannot revoke. If all people were only invited, names only memberships and other invitations, because
 * these people have no account yet.
 */
export function untouchedAfter(
  rung: Rung,
  enterprise: boolean,
  people: readonly Pick<Person, "member">[],
): readonly string[] {
  const memberships = rung === "boards" ? ["The workspace memberships"] : [];
  if (people.length > 0 && people.every(isGhost))
    return [...memberships, "Invitations to workspaces and boards that this server does not see"];
  return [
    ...memberships,
    ...(enterprise && !reaches(rung, "enterprise") ? ["The membership in the Trello Enterprise"] : []),
    ...(reaches(rung, "account")
      ? []
      : ["The Atlassian account, and everything else that the account opens"]),
    "API tokens that the person gave to apps: this server cannot see or revoke them",
  ];
}
