import type { Effect, EffectClass, EffectOp } from "../domain/effect.ts";
import type { AppError } from "../domain/error.ts";
import type { Json } from "../domain/json.ts";
import type { Reads } from "../domain/reads.ts";
import type { Writes } from "../gateway/gateway.ts";

/** An effect that undoes another, as data: naming the op instead of importing its file keeps the kinds apart. */
export type Inverse = Pick<Effect, "op" | "target" | "before" | "after" | "label">;

/** A fact that a refusal teaches about an upstream, kept for the plans to come. */
export interface Lesson {
  readonly key: string;
  readonly value: Json;
}

/** What the engine knows of an effect: how to send, verify and undo it, and how grave it is. */
export interface EffectKind {
  readonly op: EffectOp;
  classOf(effect: Effect): EffectClass;
  /** The one request. */
  send(effect: Effect, writes: Writes): Promise<void>;
  /** Is the wanted state true now? */
  holds(effect: Effect, reads: Reads): Promise<boolean>;
  /** What restores the captured state; empty where nothing can. */
  invert(effect: Effect): readonly Inverse[];
  /** What the upstream's refusal of the request teaches, or null. */
  learns(effect: Effect, refusal: AppError): Lesson | null;
  /** The whole effect from an inverse. */
  complete(inverse: Inverse): Effect;
}

type Target = Readonly<Record<string, string>>;

/** A kind as its file writes it: target and states typed, identity of the resource derived from the target. */
export interface EffectSpec<T extends Target, Before extends Json, After extends Json> {
  readonly op: EffectOp;
  readonly resource: Effect["resource"];
  id(target: T): string;
  classOf(states: { readonly before: Before; readonly after: After }): EffectClass;
  send(target: T, after: After, writes: Writes): Promise<void>;
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
  describe(label: string, states: { readonly before: Before; readonly after: After }): string;
  learns?(target: T, refusal: AppError): Lesson | null;
}

export interface DefinedEffect<T extends Target, Before extends Json, After extends Json> {
  readonly kind: EffectKind;
  make(spec: {
    readonly target: T;
    readonly before: Before;
    readonly after: After;
    readonly label: string;
  }): Effect;
}

/** Ties the typed spec of a kind to the untyped effects that plans, journals and digests carry. */
export function defineEffect<T extends Target, Before extends Json, After extends Json>(
  spec: EffectSpec<T, Before, After>,
): DefinedEffect<T, Before, After> {
  // An effect of this op was made by `make` below (or read back from the store that it was written to).
  const target = (effect: Effect) => effect.target as T;
  const states = (effect: Effect) => ({ before: effect.before as Before, after: effect.after as After });
  const make: DefinedEffect<T, Before, After>["make"] = ({ target, before, after, label }) => ({
    op: spec.op,
    resource: spec.resource,
    id: spec.id(target),
    target,
    before,
    after,
    reversible: spec.invert(target, { before, after }, label).length > 0,
    label,
    description: spec.describe(label, { before, after }),
  });
  return {
    make,
    kind: {
      op: spec.op,
      classOf: (effect) => spec.classOf(states(effect)),
      send: (effect, writes) => spec.send(target(effect), states(effect).after, writes),
      holds: (effect, reads) => spec.holds(target(effect), states(effect), reads),
      invert: (effect) => spec.invert(target(effect), states(effect), effect.label),
      learns: (effect, refusal) => spec.learns?.(target(effect), refusal) ?? null,
      complete: ({ target, before, after, label }) =>
        make({ target: target as T, before: before as Before, after: after as After, label }),
    },
  };
}
