import {
  type Effect,
  type EffectClass,
  type EffectOp,
  type Place,
  placeText,
  type Wording,
} from "../domain/effect.ts";
import type { AppError } from "../domain/error.ts";
import type { Json } from "../domain/json.ts";
import type { Reads } from "../domain/reads.ts";
import type { Writes } from "../domain/writes.ts";

/**
 * The undo of an effect, as data. It names the op of the undo and does not import the file of that op, so the files
 * stay independent.
 */
export type Inverse = Pick<Effect, "op" | "target" | "before" | "after" | "label"> & {
  /** The place (workspace or board) that the undo changes, if it is not the place of the effect. */
  readonly place?: Place | null;
};

/**
 * A fact about Trello or Atlassian that a refusal shows, such as "this enterprise is managed elsewhere". It is stored
 * and used by later plans.
 */
export interface LearnedFact {
  readonly key: string;
  readonly value: Json;
}

/**
 * Which member an invitation by email created. It only shows what happened to the invitation: it does not prove that
 * the member owns the email.
 */
export interface Identification {
  readonly email: string;
  readonly idMember: string;
}

/** Why an effect must not be applied: the state changed after the effect was planned. */
export interface Changed {
  /**
   * The second half of a sentence. After `Add Jane Doe to board Roadmap as normal: ` follows, for example, `is there as
   * admin now`.
   */
  readonly changed: string;
  /**
   * The key that the effect needs and that is missing, for example "the person is on the board". Another effect of the
   * plan may give the key first.
   */
  readonly lacks?: string;
  /**
   * A key that this effect would give and that is there already, but in another form. Example: the person is on the
   * board, with another role.
   */
  readonly given?: string;
}

/** How the access of an Atlassian account can be taken; `ACCESS_WAYS` in planning explains each. */
export type AccountAccess = "suspend" | "deactivate" | "disable";

/** The order in which a person reads the changes of a plan: resources that give the most access come first. */
export const RANK = {
  account: 0,
  scimUser: 1,
  application: 1,
  enterprise: 2,
  workspace: 3,
  group: 4,
  groupMembership: 5,
  profile: 6,
  board: 7,
  card: 8,
  webhook: 9,
} as const;

type Target = Readonly<Record<string, string>>;

/** The parts of an effect that its own kind reads, with exact types. */
interface Typed<T extends Target, Before extends Json, After extends Json> {
  readonly target: T;
  readonly before: Before;
  readonly after: After;
  readonly label: string;
}

/** Value of `invert` for a kind whose undo is the same op with `before` and `after` exchanged. */
export const swapBack = "swap back";

/**
 * A kind of effect, as its file defines it, with exact types for the target and the states. The target says which
 * resource changes.
 */
export interface EffectSpec<T extends Target, Before extends Json, After extends Json> {
  readonly op: EffectOp;
  readonly resource: Effect["resource"];
  readonly rank: number;
  /** Whether reading the workspace is enough to see if the effect is true. Then one read checks many effects. */
  readonly readsWorkspace?: true;
  /** Which access of an Atlassian account the effect takes or gives back. */
  readonly account?: AccountAccess;
  /** The tool that undoes the effect, if the effect that undoes it cannot be known before it is made. */
  readonly revokedBy?: string;
  /**
   * Why the change may be invisible after the upstream accepted it, for example because Trello hides emails. The
   * evidence then reports a blind spot, not a failure. Not set if a read always shows the change.
   */
  readonly cannotBeSeen?: string;
  /**
   * For a kind whose outcome Trello hides: the members who are in the place now. A member who was not there before the
   * effect shows that the effect was made. `place` is the key of the place. null if it cannot be read.
   */
  present?(
    effect: Typed<T, Before, After>,
    reads: Reads,
  ): Promise<{ readonly place: string; readonly members: readonly string[] } | null>;
  /**
   * Whether the application of the effect did not answer during planning. Its state is then read when the effect is
   * sent.
   */
  isUnread?(effect: Typed<T, Before, After>): boolean;
  /**
   * The upstream that no other kind of effect uses. If it does not answer, the run does all other effects and waits for
   * this one.
   */
  waitsAlone?(effect: Typed<T, Before, After>): string;
  /** Other tools with policy rules that apply to the effect, although they do not make it. */
  ruledBy?(effect: Typed<T, Before, After>): readonly string[];
  id(target: T): string;
  classOf(effect: Typed<T, Before, After>): EffectClass;
  /** What must be true before this effect, as keys (effects/keys.ts). Other effects of the plan may make them true. */
  needs?(effect: Typed<T, Before, After>): readonly string[];
  /** What this effect makes true, as keys. Other effects name these keys in `needs`. */
  gives?(effect: Typed<T, Before, After>): readonly string[];
  /**
   * Sends the one request of the effect. `reads` is new, so it also shows what an earlier effect of the run has just
   * created.
   */
  send(effect: Typed<T, Before, After>, writes: Writes, reads: Reads): Promise<void>;
  /** Whether the wanted state is true now. */
  holds(effect: Typed<T, Before, After>, reads: Reads): Promise<boolean>;
  /**
   * The effects that bring back the state before this effect; empty if nothing can. "swap back": the same op with the
   * states exchanged.
   */
  readonly invert: typeof swapBack | ((effect: Typed<T, Before, After>) => readonly Inverse[]);
  /**
   * Adapts an effect to a state that changed after it was planned. `before` becomes the real state now; `after` keeps
   * what others changed meanwhile. Called only if the effect is not true already. Not set if only two states are
   * possible.
   */
  rebase?(
    effect: Typed<T, Before, After>,
    reads: Reads,
  ): Promise<{ readonly before: Before; readonly after: After } | Changed>;
  /** The name that a person must type to approve an effect that cannot be undone; null if none is asked. */
  typedName?(effect: Typed<T, Before, After>): string | null;
  /**
   * Words for one line about the effect: the words before the person or thing, and the words after it. No full stop.
   */
  describe(effect: Pick<Typed<T, Before, After>, "before" | "after">): Wording;
  /** The fact that a refusal of the upstream shows; null if it shows none. */
  learn?(effect: Typed<T, Before, After>, refusal: AppError): LearnedFact | null;
  /** The member that an invitation by email reached; null if unknown. Called after the effect is true. */
  whoIs?(effect: Typed<T, Before, After>, reads: Reads): Promise<Identification | null>;
}

