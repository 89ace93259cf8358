import { inspect } from "node:util";

const HIDDEN = "[secret]";

/** A secret value. JSON, logs, texts and the debugger show `[secret]` instead of it. */
export interface Secret {
  /** Returns the secret itself. Call this only to send the secret. */
  reveal(): string;
  toJSON(): string;
  toString(): string;
}

/** Makes a secret. The text is kept inside a function, so that no property of the object contains it. */
export function createSecret(value: string): Secret {
  const secret: Secret & { [inspect.custom](): string } = {
    reveal: () => value,
    toJSON: () => HIDDEN,
    toString: () => HIDDEN,
    [inspect.custom]: () => HIDDEN,
  };
  return Object.freeze(secret);
}
