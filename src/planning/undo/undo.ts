import type { Effect } from "../../domain/effect.ts";
import { AppError } from "../../domain/error.ts";
import type { Reads } from "../../domain/reads.ts";
import { isUncertain, type RunEffect } from "../../domain/run.ts";
import { inverseOf, kindOf, takesAway } from "../../effects/kinds.ts";
import { demotes } from "../../effects/taking.ts";

/** An effect that is not applied, and why. */
interface Refused {
  readonly effect: Effect;
  readonly why: string;
}

/** What the undo of a run would do now. */
export interface Undo {
  /** Effects to apply, with the current state as `before`. Each effect comes after the effects that it needs. */
  readonly toApply: readonly Effect[];
  /** How many effects are undone already. */
  readonly alreadyUndone: number;
  /** Effects of the run that have no undo. */
  readonly irreversible: readonly Effect[];
  /** Effects of the undo that cannot be applied, because the workspace or board is gone or closed to the token. */
  readonly blocked: readonly Refused[];
  /** Effects of the undo that are not applied, because another change was made after the run. */
  readonly changedSince: readonly Refused[];
  /** Effects of the run that may or may not have been made, and why this is unknown. */
  readonly unknown: readonly Refused[];
}

/** The state of one effect of an undo. */
type UndoStep =
  | { readonly state: "toApply"; readonly effect: Effect }
  | { readonly state: "alreadyUndone" }
  | {
      readonly state: "blocked" | "changedSince";
      readonly why: string;
      /** A key that the effect would give and that is present already. */
      readonly given?: string | undefined;
    };

/** Plans the undo of those changes of a run that can still be undone. It only reads. */
export async function planUndo(effects: readonly RunEffect[], reads: Reads): Promise<Undo> {
  const { made, unknown } = await madeBy(effects, reads);
  const inverses = made.map((effect) => ({ effect, inverse: inverseOf(effect) }));
  const wanted = inOrder(inverses.flatMap(({ inverse }) => inverse));
  await readWorkspaces(wanted, reads);

  const toApply: Effect[] = [];
  const refused = { blocked: [] as Refused[], changedSince: [] as Refused[] };
  let alreadyUndone = 0;
  // For each key that other effects need: the undo step of the effect that gives the key.
  const given = new Map<string, UndoStep>();
  for (const effect of wanted) {
    const kind = kindOf(effect);
    const needed = kind.needs(effect).flatMap((key) => given.get(key) ?? []);
    const step =
      needed.find(({ state }) => state === "blocked" || state === "changedSince") ??
      (await stepOf(effect, (key) => given.get(key)?.state === "toApply", reads));
    for (const key of kind.gives(effect))
      if (step.state !== "changedSince" || step.given !== key) given.set(key, step);
    if (step.state === "toApply") toApply.push(step.effect);
    else if (step.state === "alreadyUndone") alreadyUndone += 1;
    else refused[step.state].push({ effect, why: step.why });
  }
  return {
    toApply,
    alreadyUndone,
    irreversible: inverses.filter(({ inverse }) => inverse.length === 0).map(({ effect }) => effect),
    ...refused,
    unknown,
  };
}

/**
 * The effects that the run made. If the answer of an effect was lost, its state is read. If the state is the wanted
 * one, the effect counts as made. If not, there is nothing to undo.
 */
async function madeBy(
  effects: readonly RunEffect[],
  reads: Reads,
): Promise<{ readonly made: readonly Effect[]; readonly unknown: readonly Refused[] }> {
  const uncertain = effects.filter(isUncertain).map(({ effect }) => effect);
  await readWorkspaces(uncertain, reads);
  const unmade = new Set<Effect>();
  const unknown: Refused[] = [];
  for (const effect of uncertain) {
    const holds = await kindOf(effect).holds(effect, reads).catch(closedText);
    if (holds === true) continue;
    unmade.add(effect);
    const why = holds === false ? (kindOf(effect).cannotBeSeen ?? null) : holds;
    if (why !== null) unknown.push({ effect, why });
  }
  const made = effects
    .filter((row) => row.state === "applied" || isUncertain(row))
    .map(({ effect }) => effect)
    .filter((effect) => !unmade.has(effect));
  return { made, unknown };
}

