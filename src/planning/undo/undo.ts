import type { Effect } from "../../domain/effect.ts";
import { AppError } from "../../domain/error.ts";
import type { Reads } from "../../domain/reads.ts";
import type { RunEffect } from "../../domain/run.ts";
import { inverseOf, kindOf, takesAway } from "../../effects/kinds.ts";

/** An effect that is not applied, and why. */
interface Refused {
  readonly effect: Effect;
  readonly why: string;
}

/** What undoing a run comes to now. */
export interface Undoing {
  /** Effects to apply, with the real state before each, in an order in which each finds what it relies on. */
  readonly missing: readonly Effect[];
  /** How many hold already. */
  readonly held: number;
  /** Effects of the run that nothing undoes. */
  readonly lost: readonly Effect[];
  /** Effects that would undo something whose place is gone or closed to the token. */
  readonly barred: readonly Refused[];
  /** Effects that would undo what somebody else did after the run. */
  readonly changed: readonly Refused[];
}

/** Where an effect of an undo stands now. */
type Standing =
  | { readonly state: "missing"; readonly effect: Effect }
  | { readonly state: "held" }
  | {
      readonly state: "barred" | "changed";
      readonly why: string;
      /** A key that it was to give and that is given all the same. */
      readonly given?: string | undefined;
    };

/** The effects that undo what a run applied, as far as they are still possible; reads, and writes nothing. */
export async function undo(effects: readonly RunEffect[], reads: Reads): Promise<Undoing> {
  const done = effects.filter(({ state }) => state === "applied").map(({ effect }) => effect);
  const inverses = done.map((effect) => ({ effect, inverse: inverseOf(effect) }));
  const wanted = inOrder(inverses.flatMap(({ inverse }) => inverse));
  // Three workspaces a request, and what is closed is told by the effect that needs it.
  const workspaces = new Set(wanted.flatMap(({ target }) => target["idOrganization"] || []));
  await reads.trello.workspaceSnapshots([...workspaces]).catch(() => {});

  const missing: Effect[] = [];
  const refused = { barred: [] as Refused[], changed: [] as Refused[] };
  let held = 0;
  // By what other effects need: how the effect that gives it stands.
  const given = new Map<string, Standing>();
  for (const effect of wanted) {
    const kind = kindOf(effect);
    const bases = kind.needs(effect).flatMap((key) => given.get(key) ?? []);
    const standing =
      bases.find(({ state }) => state === "barred" || state === "changed") ??
      (await standingOf(effect, (key) => given.get(key)?.state === "missing", reads));
    for (const key of kind.gives(effect))
      if (standing.state !== "changed" || standing.given !== key) given.set(key, standing);
    if (standing.state === "missing") missing.push(standing.effect);
    else if (standing.state === "held") held += 1;
    else refused[standing.state].push({ effect, why: standing.why });
  }
  return {
    missing,
    held,
    lost: inverses.filter(({ inverse }) => inverse.length === 0).map(({ effect }) => effect),
    ...refused,
  };
}

/** `isComing` tells what an effect before it in the undo gives, so that its absence now is no reason against it. */
async function standingOf(
  effect: Effect,
  isComing: (key: string) => boolean,
  reads: Reads,
): Promise<Standing> {
  const kind = kindOf(effect);
  try {
    if (await kind.holds(effect, reads)) return { state: "held" };
    await findBoard(effect, reads);
    const now = await kind.rebase(effect, reads);
    if (!("changed" in now)) return { state: "missing", effect: now };
    if (now.lacks !== undefined && isComing(now.lacks)) return { state: "missing", effect };
    return { state: "changed", why: now.changed, given: now.given };
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    if (thrown.code === "NOT_FOUND") return { state: "barred", why: "it is gone" };
    if (thrown.code === "UPSTREAM_FORBIDDEN" || thrown.code === "POLICY_DENIED")
      return { state: "barred", why: "it is closed to this server" };
    throw thrown;
  }
}

/** Throws where the board that somebody is to be on, or on a card of, is gone or closed. */
async function findBoard(effect: Effect, { trello }: Reads): Promise<void> {
  const { idBoard, idOrganization } = effect.target;
  if (takesAway(effect) || !idBoard) return;
  const shown =
    idOrganization && (await trello.workspace(idOrganization)).boards.some(({ id }) => id === idBoard);
  // A board that its workspace does not show is read by itself: it may be gone.
  if (!shown) await trello.board(idBoard);
}

/**
 * What gives access comes first, then what takes it away: a person left on boards after leaving their workspace could
 * become a billable guest. In each part the last done is undone first, and what others need comes before them.
 */
function inOrder(inverses: readonly Effect[]): readonly Effect[] {
  const once = [
    ...new Map(inverses.map((effect) => [`${effect.op} ${effect.id}`, effect])).values(),
  ].toReversed();
  return [...byNeed(once.filter((effect) => !takesAway(effect))), ...byNeed(once.filter(takesAway))];
}

/** Effects of one op together, because they are sent at the same time; after all of the ops that give what they need. */
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
