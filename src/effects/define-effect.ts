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
 * The effect that undoes another, as data. It names the op instead of importing the file, so the kinds stay
 * independent.
 */
export type Inverse = Pick<Effect, "op" | "target" | "before" | "after" | "label"> & {
  /** The place, if it differs from the place of the effect itself. */
  readonly place?: Place | null;
};

/** A fact about an upstream, learned from a refusal. It is stored for later plans. */
export interface LearnedFact {
  readonly key: string;
  readonly value: Json;
}

/** Which member an invitation by email created. It shows what became of the invitation; it does not prove the email. */
export interface Identification {
  readonly email: string;
  readonly idMember: string;
}

/** Why an effect that was planned for an older state must not be applied: the state has changed since. */
export interface Changed {
  /** Follows `Add Jane Doe to board Roadmap as normal: `, for example `is there as admin now`. */
  readonly changed: string;
  /** If the effect cannot be applied because a key is missing: that key. Another effect may give it first. */
  readonly lacks?: string;
  /** One of the effect's own `gives` keys that exists already, in another form. */
  readonly given?: string;
}

/** A way to take the access of an Atlassian account: see `ACCESS_WAYS` in planning. */
export type AccountAccess = "suspend" | "deactivate" | "disable";

/** How much access a resource gives, the most first. A person reads the changes of a plan in this order. */
export const RANK = {
  account: 0,
  scimUser: 1,
  enterprise: 2,
  workspace: 3,
  group: 4,
  groupMembership: 5,
  profile: 6,
  board: 7,
  card: 8,
} as const;

type Target = Readonly<Record<string, string>>;

/** The part of an effect that its kind reads, with the types of that kind. */
interface Typed<T extends Target, Before extends Json, After extends Json> {
  readonly target: T;
  readonly before: Before;
  readonly after: After;
  readonly label: string;
}

/** The `invert` of a kind whose undo is the same op with the two states exchanged. */
export const swapBack = "swap back";

/** A kind as its file declares it, with types for target and states. The target identifies the resource. */
export interface EffectSpec<T extends Target, Before extends Json, After extends Json> {
  readonly op: EffectOp;
  readonly resource: Effect["resource"];
  readonly rank: number;
  /**
   * Whether the snapshot of the target's workspace shows if the effect is true. Several effects can then be read at
   * once.
   */
  readonly readsWorkspace?: true;
  /** Which access of an Atlassian account the effect takes or gives. */
  readonly account?: AccountAccess;
  /** The tool that takes the effect back, if the undo cannot be known before the effect is made. */
  readonly revokedBy?: string;
  /**
   * Why the wanted state can be true without being visible. If the upstream accepted the effect, the evidence then
   * has a blind spot, not a failure. Not set if a read always shows the state.
   */
  readonly cannotBeSeen?: string;
  /**
   * The members who are in the place now, for an effect whose outcome is hidden. If a member is new, the effect was
   * made. `place` is a key for the place. null if the place cannot be read.
   */
  present?(
    effect: Typed<T, Before, After>,
    reads: Reads,
  ): Promise<{ readonly place: string; readonly members: readonly string[] } | null>;
  id(target: T): string;
  classOf(effect: Typed<T, Before, After>): EffectClass;
  /** Keys that other effects of the same plan must give first. */
  needs?(effect: Typed<T, Before, After>): readonly string[];
  /** Keys for what the effect makes. Other kinds name them in `needs`. */
  gives?(effect: Typed<T, Before, After>): readonly string[];
  /** Sends the one request. `reads` is a new pass, for ids that an earlier effect of the run has just created. */
  send(effect: Typed<T, Before, After>, writes: Writes, reads: Reads): Promise<void>;
  /** Whether the wanted state is true now. */
  holds(effect: Typed<T, Before, After>, reads: Reads): Promise<boolean>;
  /** The effects that restore the captured state; empty if none can. */
  readonly invert: typeof swapBack | ((effect: Typed<T, Before, After>) => readonly Inverse[]);
  /**
   * The states to apply now, if the effect was planned for an older state. `before` is the real state. `after` undoes
   * nothing that others changed meanwhile. Called only if the wanted state is not true. Not set if no third state is
   * possible.
   */
  rebase?(
    effect: Typed<T, Before, After>,
    reads: Reads,
  ): Promise<{ readonly before: Before; readonly after: After } | Changed>;
  /** The name that a person must type before an effect that cannot be undone. */
  typedName?(effect: Typed<T, Before, After>): string | null;
  /** The words before and after the label and the place, in one line for a person, without a full stop. */
  describe(effect: Pick<Typed<T, Before, After>, "before" | "after">): Wording;
  /** The fact that the upstream's refusal shows; null if it shows none. */
  learn?(effect: Typed<T, Before, After>, refusal: AppError): LearnedFact | null;
  /** The member that an invitation by email reached, after the effect is true; null if unknown. */
  whoIs?(effect: Typed<T, Before, After>, reads: Reads): Promise<Identification | null>;
}

type AnySpec = EffectSpec<Target, Json, Json>;

/** A kind as the engine uses it: every function is present, for any effect of its op. */
export type EffectKind = Omit<AnySpec, "invert" | "rebase" | "readsWorkspace"> &
  Required<Pick<AnySpec, "needs" | "gives" | "typedName" | "learn" | "whoIs" | "present">> & {
    invert(effect: Effect): readonly Inverse[];
    rebase(effect: Effect, reads: Reads): Promise<Effect | Changed>;
    /** The id of the workspace whose snapshot shows if the effect is true; null if no snapshot shows it. */
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

/** Connects the typed definition of a kind with the untyped effects in plans, journals and digests. */
export function defineEffect<T extends Target, Before extends Json, After extends Json>(
  spec: EffectSpec<T, Before, After>,
): DefinedEffect<T, Before, After> {
  // This cast is safe: `make` below made every effect of this op, or it was read back from the store.
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
