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
  | { readonly state: "barred" | "changed"; readonly why: string };

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
  // By what others rest on: how the effect that brings it about stands.
  const bases = new Map<string, Standing>();
  for (const effect of wanted) {
    const base = bases.get(restsOn(effect) ?? "");
    const standing =
      base && (base.state === "barred" || base.state === "changed")
        ? base
        : await standingOf(effect, base?.state === "missing", reads);
    const basis = basisFor(effect);
    // Whoever is on the board in another role can be on its cards.
    const there = standing.state === "changed" && effect.op === "set_board_member";
    if (basis !== null && !there) bases.set(basis, standing);
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

/** `prepared`: an effect before it in the undo makes the state that it starts from, so that nothing of it is there yet. */
async function standingOf(effect: Effect, prepared: boolean, reads: Reads): Promise<Standing> {
  const kind = kindOf(effect);
  try {
    if (await kind.holds(effect, reads)) return { state: "held" };
    if (prepared) return { state: "missing", effect };
    await findBoard(effect, reads);
    const now = await kind.rebase(effect, reads);
    return "changed" in now ? { state: "changed", why: now.changed } : { state: "missing", effect: now };
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    if (thrown.code === "NOT_FOUND") return { state: "barred", why: "it is gone" };
    if (thrown.code === "UPSTREAM_FORBIDDEN" || thrown.code === "POLICY_DENIED")
      return { state: "barred", why: "it is closed to this server" };
    throw thrown;
  }
}

/** Throws where the board that somebody is to be on, or on a card of, is gone or closed. */
async function findBoard({ op, target }: Effect, { trello }: Reads): Promise<void> {
  const { idBoard, idOrganization } = target;
  if ((op !== "set_board_member" && op !== "add_card_member") || !idBoard) return;
  const shown =
    idOrganization && (await trello.workspace(idOrganization)).boards.some(({ id }) => id === idBoard);
  // A board that its workspace does not show is read by itself: it may be gone.
  if (!shown) await trello.board(idBoard);
}

/** What an effect brings about that others of the undo rest on; null for most. */
function basisFor({ op, target }: Effect): string | null {
  if (op === "set_workspace_member") return `${target["idOrganization"]}/${target["idMember"]}`;
  if (op === "set_board_member") return `${target["idBoard"]}/${target["idMember"]}`;
  return op === "add_card_member" ? (target["idCard"] ?? null) : null;
}

/** Only people of a board are on its cards, a card is not taken from whoever has it for nobody, only members are deactivated. */
function restsOn({ op, target }: Effect): string | null {
  if (op === "set_workspace_deactivated") return `${target["idOrganization"]}/${target["idMember"]}`;
  if (op === "add_card_member") return `${target["idBoard"]}/${target["idMember"]}`;
  return op === "remove_card_member" ? (target["idCard"] ?? null) : null;
}

const DEPTH: Readonly<Partial<Record<Effect["resource"], number>>> = {
  workspace_membership: 1,
  board_membership: 2,
  card: 3,
};

/**
 * What gives: the account opens the way, then workspaces, boards, cards. After it what takes away, the last first: cards,
 * boards, workspaces, the account; a person left on boards after leaving their workspace could become a billable guest.
 */
function inOrder(inverses: readonly Effect[]): readonly Effect[] {
  const once = [...new Map(inverses.map((effect) => [`${effect.op} ${effect.id}`, effect])).values()];
  const depthOf = ({ resource }: Effect) => DEPTH[resource] ?? 0;
  const gives = once.filter((effect) => !takesAway(effect));
  const takes = once.filter(takesAway).toReversed();
  return [
    ...gives.toSorted((a, b) => depthOf(a) - depthOf(b)),
    ...takes.toSorted((a, b) => depthOf(b) - depthOf(a)),
  ];
}