/** One request reads three workspaces. If a workspace is closed, the effect that needs it says so. */
async function readWorkspaces(effects: readonly Effect[], { trello }: Reads): Promise<void> {
  const workspaces = new Set(effects.flatMap(({ target }) => target["idOrganization"] || []));
  await trello.workspaceSnapshots([...workspaces]).catch(() => {});
}

/**
 * `isComing` says whether an earlier effect gives the key. If it does, a missing key is no reason to refuse this
 * effect.
 */
async function stepOf(effect: Effect, isComing: (key: string) => boolean, reads: Reads): Promise<UndoStep> {
  const kind = kindOf(effect);
  try {
    if (await kind.holds(effect, reads)) return { state: "alreadyUndone" };
    await requireBoard(effect, reads);
    const now = await kind.rebase(effect, reads);
    if (!("changed" in now)) return { state: "toApply", effect: now };
    if (now.lacks !== undefined && isComing(now.lacks)) return { state: "toApply", effect };
    return { state: "changedSince", why: now.changed, given: now.given };
  } catch (thrown) {
    return { state: "blocked", why: closedText(thrown) };
  }
}

/** Why a place cannot be read. Any other failure is thrown. */
function closedText(thrown: unknown): string {
  if (thrown instanceof AppError) {
    if (thrown.code === "NOT_FOUND") return "it is gone";
    if (thrown.code === "UPSTREAM_FORBIDDEN" || thrown.code === "POLICY_DENIED")
      return "this server may not read it";
  }
  throw thrown;
}

/** Throws if the board for a person, or for a person's card, is gone or closed. */
async function requireBoard(effect: Effect, { trello }: Reads): Promise<void> {
  const { idBoard, idOrganization } = effect.target;
  if (takesAway(effect) || !idBoard) return;
  const shown =
    idOrganization && (await trello.workspace(idOrganization)).boards.some(({ id }) => id === idBoard);
  // If its workspace does not list a board, the board is read directly: it may be gone.
  if (!shown) await trello.board(idBoard);
}

/**
 * Effects that give access come first, then effects that take access or the role of an admin. A person who left the
 * workspace but not its boards could become a billable guest, and a board must keep an admin. In each group, the last effect of the run is undone first, after the effects
 * that it needs.
 */
function inOrder(inverses: readonly Effect[]): readonly Effect[] {
  const once = [
    ...new Map(inverses.map((effect) => [`${effect.op} ${effect.id}`, effect])).values(),
  ].toReversed();
  const takes = (effect: Effect) => takesAway(effect) || demotes(effect);
  return [...byNeed(once.filter((effect) => !takes(effect))), ...byNeed(once.filter(takes))];
}

/**
 * Groups the effects of one op, because they are sent at the same time. A group comes after all ops that give what it
 * needs.
 */
function byNeed(effects: readonly Effect[]): readonly Effect[] {
  const byOp = new Map<Effect["op"], Effect[]>();
  for (const effect of effects) byOp.set(effect.op, [...(byOp.get(effect.op) ?? []), effect]);
  const keys = new Map(
    [...byOp].map(([op, group]) => [
      op,
      {
        needs: new Set(group.flatMap((effect) => kindOf(effect).needs(effect))),
        gives: group.flatMap((effect) => kindOf(effect).gives(effect)),
      },
    ]),
  );
  const seen = new Set<Effect["op"]>();
  const groupsUpTo = (op: Effect["op"]): readonly Effect[] => {
    if (seen.has(op)) return [];
    seen.add(op);
    const needed = [...keys].filter(([, { gives }]) => gives.some((key) => keys.get(op)?.needs.has(key)));
    return [...needed.flatMap(([other]) => groupsUpTo(other)), ...(byOp.get(op) ?? [])];
  };
  return [...byOp.keys()].flatMap(groupsUpTo);
}
