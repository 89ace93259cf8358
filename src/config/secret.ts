import { inspect } from "node:util";

const HIDDEN = "[secret]";

/** A value that JSON, string conversion, logs and the debugger's inspection show as `[secret]`. */
export interface Secret {
  /** The secret text itself. Call it only to send the text. */
  reveal(): string;
  toJSON(): string;
  toString(): string;
}

/** Wraps a secret. A closure keeps the text, so no property of the object leads to it. */
export function createSecret(value: string): Secret {
  const secret: Secret & { [inspect.custom](): string } = {
    reveal: () => value,
    toJSON: () => HIDDEN,
    toString: () => HIDDEN,
    [inspect.custom]: () => HIDDEN,
  };
  return Object.freeze(secret);
}
