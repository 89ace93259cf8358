import type { Effect } from "../domain/effect.ts";
import { AppError } from "../domain/error.ts";
import type { Reads } from "../domain/reads.ts";
import type { RunEffect } from "../domain/run.ts";
import { inverseOf, kindOf, readsWorkspace } from "../effects/kinds.ts";

/** What undoing a run comes to now. */
export interface Undoing {
  /** Effects to apply, in an order in which each finds what it relies on. */
  readonly missing: readonly Effect[];
  /** How many hold already. */
  readonly held: number;
  /** Effects of the run that nothing undoes. */
  readonly lost: readonly Effect[];
  /** Effects that would undo something whose place is gone or closed to the token. */
  readonly barred: readonly { readonly effect: Effect; readonly why: string }[];
}

/** The effects that undo what a run applied, as far as they are still possible; reads, and writes nothing. */
export async function undo(effects: readonly RunEffect[], reads: Reads): Promise<Undoing> {
  const done = effects.filter(({ state }) => state === "applied").map(({ effect }) => effect);
  const inverses = done.map((effect) => ({ effect, inverse: inverseOf(effect) }));
  const wanted = inverses.flatMap(({ inverse }) => inverse).toSorted((a, b) => rankOf(a) - rankOf(b));
  // Three workspaces a request, and what is closed is told by the effect that needs it.
  const workspaces = new Set(wanted.flatMap((effect) => readsWorkspace(effect) ?? []));
  await reads.trello.workspaceSnapshots([...workspaces]).catch(() => {});

  const missing: Effect[] = [];
  const barred: { effect: Effect; why: string }[] = [];
  let held = 0;
  const closed = new Map<string, string>();
  for (const effect of wanted) {
    const { idBoard } = effect.target;
    // What was on a board goes with it.
    const why = (idBoard && closed.get(idBoard)) || (await obstacle(effect, reads));
    if (why !== null && effect.op === "set_board_member" && idBoard) closed.set(idBoard, why);
    if (why !== null) barred.push({ effect, why });
    else if (await kindOf(effect).holds(effect, reads)) held += 1;
    else missing.push(effect);
  }
  return {
    missing,
    held,
    lost: inverses.filter(({ inverse }) => inverse.length === 0).map(({ effect }) => effect),
    barred,
  };
}

/** Why an effect cannot be applied any more, or null. */
async function obstacle(effect: Effect, reads: Reads): Promise<string | null> {
  try {
    await kindOf(effect).holds(effect, reads);
    const { idBoard } = effect.target;
    const workspace = readsWorkspace(effect);
    // A board that its workspace does not show is read by itself: it may be gone.
    if (effect.op !== "set_board_member" || !idBoard) return null;
    const shown =
      workspace && (await reads.trello.workspace(workspace)).boards.some(({ id }) => id === idBoard);
    if (!shown) await reads.trello.board(idBoard);
    return null;
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    if (thrown.code === "NOT_FOUND") return "it is gone";
    if (thrown.code === "UPSTREAM_FORBIDDEN" || thrown.code === "POLICY_DENIED")
      return "it is closed to this server";
    throw thrown;
  }
}

/** The account opens the way, then workspaces, boards, what is on them; who was deactivated there is so again last. */
function rankOf({ op, resource, after }: Effect): number {
  const deactivates =
    op === "set_workspace_deactivated" &&
    after !== null &&
    typeof after === "object" &&
    "deactivated" in after
      ? after.deactivated === true
      : false;
  if (deactivates) return 4;
  if (resource === "workspace_membership") return 1;
  if (resource === "board_membership") return 2;
  return resource === "card" ? 3 : 0;
}
