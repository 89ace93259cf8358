import type { Config } from "../../config/config.ts";
import { AppError, toAppError } from "../../domain/error.ts";
import { clean } from "../../domain/text.ts";
import { signInBy } from "../support/sign-in.ts";
import type { Check } from "./upstreams.ts";

const TIMEOUT_MS = 10_000;

type Get = typeof globalThis.fetch;

/** Checks whether people can sign in on the approval pages. The check needs no person. `get`: Node's `fetch`. */
export function signInCheck(config: Pick<Config, "http" | "policy">, get: Get): Check {
  return { name: "Approval page", inspect: () => inspect(config, get) };
}

async function inspect(config: Pick<Config, "http" | "policy">, get: Get): Promise<string> {
  const { approver, authorization, publicUrl } = config.http;
  if (authorization === null) return "on this machine, for the person who runs the server; no one signs in";
  if (approver === null) {
    const address = publicUrl ?? "IDENTITY_PUBLIC_URL";
    return `there are no approval pages, so no one can decide on a page. To have them, register a client at ${authorization.issuers[0]} with the redirect address ${address}/approvals/callback, and set IDENTITY_APPROVER_CLIENT_ID`;
  }
  const { issuer, clientId, clientSecret, redirectUri } = approver;
  const signIn = await signInBy(config, approver, () => {});
  const { address, pending } = await signIn.begin({ again: false });
  const asked = new URL(address);
  // With `prompt=none`, the issuer shows no sign-in page. It answers at once and sends the browser back (OpenID Connect
  // Core 3.1.2.1).
  asked.searchParams.set("prompt", "none");
  const { status, location } = await visit(asked, issuer, get);
  const register = `Register ${redirectUri} as a redirect address (web) of the client ${clientId} at ${issuer}.`;
  if (status >= 400) {
    throw new AppError(
      "CONFIG_INVALID",
      `The issuer refuses the sign-in of the approval pages (HTTP ${status}).`,
      {
        next: `${register} Check IDENTITY_APPROVER_CLIENT_ID and IDENTITY_PUBLIC_URL.`,
      },
    );
  }
  const isBack = location?.startsWith(`${redirectUri}?`) === true;
  const back = isBack ? new URL(location ?? "").searchParams : null;
  const error = back?.get("error") ?? "";
  if (back && !NEEDS_A_PERSON.has(error)) {
    throw new AppError(
      "CONFIG_INVALID",
      `The issuer refuses the sign-in of the approval pages (${clean(error, 60)}).`,
      {
        next:
          error === "invalid_scope"
            ? `The issuer may not know the scope. Define the scope identity:approve at ${issuer} (with IDENTITY_AUTH_SCOPE_PREFIX, if the issuer needs a prefix), or name the approvers in the policy file.`
            : register,
      },
    );
  }
  await assertClient(
    signIn,
    { code: "doctor", state: pending.state, iss: back?.get("iss") ?? undefined },
    pending,
  );
  const kind = clientSecret === null ? "a public client" : "a client with a secret";
  const seen = back ? "registered at" : `not checked; register it at`;
  return `people sign in as ${kind}, ${clientId}; the redirect address ${redirectUri} is ${seen} ${issuer}`;
}

/**
 * The errors with which an issuer answers this check's request if all settings are right. They mean that a person must
 * sign in. No person takes part in the check.
 */
const NEEDS_A_PERSON = new Set([
  "login_required",
  "interaction_required",
  "consent_required",
  "account_selection_required",
]);

async function visit(
  address: URL,
  issuer: string,
  get: Get,
): Promise<{ status: number; location: string | null }> {
  try {
    const answer = await get(address, { redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) });
    await answer.body?.cancel();
    return { status: answer.status, location: answer.headers.get("location") };
  } catch {
    throw new AppError("UPSTREAM_UNAVAILABLE", `The issuer ${issuer} does not answer a sign-in.`, {
      retry: "later",
      next: "Check that this machine reaches the issuer.",
    });
  }
}

/**
 * Sends an authorization code that does not exist to the issuer. If the issuer accepts the OAuth client of the approval
 * pages, the issuer's error is about the code. Otherwise the error is about the client.
 */
async function assertClient(
  signIn: Awaited<ReturnType<typeof signInBy>>,
  answer: Readonly<Record<string, unknown>>,
  pending: Parameters<typeof signIn.finish>[1],
): Promise<void> {
  try {
    await signIn.finish(answer, pending);
  } catch (thrown) {
    const { details } = toAppError(thrown);
    if (details["error"] !== "invalid_client") return;
    throw new AppError("CONFIG_INVALID", "The issuer does not accept the client of the approval pages.", {
      next: "Correct IDENTITY_APPROVER_CLIENT_ID and IDENTITY_APPROVER_CLIENT_SECRET. A public client has no secret.",
    });
  }
}
