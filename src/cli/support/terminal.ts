import { createInterface } from "node:readline/promises";
import { AppError } from "../../domain/error.ts";
import type { Plan } from "../../domain/plan.ts";
import type { CommandIo } from "./command.ts";

/** Asks the user at the terminal for one line. The result is empty if the input ends or the user stops. */
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
  "An administrator can choose another confirmation: IDENTITY_CONFIRMATION, or `confirmation` and `approvers` in the policy file. `approvals reject` works here.";

/**
 * The error if this plan cannot be approved at a terminal; null if it can be approved there. Some plans need proof of
 * who approves them, and a terminal does not prove who uses it.
 */
export function terminalRefusal({
  approvers,
  requires,
}: Pick<Plan, "approvers" | "requires">): AppError | null {
  if (approvers.length > 0) {
    return new AppError(
      "POLICY_DENIED",
      "The policy names approvers by email, and a terminal cannot prove an email.",
      { next: NEXT },
    );
  }
  if (requires === "four_eyes") {
    return new AppError(
      "POLICY_DENIED",
      "This plan needs a second person who is signed in, and a terminal cannot prove that.",
      { next: NEXT },
    );
  }
  return null;
}
