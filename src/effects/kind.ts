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

/** An effect that undoes another, as data: naming the op instead of importing its file keeps the kinds apart. */
export type Inverse = Pick<Effect, "op" | "target" | "before" | "after" | "label"> & {
  /** The place, if it is another than that of the effect itself. */
  readonly place?: Place | null;
};

/** A fact about an upstream that its refusal shows. It is stored for later plans. */
export interface LearnedFact {
  readonly key: string;
  readonly value: Json;
}

/** Which member an invitation by email made: it tells what became of the invitation, and proves no email. */
export interface Identification {
  readonly email: string;
  readonly idMember: string;
}

/** Why an effect that was worked out from an older state must not be applied: the state was changed since. */
export interface Changed {
  /** Follows `Add Jane Doe to board Roadmap as normal: `, for example `is there as admin now`. */
  readonly changed: string;
  /** A key of `gives` whose absence is the reason: with another effect that gives it, this one can be applied. */
  readonly lacks?: string;
  /** A key of its own `gives` that is given all the same, in another form. */
  readonly given?: string;
}

/** A way in which the access of an Atlassian account is taken: see `ACCESS_WAYS` of the planning. */
export type AccountAccess = "suspend" | "deactivate" | "disable";

/** How much a resource opens, the most first: the order in which a person reads what a plan changes. */
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

/** The part of an effect that its kind looks at, with the types of that kind. */
interface Typed<T extends Target, Before extends Json, After extends Json> {
  readonly target: T;
  readonly before: Before;
  readonly after: After;
  readonly label: string;
}

/** `invert` of a kind that is undone by the same op with the two states exchanged. */
export const swapBack = "swap back";

/** A kind as its file writes it: target and states typed, identity of the resource derived from the target. */
export interface EffectSpec<T extends Target, Before extends Json, After extends Json> {
  readonly op: EffectOp;
  readonly resource: Effect["resource"];
  readonly rank: number;
  /** Whether the snapshot of the target's workspace tells if it holds, so that several can be read at once. */
  readonly readsWorkspace?: true;
  /** Which access of an Atlassian account it takes or gives. */
  readonly account?: AccountAccess;
  /** The tool that takes it back, if no inverse can be told beforehand. */
  readonly revokedBy?: string;
  /**
   * Why the wanted state can hold without being seen. What the upstream accepted is then a blind spot of the evidence and
   * not a failure. Left out if reading always tells.
   */
  readonly cannotBeSeen?: string;
  /**
   * The members who are in the place now, for an effect whose outcome cannot be seen: if a member is new, the effect was
   * made. `place` is a key for the place. Null if the place cannot be seen.
   */
  present?(
    effect: Typed<T, Before, After>,
    reads: Reads,
  ): Promise<{ readonly place: string; readonly members: readonly string[] } | null>;
  id(target: T): string;
  classOf(effect: Typed<T, Before, After>): EffectClass;
  /** Keys that other effects must have given first, if they are in the same plan. */
  needs?(effect: Typed<T, Before, After>): readonly string[];
  /** Keys that stand for what it brings about, as other kinds name them in `needs`. */
  gives?(effect: Typed<T, Before, After>): readonly string[];
  /** The one request. `reads` is a fresh pass, for ids that only an earlier effect of the run has made. */
  send(effect: Typed<T, Before, After>, writes: Writes, reads: Reads): Promise<void>;
  /** Whether the wanted state is true now. */
  holds(effect: Typed<T, Before, After>, reads: Reads): Promise<boolean>;
  /** What restores the captured state; empty if nothing can. */
  readonly invert: typeof swapBack | ((effect: Typed<T, Before, After>) => readonly Inverse[]);
  /**
   * The states as they are to be applied now, for an effect that was worked out from an older state: the real state
   * before it, and nothing after it that would undo what others did meanwhile. Asked only of an effect that does not
   * hold. Left out if the state can be only as wanted or as it was.
   */
  rebase?(
    effect: Typed<T, Before, After>,
    reads: Reads,
  ): Promise<{ readonly before: Before; readonly after: After } | Changed>;
  /** The name that a person types before it, for what nothing brings back. */
  typedName?(effect: Typed<T, Before, After>): string | null;
  /** The words around the label and the place of one line for a person, without a full stop. */
  describe(effect: Pick<Typed<T, Before, After>, "before" | "after">): Wording;
  /** What the upstream's refusal of the request teaches, or null. */
  learn?(effect: Typed<T, Before, After>, refusal: AppError): LearnedFact | null;
  /** The member that an invitation by email reached, once it holds; null if nothing shows it. */
  whoIs?(effect: Typed<T, Before, After>, reads: Reads): Promise<Identification | null>;
}

type AnySpec = EffectSpec<Target, Json, Json>;

/** A kind as the engine uses it: for any effect of its op, with every function there. */
export type EffectKind = Omit<AnySpec, "invert" | "rebase" | "readsWorkspace"> &
  Required<Pick<AnySpec, "needs" | "gives" | "typedName" | "learn" | "whoIs" | "present">> & {
    invert(effect: Effect): readonly Inverse[];
    rebase(effect: Effect, reads: Reads): Promise<Effect | Changed>;
    /** The id of the workspace whose snapshot tells whether it holds; or null. */
    readsWorkspace(effect: Effect): string | null;
    /** The whole effect from an inverse. */
    complete(inverse: Inverse): Effect;
  };

export interface DefinedEffect<T extends Target, Before extends Json, After extends Json> {
  readonly kind: EffectKind;
  /** Whether an effect is of this kind. */
  is(effect: Effect): boolean;
  make(spec: Typed<T, Before, After> & { readonly place?: Place | null }): Effect;
}

/** Ties the typed spec of a kind to the untyped effects that plans, journals and digests carry. */
export function defineEffect<T extends Target, Before extends Json, After extends Json>(
  spec: EffectSpec<T, Before, After>,
): DefinedEffect<T, Before, After> {
  // An effect of this op was made by `make` below (or read back from the store that it was written to).
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