type AnySpec = EffectSpec<Target, Json, Json>;

/** A kind as the engine uses it: every function exists and accepts any effect of the op. */
export type EffectKind = Omit<AnySpec, "invert" | "rebase" | "readsWorkspace"> &
  Required<Pick<AnySpec, "needs" | "gives" | "typedName" | "learn" | "whoIs" | "present" | "isUnread">> & {
    invert(effect: Effect): readonly Inverse[];
    rebase(effect: Effect, reads: Reads): Promise<Effect | Changed>;
    /** The id of the workspace to read to see if the effect is true; null if reading a workspace is not enough. */
    readsWorkspace(effect: Effect): string | null;
    /** Makes the complete effect from the data of an undo. */
    complete(inverse: Inverse): Effect;
  };

export interface DefinedEffect<T extends Target, Before extends Json, After extends Json> {
  readonly kind: EffectKind;
  /** Whether an effect is of this kind. */
  is(effect: Effect): boolean;
  make(spec: Typed<T, Before, After> & { readonly place?: Place | null }): Effect;
}

/** Makes a typed kind usable for the effects of plans, journals and digests, which have no exact types. */
export function defineEffect<T extends Target, Before extends Json, After extends Json>(
  spec: EffectSpec<T, Before, After>,
): DefinedEffect<T, Before, After> {
  // The cast is safe: each effect of this op was made by `make` below, or was stored before.
  const untyped = spec as unknown as AnySpec;
  const invert = (effect: Typed<Target, Json, Json>): readonly Inverse[] => {
    if (untyped.invert !== swapBack) return untyped.invert(effect);
    const { target, before, after, label } = effect;
    return [{ op: spec.op, target, before: after, after: before, label }];
  };
  const complete = ({ target, before, after, label, place = null }: Omit<Inverse, "op">): Effect => {
    const effect = { target, before, after, label };
    const wording = untyped.describe(effect);
    const [head, middle, tail = ""] = wording;
    return {
      op: spec.op,
      resource: spec.resource,
      id: untyped.id(target),
      target,
      before,
      after,
      reversible: spec.revokedBy !== undefined || invert(effect).length > 0,
      label,
      place,
      rank: spec.rank,
      wording,
      description: `${head}${label}${middle}${placeText(place)}${tail}`,
    };
  };
  return {
    make: complete,
    is: ({ op }) => op === spec.op,
    kind: {
      needs: () => [],
      gives: () => [],
      typedName: () => null,
      isUnread: () => false,
      learn: () => null,
      whoIs: async () => null,
      present: async () => null,
      ...untyped,
      invert,
      complete,
      readsWorkspace: ({ target }) => (spec.readsWorkspace && target["idOrganization"]) || null,
      async rebase(effect, reads) {
        const now = await untyped.rebase?.(effect, reads);
        if (!now) return effect;
        return "changed" in now ? now : complete({ ...effect, ...now });
      },
    },
  };
}
