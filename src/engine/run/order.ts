import type { Effect } from "../../domain/effect.ts";

/** Where something is, as opposed to whom it is about. */
const PLACES = ["idOrganization", "idBoard", "idCard", "idEnterprise"];

/**
 * Whether `later` is not to be done when `earlier` failed: it is about the same person or Group, on the same board or in
 * the same workspace. A person is not taken from a workspace while still on one of its boards, and not put onto a board
 * of a workspace that refused them, because either can make a billable guest. Other people, other places, the enterprise
 * and the account go on.
 */
export function relies(later: Effect, earlier: Effect): boolean {
  if (later.op === earlier.op || !touches(later.target, earlier.target)) return false;
  const subjects = subjectsOf(earlier);
  return subjectsOf(later).some((subject) => subjects.includes(subject));
}

/** What has no place, such as an account that is created, is there for every place. */
function touches(later: Effect["target"], earlier: Effect["target"]): boolean {
  const { idBoard, idOrganization } = earlier;
  // An effect on a workspace's own membership may carry an empty board.
  if (idBoard && later["idBoard"]) return later["idBoard"] === idBoard;
  return idOrganization === undefined || later["idOrganization"] === idOrganization;
}

function subjectsOf({ target }: Effect): readonly string[] {
  return Object.entries(target).flatMap(([name, value]) =>
    value === "" || PLACES.includes(name) ? [] : [value.toLowerCase()],
  );
}
