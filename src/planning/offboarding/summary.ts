import { boardsTakenAlong, type Effect } from "../../domain/effect.ts";
import { clean, listNames } from "../../domain/text.ts";
import { removeBoardMember } from "../../effects/board-members.ts";
import { setApplicationActive } from "../../effects/applications.ts";
import { setEnterpriseDeactivated } from "../../effects/enterprise-members.ts";
import { setScimActive } from "../../effects/scim-users.ts";
import { removeWorkspaceMember, removeWorkspaceMemberEverywhere } from "../../effects/workspace-members.ts";
import { handoverParts } from "../boards/succession.ts";
import type { Leaver } from "./leavers.ts";
import { PLACES, type Skipped } from "./skipped.ts";

/** A summary has at most 3 names. The lines below it have all names. */
const MOST_NAMES = 3;
const LONGEST_NAME = 60;

/** The summary sentence: how much the plan takes away, and what it skips. */
export function summaryOf(
  leavers: readonly Leaver[],
  effects: readonly Effect[],
  skipped: readonly Skipped[],
): string {
  const count = (...kinds: readonly { is(effect: Effect): boolean }[]) =>
    effects.filter((effect) => kinds.some((kind) => kind.is(effect))).length;
  const parts = [
    handoverParts(effects),
    counted(boardsIn(effects), "board membership", "board memberships"),
    counted(
      count(removeWorkspaceMember, removeWorkspaceMemberEverywhere),
      "workspace membership",
      "workspace memberships",
    ),
    counted(count(setEnterpriseDeactivated), PLACES.enterprise, `${PLACES.enterprise}s`),
    counted(count(setScimActive), PLACES.account, `${PLACES.account}s`),
    counted(count(setApplicationActive), PLACES.application, `${PLACES.application}s`),
  ].flat();
  const missing = (["enterprise", "account", "application"] as const).flatMap((rung) =>
    counted(skipped.filter((each) => each.rung === rung).length, PLACES[rung], `${PLACES[rung]}s`),
  );
  const tail = missing.length === 0 ? "" : `; skipped: ${missing.join(", ")}`;
  return `Offboard ${namesOf(leavers)}: ${parts.join(", ") || "nothing to take away"}${tail}`;
}

/** How many board memberships the effects end, including boards that a person loses together with the workspace. */
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
