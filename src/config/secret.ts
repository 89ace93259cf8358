import { inspect } from "node:util";

const HIDDEN = "[secret]";

/** A secret value. JSON, logs, texts and the debugger show `[secret]` instead of it. */
export interface Secret {
  /** The secret itself. To be called only to send it. */
  reveal(): string;
  toJSON(): string;
  toString(): string;
}

/** Makes a secret. Only a function knows the text, so that it is in no property of the object. */
export function createSecret(value: string): Secret {
  const secret: Secret & { [inspect.custom](): string } = {
    reveal: () => value,
    toJSON: () => HIDDEN,
    toString: () => HIDDEN,
    [inspect.custom]: () => HIDDEN,
  };
  return Object.freeze(secret);
}
