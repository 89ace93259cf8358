import { clean } from "../../domain/text.ts";
import { reaches, type Rung } from "./leavers.ts";

/** A person for whom a rung that was asked for is skipped. `who` is cleaned. */
export interface Skipped {
  readonly rung: "enterprise" | "account";
  readonly who: string;
  readonly why: string;
  /** True if there is nothing to take away, so that the rung counts as reached. */
  readonly moot?: boolean;
}

/** Characters of names in one line, which screens cut at 300. */
const LONGEST_LINE = 180;
const LONGEST_NAME = 120;

export const PLACES: Readonly<Record<Skipped["rung"], string>> = {
  enterprise: "Trello Enterprise membership",
  account: "Atlassian account",
};

/** Every person and rung that is skipped, with the reason; people of one reason share lines. */
export function skippedLines(left: readonly Skipped[]): readonly string[] {
  const alike = new Map<string, { readonly first: Skipped; readonly names: string[] }>();
  for (const each of left) {
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
 * The rungs that were asked for and are not reached: the offboarding is then not complete. The rung of the enterprise counts
 * as reached if the account was asked for, and
 * - the account of the person is reached, because a person without an account cannot use the enterprise; or
 * - there is no enterprise.
 */
export function openRungs(
  left: readonly Skipped[],
  { rung, inEnterprise }: { readonly rung: Rung; readonly inEnterprise: boolean },
): readonly Skipped[] {
  const hasAccount = (who: string) => !left.some((each) => each.rung === "account" && each.who === who);
  return left.filter(
    (each) =>
      !each.moot &&
      !(each.rung === "enterprise" && reaches(rung, "account") && (!inEnterprise || hasAccount(each.who))),
  );
}

/** Names joined by commas, in as many lines as keep each fit to read. */
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

/** What is true of every offboarding up to a rung: which rungs above it stay, and API tokens, which cannot be revoked here. */
export function staysAfter(rung: Rung, enterprise: boolean): readonly string[] {
  return [
    ...(rung === "boards" ? ["The workspace memberships"] : []),
    ...(enterprise && !reaches(rung, "enterprise") ? ["The membership in the Trello Enterprise"] : []),
    ...(reaches(rung, "account") ? [] : ["The Atlassian account and everything else it opens"]),
    "API tokens that the person gave to apps: this server holds none of them and revokes none",
  ];
}
