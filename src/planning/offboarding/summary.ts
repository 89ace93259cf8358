import { boardsTakenAlong, type Effect } from "../../domain/effect.ts";
import { clean, listNames } from "../../domain/text.ts";
import { removeBoardMember } from "../../effects/board-members.ts";
import { isUnassigned, setCardMembers } from "../../effects/cards.ts";
import { setEnterpriseDeactivated } from "../../effects/enterprise-members.ts";
import { setScimActive } from "../../effects/scim-users.ts";
import { removeWorkspaceMember, removeWorkspaceMemberEverywhere } from "../../effects/workspace-members.ts";
import { type Leaver, reaches, type Rung } from "./leavers.ts";
import type { LeftOut } from "./rungs.ts";

/** Names in a summary; whoever decides finds everybody in the lines under it. */
const MOST_NAMES = 3;
const LONGEST_NAME = 60;
/** Characters of names in one line, which screens cut at 300. */
const LONGEST_LINE = 180;

const PLACES: Readonly<Record<LeftOut["rung"], string>> = {
  enterprise: "Trello Enterprise membership",
  account: "Atlassian account",
};

/** What is planned, counted from the effects, and what was asked for and is not in them. */
export function summaryOf(
  leavers: readonly Leaver[],
  effects: readonly Effect[],
  left: readonly LeftOut[],
): string {
  const count = (...kinds: readonly { is(effect: Effect): boolean }[]) =>
    effects.filter((effect) => kinds.some((kind) => kind.is(effect))).length;
  const cards = effects.filter(setCardMembers.is);
  const unassigned = cards.filter(isUnassigned).length;
  const parts = [
    counted(cards.length - unassigned, "card to hand over", "cards to hand over"),
    counted(unassigned, "card to leave unassigned", "cards to leave unassigned"),
    counted(boardsIn(effects), "board membership", "board memberships"),
    counted(
      count(removeWorkspaceMember, removeWorkspaceMemberEverywhere),
      "workspace membership",
      "workspace memberships",
    ),
    counted(count(setEnterpriseDeactivated), PLACES.enterprise, `${PLACES.enterprise}s`),
    counted(count(setScimActive), PLACES.account, `${PLACES.account}s`),
  ].flat();
  const missing = (["enterprise", "account"] as const).flatMap((rung) =>
    counted(left.filter((each) => each.rung === rung).length, PLACES[rung], `${PLACES[rung]}s`),
  );
  const tail = missing.length === 0 ? "" : `; left out: ${missing.join(", ")}`;
  return `Offboard ${namesOf(leavers)}: ${parts.join(", ") || "nothing to take away"}${tail}`;
}

/** Memberships of boards that the effects end, each by itself or along with its workspace. */
function boardsIn(effects: readonly Effect[]): number {
  return effects
    .map((effect) => (removeBoardMember.is(effect) ? 1 : boardsTakenAlong(effect).length))
    .reduce((sum, boards) => sum + boards, 0);
}

function counted(count: number, one: string, many: string): readonly string[] {
  return count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];
}

function namesOf(leavers: readonly Leaver[]): string {
  const names = listNames(
    leavers.map(({ label }) => clean(label, LONGEST_NAME)),
    MOST_NAMES,
  );
  return leavers.length === 1 ? names : `${leavers.length} people (${names})`;
}

/** Every person and rung that is left out, with the reason; people of one reason share lines. */
export function leftLines(left: readonly LeftOut[]): readonly string[] {
  const alike = new Map<string, { readonly first: LeftOut; readonly names: string[] }>();
  for (const each of left) {
    const key = `${each.rung} ${each.why}`;
    const group = alike.get(key) ?? { first: each, names: [] };
    group.names.push(clean(each.who, LONGEST_NAME * 2));
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
  left: readonly LeftOut[],
  { rung, inEnterprise }: { readonly rung: Rung; readonly inEnterprise: boolean },
): readonly LeftOut[] {
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

/** What is true of every offboarding up to a rung: which rungs above it stay, and tokens, which nobody can revoke here. */
export function staysAfter(rung: Rung, enterprise: boolean): readonly string[] {
  return [
    ...(rung === "boards" ? ["The workspace memberships"] : []),
    ...(enterprise && !reaches(rung, "enterprise") ? ["The membership in the Trello Enterprise"] : []),
    ...(reaches(rung, "account") ? [] : ["The Atlassian account and everything else it opens"]),
    "API tokens that the person gave to apps: this server holds none of them and revokes none",
  ];
}
