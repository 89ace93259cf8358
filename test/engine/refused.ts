import { expect } from "vitest";
import { failure } from "../support/failure.ts";
import { type Stack, writesIn } from "../support/stack.ts";

/** Refused by that guard, with nothing written and nothing left to be decided; answers the words of the refusal. */
export async function expectRefusedBy(
  stack: Stack,
  proposed: Promise<unknown>,
  guard: string,
): Promise<{ readonly message: string; readonly next: string }> {
  const error = await failure(proposed);
  expect(error).toMatchObject({ code: "POLICY_DENIED", applied: "no", details: { guard } });
  expect(writesIn(stack.sandbox)).toEqual([]);
  expect(await stack.engine.waiting()).toEqual([]);
  return error;
}
