import { createInterface } from "node:readline/promises";
import type { Config } from "../../config/config.ts";
import { AppError } from "../../domain/error.ts";
import type { Plan } from "../../domain/plan.ts";
import type { CommandIo } from "./command.ts";

/** Asks one line of a person at the terminal; empty when the input ends or the person breaks off. */
export async function ask(
  io: Pick<CommandIo, "stdin" | "stdout" | "stop">,
  question: string,
): Promise<string> {
  const lines = createInterface({ input: io.stdin, output: io.stdout });
  const ended = new AbortController();
  lines.once("close", () => ended.abort());
  lines.once("SIGINT", () => ended.abort());
  try {
    return (await lines.question(question, { signal: AbortSignal.any([ended.signal, io.stop]) })).trim();
  } catch (thrown) {
    if (ended.signal.aborted || io.stop.aborted) return "";
    throw thrown;
  } finally {
    lines.close();
  }
}

const NEXT =
  "An administrator changes what the confirmation takes (IDENTITY_CONFIRMATION, or `confirmation` and `approvers` in the policy file); `approvals reject` stays possible here.";

/** Why nobody can approve this plan from a terminal, which cannot prove who sits at it; null where somebody can. */
export function terminalRefusal(config: Config, plan: Plan): AppError | null {
  if (config.policy.approvers.length > 0) {
    return new AppError(
      "POLICY_DENIED",
      "The policy names approvers by email, which a terminal cannot prove.",
      { next: NEXT },
    );
  }
  if (plan.requires === "four_eyes") {
    return new AppError(
      "POLICY_DENIED",
      "This plan takes a second person who is signed in, which a terminal cannot prove.",
      { next: NEXT },
    );
  }
  return null;
}
