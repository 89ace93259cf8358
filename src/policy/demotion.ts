import type { Effect } from "../domain/effect.ts";

/** Whether the effect makes somebody who is an admin of a workspace or board less than that. */
export function demotes({ op, before, after }: Effect): boolean {
  return (
    (op === "set_workspace_member" || op === "set_board_member") &&
    roleIn(before) === "admin" &&
    roleIn(after) !== "admin"
  );
}

function roleIn(state: Effect["before"]): unknown {
  return state !== null && typeof state === "object" && "memberType" in state ? state["memberType"] : null;
}
