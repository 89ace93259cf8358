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
 * The undo of an effect, as data. It names the kind of the undo only by its `op`, so the file of one kind does not
 * import the file of another.
 */
export type Inverse = Pick<Effect, "op" | "target" | "before" | "after" | "label"> & {
  /** The place (workspace or board) that the undo changes; missing if it is the place of the effect. */
  readonly place?: Place | null;
};

/**
 * A fact about Trello or Atlassian that a refused request has shown, such as "this enterprise is managed elsewhere". It
 * is stored, and later plans use it.
 */
export interface LearnedFact {
  readonly key: string;
  readonly value: Json;
}

/** An invited email, and the member whom Trello created for it. It is not proven that the member owns the email. */
export interface Identification {
  readonly email: string;
  readonly idMember: string;
}

/** Why an effect must not be applied: the state has changed since the effect was planned. */
export interface Changed {
  /**
   * What has changed, as the second half of a sentence. Example: `is there as admin now`. It is shown after `Add Jane
   * Doe to board Roadmap as normal: `.
   */
  readonly changed: string;
  /**
   * The key of a condition (see effects/keys.ts) that the effect needs and that is not true now, for example "the
   * person is on the board". Another effect of the plan may make it true first.
   */
  readonly lacks?: string;
  /**
   * The key of the condition that this effect would make true, if the condition is already true in another form.
   * Example: the person is already on the board, but with another role.
   */
  readonly given?: string;
}

/** The ways in which the access of an Atlassian account can be taken. `ACCESS_WAYS` in planning explains each way. */
export type AccountAccess = "suspend" | "deactivate" | "disable";

/**
 * The order in which the changes of a plan are shown to a person: changes of the resources that give the most access
 * come first.
 */
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

/** The parts of an effect that the functions of its kind read, with exact types. */
interface Typed<T extends Target, Before extends Json, After extends Json> {
  readonly target: T;
  readonly before: Before;
  readonly after: After;
  readonly label: string;
}

/** The value of `invert` if the undo is an effect of the same kind with `before` and `after` exchanged. */
export const swapBack = "swap back";

/**
 * A kind of effect as its file defines it, with exact types for the target and the states. The target says which
 * resource is changed.
 */
export interface EffectSpec<T extends Target, Before extends Json, After extends Json> {
  readonly op: EffectOp;
  readonly resource: Effect["resource"];
  readonly rank: number;
  /** True if one read of the workspace shows, for many effects together, whether the wanted state is true. */
  readonly readsWorkspace?: true;
  /** Which access of an Atlassian account the effect takes or gives back. */
  readonly account?: AccountAccess;
  /** The tool that undoes the effect. Set if an id that the undo needs is known only after the effect. */
  readonly revokedBy?: string;
  /**
   * Why a later read may not show the change although the upstream accepted it, for example because Trello hides
   * emails. The evidence then reports a blind spot, not a failure. Not set if a read always shows the change.
   */
  readonly cannotBeSeen?: string;
  /**
   * Only for a kind whose result Trello hides. Returns the id of the workspace or board (`place`) and the ids of its
   * present members. The run later compares them with the members before the run: new members show that effects were
   * made. null if the members cannot be read.
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
   * The name of the upstream, if only effects of this kind use it. If the upstream does not answer, the run first does
   * all other effects and then waits for it.
   */
  waitsAlone?(effect: Typed<T, Before, After>): string;
  /** Other tools whose policy rules also apply, because the effect is as serious as the effects of these tools. */
  ruledBy?(effect: Typed<T, Before, After>): readonly string[];
  id(target: T): string;
  classOf(effect: Typed<T, Before, After>): EffectClass;
  /** What must be true before this effect, as keys (effects/keys.ts). Other effects of the plan may make them true. */
  needs?(effect: Typed<T, Before, After>): readonly string[];
  /** What becomes true by this effect, as keys (effects/keys.ts). Other effects name these keys in `needs`. */
  gives?(effect: Typed<T, Before, After>): readonly string[];
  /**
   * Sends the one request of the effect. `reads` contains no earlier replies when the call begins. So it also shows
   * what an earlier effect of the run has just created.
   */
  send(effect: Typed<T, Before, After>, writes: Writes, reads: Reads): Promise<void>;
  /** Whether the wanted state is true now. */
  holds(effect: Typed<T, Before, After>, reads: Reads): Promise<boolean>;
  /**
   * The effects that bring back the state before this effect; empty if the effect cannot be undone. `swapBack`: one
   * effect of the same kind with `before` and `after` exchanged.
   */
  readonly invert: typeof swapBack | ((effect: Typed<T, Before, After>) => readonly Inverse[]);
  /**
   * Adapts an effect of an undo to the present state. `before` becomes the present state; `after` keeps what other
   * people or programs have changed. Called only if the wanted state is not already true. Not set if only two states
   * are possible.
   */
  rebase?(
    effect: Typed<T, Before, After>,
    reads: Reads,
  ): Promise<{ readonly before: Before; readonly after: After } | Changed>;
  /** The name that a person must type to approve an effect that cannot be undone; null if no name is needed. */
  typedName?(effect: Typed<T, Before, After>): string | null;
  /**
   * The words that describe the effect in one line, without a full stop. They are the words before `label` (the name of
   * the person or thing), after `label`, and after the name of the workspace or board.
   */
  describe(effect: Pick<Typed<T, Before, After>, "before" | "after">): Wording;
  /** What this server learns from a refusal of the upstream, for later plans; null if it learns nothing. */
  learn?(effect: Typed<T, Before, After>, refusal: AppError): LearnedFact | null;
  /**
   * The member whom Trello created for an invitation by email; null if unknown. Called after the invitation was sent.
   */
  whoIs?(effect: Typed<T, Before, After>, reads: Reads): Promise<Identification | null>;
}

type AnySpec = EffectSpec<Target, Json, Json>;

/**
 * A kind of effect as the engine uses it. Its functions accept any effect of the kind. Most functions that are optional
 * in `EffectSpec` are always set here.
 */
export type EffectKind = Omit<AnySpec, "invert" | "rebase" | "readsWorkspace"> &
  Required<Pick<AnySpec, "needs" | "gives" | "typedName" | "learn" | "whoIs" | "present" | "isUnread">> & {
    invert(effect: Effect): readonly Inverse[];
    rebase(effect: Effect, reads: Reads): Promise<Effect | Changed>;
    /** The id of a workspace, if a read of this workspace shows whether the wanted state is true; otherwise null. */
    readsWorkspace(effect: Effect): string | null;
    /** Makes an effect from an `Inverse`, which has only the few values that describe an undo. */
    complete(inverse: Inverse): Effect;
  };

export interface DefinedEffect<T extends Target, Before extends Json, After extends Json> {
  readonly kind: EffectKind;
  /** Whether the given effect is of the kind that is defined here. */
  is(effect: Effect): boolean;
  make(spec: Typed<T, Before, After> & { readonly place?: Place | null }): Effect;
}

/** Defines a kind of effect. Its functions then also accept effects of plans and journals, without exact types. */
export function defineEffect<T extends Target, Before extends Json, After extends Json>(
  spec: EffectSpec<T, Before, After>,
): DefinedEffect<T, Before, After> {
  // The cast is safe, because each effect of this kind was made by `make` below, or was stored by an earlier version.
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
