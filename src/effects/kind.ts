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

/** A fact that a refusal teaches about an upstream, kept for the plans to come. */
export interface Lesson {
  readonly key: string;
  readonly value: Json;
}

/** Which member an invitation by email made: it tells what became of the invitation, and proves no email. */
export interface Identification {
  readonly email: string;
  readonly idMember: string;
}

/** Why an effect that was worked out from an older state is not to be applied: somebody made something else of it since. */
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

/** What the engine knows of an effect: how to send, verify and undo it, and how grave it is. */
export interface EffectKind {
  readonly op: EffectOp;
  classOf(effect: Effect): EffectClass;
  /** The one request. `reads` is a fresh pass, for ids that only an earlier effect of the run has made. */
  send(effect: Effect, writes: Writes, reads: Reads): Promise<void>;
  /** Is the wanted state true now? */
  holds(effect: Effect, reads: Reads): Promise<boolean>;
  /** The id of the workspace whose snapshot tells whether it holds, so that several can be read at once; or null. */
  readsWorkspace(effect: Effect): string | null;
  /** Which access of an Atlassian account it takes or gives; null if none. */
  readonly account: AccountAccess | null;
  /** Keys that other effects must have given first, if they are in the same plan. */
  needs(effect: Effect): readonly string[];
  /** Keys that stand for what it brings about, as other kinds name them in `needs`. */
  gives(effect: Effect): readonly string[];
  /** What restores the captured state; empty where nothing can. */
  invert(effect: Effect): readonly Inverse[];
  /** The tool that takes it back where no inverse can be told beforehand; else null. */
  readonly takenBackBy: string | null;
  /**
   * The effect as it is to be applied now, for one that was worked out from an older state: with the real state before
   * it, and nothing after it that would undo what others did meanwhile. Asked only of an effect that does not hold.
   */
  rebase(effect: Effect, reads: Reads): Promise<Effect | Changed>;
  /** The name that a person types before it, for what nothing brings back; else null. */
  typed(effect: Effect): string | null;
  /** What the upstream's refusal of the request teaches, or null. */
  learns(effect: Effect, refusal: AppError): Lesson | null;
  /**
   * Why the wanted state can hold without being seen; null where reading always tells. What the upstream accepted is then
   * a blind spot of the evidence and not a failure.
   */
  readonly hidden: string | null;
  /** The ghost that an invitation by email made, once it holds; null if there is none. */
  identifies(effect: Effect, reads: Reads): Promise<Identification | null>;
  /** The whole effect from an inverse. */
  complete(inverse: Inverse): Effect;
}

type Target = Readonly<Record<string, string>>;

/** A kind as its file writes it: target and states typed, identity of the resource derived from the target. */
export interface EffectSpec<T extends Target, Before extends Json, After extends Json> {
  readonly op: EffectOp;
  readonly resource: Effect["resource"];
  readonly rank: number;
  id(target: T): string;
  /** Whether the snapshot of the target's workspace tells if it holds. */
  readonly readsWorkspace?: true;
  readonly account?: AccountAccess;
  needs?(target: T): readonly string[];
  gives?(target: T): readonly string[];
  classOf(states: { readonly before: Before; readonly after: After }): EffectClass;
  /** One write; `reads` only looks up ids that were not there when the plan was made. */
  send(target: T, after: After, writes: Writes, reads: Reads): Promise<void>;
  holds(
    target: T,
    states: { readonly before: Before; readonly after: After },
    reads: Reads,
  ): Promise<boolean>;
  invert(
    target: T,
    states: { readonly before: Before; readonly after: After },
    label: string,
  ): readonly Inverse[];
  readonly takenBackBy?: string;
  /** Left out where the state can be only as wished or as it was. */
  rebase?(
    target: T,
    states: { readonly before: Before; readonly after: After },
    reads: Reads,
  ): Promise<{ readonly before: Before; readonly after: After } | Changed>;
  typed?(target: T, before: Before, label: string): string;
  /** The words around the label and the place of one line for a person, without a full stop. */
  describe(states: { readonly before: Before; readonly after: After }): Wording;
  learns?(target: T, refusal: AppError): Lesson | null;
  readonly hidden?: string;
  identifies?(
    target: T,
    states: { readonly before: Before; readonly after: After },
    reads: Reads,
  ): Promise<Identification | null>;
}

export interface DefinedEffect<T extends Target, Before extends Json, After extends Json> {
  readonly kind: EffectKind;
  /** Whether an effect is of this kind. */
  is(effect: Effect): boolean;
  make(spec: {
    readonly target: T;
    readonly before: Before;
    readonly after: After;
    readonly label: string;
    readonly place?: Place | null;
  }): Effect;
}

/** Ties the typed spec of a kind to the untyped effects that plans, journals and digests carry. */
export function defineEffect<T extends Target, Before extends Json, After extends Json>(
  spec: EffectSpec<T, Before, After>,
): DefinedEffect<T, Before, After> {
  // An effect of this op was made by `make` below (or read back from the store that it was written to).
  const target = (effect: Effect) => effect.target as T;
  const states = (effect: Effect) => ({ before: effect.before as Before, after: effect.after as After });
  const make: DefinedEffect<T, Before, After>["make"] = ({ target, before, after, label, place = null }) => {
    const wording = spec.describe({ before, after });
    const [head, middle, tail = ""] = wording;
    return {
      op: spec.op,
      resource: spec.resource,
      id: spec.id(target),
      target,
      before,
      after,
      reversible: spec.takenBackBy !== undefined || spec.invert(target, { before, after }, label).length > 0,
      label,
      place,
      rank: spec.rank,
      wording,
      description: `${head}${label}${middle}${placeText(place)}${tail}`,
    };
  };
  return {
    make,
    is: ({ op }) => op === spec.op,
    kind: {
      op: spec.op,
      classOf: (effect) => spec.classOf(states(effect)),
      send: (effect, writes, reads) => spec.send(target(effect), states(effect).after, writes, reads),
      holds: (effect, reads) => spec.holds(target(effect), states(effect), reads),
      readsWorkspace: (effect) => (spec.readsWorkspace && effect.target["idOrganization"]) || null,
      account: spec.account ?? null,
      needs: (effect) => spec.needs?.(target(effect)) ?? [],
      gives: (effect) => spec.gives?.(target(effect)) ?? [],
      invert: (effect) => spec.invert(target(effect), states(effect), effect.label),
      takenBackBy: spec.takenBackBy ?? null,
      async rebase(effect, reads) {
        const now = await spec.rebase?.(target(effect), states(effect), reads);
        if (!now) return effect;
        return "changed" in now ? now : make({ ...effect, target: target(effect), ...now });
      },
      typed: (effect) => spec.typed?.(target(effect), states(effect).before, effect.label) ?? null,
      learns: (effect, refusal) => spec.learns?.(target(effect), refusal) ?? null,
      hidden: spec.hidden ?? null,
      identifies: async (effect, reads) =>
        (await spec.identifies?.(target(effect), states(effect), reads)) ?? null,
      complete: ({ target, before, after, label, place = null }) =>
        make({ target: target as T, before: before as Before, after: after as After, label, place }),
    },
  };
}
