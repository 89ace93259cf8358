import type { Effect } from "../../domain/effect.ts";
import { AppError, isTemporary, reasonOf } from "../../domain/error.ts";
import type { Reads } from "../../domain/reads.ts";
import { isUncertain, type RunEffect } from "../../domain/run.ts";
import { inverseOf, kindOf, takesAway } from "../../effects/kinds.ts";
import { demotes } from "../../effects/taking.ts";

/** An effect that the undo leaves out, and why. */
interface Refused {
  readonly effect: Effect;
  readonly why: string;
}

/** What undoing a run would do now. */
export interface Undo {
  /**
   * The effects that the undo will apply. In each effect, `before` is the present state. If one effect needs another
   * effect, the needed effect comes first.
   */
  readonly toApply: readonly Effect[];
  /** How many effects are undone already. */
  readonly alreadyUndone: number;
  /** Effects of the run that cannot be undone. */
  readonly irreversible: readonly Effect[];
  /**
   * Effects that cannot be undone now, for example because the board is gone or this server may not read the workspace.
   */
  readonly blocked: readonly Refused[];
  /** Effects that are not undone, because something was changed after the run. */
  readonly changedSince: readonly Refused[];
  /** The effects in `toApply` whose application does not answer now. The run waits for the application. */
  readonly waiting: readonly Refused[];
  /** Effects of the run whose result is unknown, with the reason. */
  readonly unknown: readonly Refused[];
}

/** What the undo does with one effect: it applies the effect, or gives the reason why it does not. */
type UndoStep =
  | { readonly state: "toApply"; readonly effect: Effect; readonly waits?: string }
  | { readonly state: "alreadyUndone" }
  | {
      readonly state: "blocked" | "changedSince";
      readonly why: string;
      /**
       * A key (a condition as text, see effects/keys.ts) that is met even without this effect. So effects that need the
       * key can still be applied. Example: the effect would make a person an admin of a board; the person is on the
       * board, but with another role.
       */
      readonly given?: string | undefined;
    };

/** Plans to undo a run, as far as that is possible now. It only reads. */
export async function planUndo(effects: readonly RunEffect[], reads: Reads): Promise<Undo> {
  const { made, unknown } = await madeBy(effects, reads);
  const inverses = made.map((effect) => ({ effect, inverse: inverseOf(effect) }));
  const wanted = inOrder(inverses.flatMap(({ inverse }) => inverse));
  await readWorkspaces(wanted, reads);

  const toApply: Effect[] = [];
  const waiting: Refused[] = [];
  const refused = { blocked: [] as Refused[], changedSince: [] as Refused[] };
  let alreadyUndone = 0;
  // A key (see effects/keys.ts) is a text such as "person X is on board Y". For each key: the step of the undo that
  // makes it true.
  const given = new Map<string, UndoStep>();
  for (const effect of wanted) {
    const kind = kindOf(effect);
    const needed = kind.needs(effect).flatMap((key) => given.get(key) ?? []);
    const step =
      needed.find(({ state }) => state === "blocked" || state === "changedSince") ??
      (await stepOf(effect, (key) => given.get(key)?.state === "toApply", reads));
    for (const key of kind.gives(effect))
      if (step.state !== "changedSince" || step.given !== key) given.set(key, step);
    if (step.state === "toApply") {
      toApply.push(step.effect);
      if (step.waits !== undefined) waiting.push({ effect: step.effect, why: step.waits });
    } else if (step.state === "alreadyUndone") alreadyUndone += 1;
    else refused[step.state].push({ effect, why: step.why });
  }
  return {
    toApply,
    alreadyUndone,
    irreversible: inverses.filter(({ inverse }) => inverse.length === 0).map(({ effect }) => effect),
    ...refused,
    waiting,
    unknown,
  };
}

/**
 * The effects that the run has really made. If the answer of Trello or Atlassian to an effect was lost, the present
 * state is read. If the present state is what the effect wanted, the effect counts as made.
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
    const holds = await kindOf(effect)
      .holds(effect, reads)
      .catch((thrown: unknown) => waitText(effect, thrown) ?? closedText(thrown));
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

/**
 * Reads workspaces, three in each request, so that later reads need no request. Errors are ignored here: an effect on a
 * workspace that cannot be read reports the error later.
 */
async function readWorkspaces(effects: readonly Effect[], { trello }: Reads): Promise<void> {
  const workspaces = new Set(effects.flatMap(({ target }) => target["idOrganization"] || []));
  await trello.workspaceSnapshots([...workspaces]).catch(() => {});
}

/**
 * Finds out what to do with one effect of the undo. A key (see effects/keys.ts) that the effect needs may be missing
 * now. That does not matter if an earlier effect of the undo makes the key true (`isComing`).
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
    const waits = waitText(effect, thrown);
    // The effect in this application cannot be undone, for example because the application is no longer connected. The
    // rest of the undo is not affected.
    if (waits === null && isAlone(effect) && thrown instanceof AppError)
      return { state: "blocked", why: reasonOf(thrown).replace(/\.$/, "") };
    return waits === null
      ? { state: "blocked", why: closedText(thrown) }
      : { state: "toApply", effect, waits };
  }
}

function isAlone(effect: Effect): boolean {
  return kindOf(effect).waitsAlone?.(effect) !== undefined;
}

/**
 * Why one effect of the undo has to wait: its application does not answer, but the rest of the undo can be done. null
 * for any other error.
 */
function waitText(effect: Effect, thrown: unknown): string | null {
  return isAlone(effect) && thrown instanceof AppError && isTemporary(thrown)
    ? reasonOf(thrown).replace(/\.$/, "")
    : null;
}

/**
 * Returns words for two errors: what the effect would change is gone, or this server may not read it. Any other error
 * is thrown again.
 */
function closedText(thrown: unknown): string {
  if (thrown instanceof AppError) {
    if (thrown.code === "NOT_FOUND") return "it is gone";
    if (thrown.code === "UPSTREAM_FORBIDDEN" || thrown.code === "POLICY_DENIED")
      return "this server may not read it";
  }
  throw thrown;
}

/** Throws if the effect needs a board, for a person or a card, and the board is gone or closed. */
async function requireBoard(effect: Effect, { trello }: Reads): Promise<void> {
  const { idBoard, idOrganization } = effect.target;
  if (takesAway(effect) || !idBoard) return;
  const shown =
    idOrganization && (await trello.workspace(idOrganization)).boards.some(({ id }) => id === idBoard);
  // If the workspace does not list the board, the board may be gone. So the board itself is read.
  if (!shown) await trello.board(idBoard);
}

/**
 * The order of an undo: first the effects that give access, then those that take access away. Otherwise a board could
 * be without an admin, or a person on boards but not in the workspace could become a billable guest.
 * Within each part, the last effect of the run is undone first. But an effect always comes after the effects that it
 * needs.
 */
function inOrder(inverses: readonly Effect[]): readonly Effect[] {
  const once = [
    ...new Map(inverses.map((effect) => [`${effect.op} ${effect.id}`, effect])).values(),
  ].toReversed();
  const takes = (effect: Effect) => takesAway(effect) || demotes(effect);
  return [...byNeed(once.filter((effect) => !takes(effect))), ...byNeed(once.filter(takes))];
}

/**
 * Puts effects of the same kind (`op`) together, because they are sent at the same time. If effects of one kind need
 * effects of another kind, the other kind comes first.
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
