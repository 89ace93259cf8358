import type { ConfirmationLevel } from "../domain/confirmation.ts";
import { AppError } from "../domain/error.ts";
import type { Config } from "./config.ts";
import type { Policy } from "./policy.ts";
import type { Values, Variable } from "./settings.ts";

/** The setting that asks for a second person (`four_eyes`) for plans; null if no setting asks for one. */
function asksForSecondPerson(
  weakest: ConfirmationLevel | undefined,
  { confirmation }: Pick<Policy, "confirmation">,
): Variable | null {
  if (weakest === "four_eyes") return "IDENTITY_CONFIRMATION";
  const levels = [confirmation.default, ...Object.values(confirmation.tools)];
  return levels.includes("four_eyes") ? "IDENTITY_POLICY_FILE" : null;
}

/**
 * Throws CONFIG_INVALID if the settings ask for a second person and the server runs over stdio, because over stdio no
 * one signs in.
 */
export function requireNoSecondPerson({
  confirmation,
  policy,
}: Pick<Config, "confirmation" | "policy">): void {
  const asking = asksForSecondPerson(confirmation, policy);
  if (asking === null) return;
  throw new AppError(
    "CONFIG_INVALID",
    `${asking} asks for four_eyes, and over stdio no one signs in, so no second person could decide.`,
    { next: "Run `http`, where people sign in, or ask for `approval` instead of four_eyes." },
  );
}

const SIGN_IN = ["IDENTITY_AUTH_ISSUER", "IDENTITY_PUBLIC_URL", "IDENTITY_APPROVER_CLIENT_ID"] as const;

/**
 * A line for each reason why this server could not recognize the second person for whom the settings ask:
 * - people cannot sign in, or the policy names no approver;
 * - people are identified by Entra's `sub`. Each client gets another `sub`, so one person would count as two.
 */
export function* secondPersonProblems(values: Values, policy: Policy): Generator<string> {
  const asking = asksForSecondPerson(values.IDENTITY_CONFIRMATION, policy);
  if (asking === null) return;
  const missing = [
    ...SIGN_IN.filter((variable) => values[variable] === undefined),
    ...(policy.approvers.length === 0 ? ["`approvers` in the policy file"] : []),
  ];
  if (missing.length > 0) {
    yield `${asking} asks for four_eyes, which needs a second person who signs in, and this is missing: ${missing.join(", ")}. Set what is missing and run \`http\`, or ask for \`approval\` instead of four_eyes.`;
  }
  const claims = values.IDENTITY_AUTH_SUBJECT_CLAIM ?? ["sub"];
  if ((values.IDENTITY_AUTH_ISSUER ?? []).some(isEntra) && !claims.includes("oid")) {
    yield `${asking} asks for four_eyes, and the \`sub\` of Entra differs from client to client, so one person would count as two. Set IDENTITY_AUTH_SUBJECT_CLAIM to oid,tid.`;
  }
}

function isEntra(issuer: string): boolean {
  return /^(login\.microsoftonline\.(com|us)|login\.partner\.microsoftonline\.cn|sts\.windows\.net|[^.]+\.ciamlogin\.com)$/.test(
    new URL(issuer).hostname,
  );
}
