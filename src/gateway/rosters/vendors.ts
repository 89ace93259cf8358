import type { RosterSourceName } from "../../domain/roster.ts";
import type { Phrase } from "../http/failures.ts";
import { header, type Outcome } from "../http/request.ts";

/** What this program knows about a vendor: its rate limits and its refusals. */
export interface Vendor {
  /** The vendor's name for people. */
  readonly title: string;
  /**
   * How many requests are allowed in a time window. The number is published by the vendor, or this program sets its
   * own.
   */
  readonly budget: { readonly limit: number; readonly windowMs: number };
  /**
   * The milliseconds until the limit allows requests again, if a reply says that the limit is reached; otherwise null.
   */
  readonly usedUpFor: (outcome: Outcome, now: number) => number | null;
  /** Whether a refusal without status 429 means "too many requests". */
  readonly isTooMany?: (outcome: Outcome) => boolean;
  /** Known refusals of the vendor, with their meanings. `name`: the connection's name for messages. */
  readonly phrases: (name: string) => readonly Phrase[];
}

/** The longest pause (ms) that a vendor's header can cause: one minute, as long as for the header Retry-After. */
const LONGEST_WAIT_MS = 60_000;

export const VENDORS: Readonly<Record<RosterSourceName, Vendor>> = {
  okta: {
    title: "Okta",
    // Okta allows 600 requests a minute on /api/v1/users. By default, one token may use half of them
    // (developer.okta.com, rate limits).
    budget: { limit: 300, windowMs: 60_000 },
    // Okta's header `x-rate-limit-reset` contains a time in seconds since 1970. The time is compared with the Date
    // header of the same reply, because the clocks of Okta and of this machine may differ.
    usedUpFor: (outcome, now) => usedUpUntil(outcome, "x-rate-limit", { now, isEpoch: true }),
    phrases: (name) => [
      refusal("token_refused", [401], /E0000011|invalid_token/, {
        message: `${name}: Okta does not accept the token. It may be revoked, or unused for 30 days.`,
        next: "Make a new API token, or a new key of the app, and set it in the connections file.",
      }),
      refusal("client_refused", [400, 401], /"invalid_client"/, {
        message: `${name}: Okta does not accept the app's client_id or its key.`,
        next: "Compare client_id, private_key and key_id with the app's page in Okta: the public key must be listed there.",
      }),
      refusal("dpop_required", [400], /invalid_dpop_proof/, {
        message: `${name}: the Okta app demands DPoP proofs, which this server does not send.`,
        next: "Switch off `Require Demonstrating Proof of Possession (DPoP)` in the app's general settings.",
      }),
      forbidden("scope_missing", [400, 403], /invalid_scope|access_denied|E0000006/, {
        message: `${name}: Okta does not let these credentials list users.`,
        next: "Grant the app the scope okta.users.read and a read-only administrator role. If you use an API token, its owner needs that role.",
      }),
    ],
  },
  entra: {
    title: "Microsoft Entra ID",
    // Microsoft publishes no limit in requests, so this program allows 100 requests in 10 s. The smallest tenants have
    // 3,500 resource units in 10 s, and listing users costs 2 units (Graph throttling).
    budget: { limit: 100, windowMs: 10_000 },
    usedUpFor: () => null,
    phrases: (name) => [
      forbidden("sign_ins_refused", [403], /NonPremiumTenant|AuditLog\.Read/, {
        message: `${name}: the tenant has no licence or no permission for the last sign-in.`,
        next: "Get Microsoft Entra ID P1 or P2 and add the permission AuditLog.Read.All. If you do not need the last sign-in, remove `sign_ins` from the connection instead.",
      }),
      forbidden("scope_missing", [403], /Authorization_RequestDenied|Insufficient privileges/, {
        message: `${name}: the app registration lacks the application permission User.Read.All.`,
        next: "In Microsoft Entra, add the permission User.Read.All of the kind Application, and grant admin consent.",
      }),
      refusal("tenant_unknown", [400, 404], /AADSTS(90002|900023)\b/, {
        message: `${name}: Microsoft Entra does not know the tenant in the connections file.`,
        next: "Correct the setting `tenant` in the connections file: the tenant's id, or one of its domains.",
      }),
      refusal("client_unknown", [400, 401], /AADSTS(700016|7000229)\b/, {
        message: `${name}: Microsoft Entra knows no app with that client_id in this tenant.`,
        next: "Correct `client_id` or `tenant` in the connections file.",
      }),
      refusal("secret_expired", [400, 401], /AADSTS7000222\b/, {
        message: `${name}: the app's client secret has expired.`,
        next: "Make a new client secret at the app registration, and set `client_secret` in the connections file.",
      }),
      refusal("client_refused", [400, 401], /AADSTS70002(15|12|14)|invalid_client/, {
        message: `${name}: Microsoft Entra does not accept the client secret.`,
        next: "Set `client_secret` in the connections file to the secret's value, not to its id.",
      }),
    ],
  },
  google: {
    title: "Google Workspace",
    // Google allows 2,400 requests a minute for a user and project (developers.google.com, Directory API, limits).
    budget: { limit: 2_400, windowMs: 60_000 },
    usedUpFor: () => null,
    // Recognizes Google's "too many requests" by the text of the reply, because the status is 403 and no header says
    // how long to wait.
    isTooMany: (outcome) =>
      outcome.kind === "reply" &&
      outcome.status === 403 &&
      /"(userRateLimitExceeded|rateLimitExceeded|quotaExceeded)"/.test(outcome.text ?? ""),
    phrases: (name) => [
      forbidden("delegation_missing", [401, 403], /unauthorized_client|access_denied/, {
        message: `${name}: the service account has no domain-wide delegation for the scope.`,
        next: "Add the client id of the service account at admin.google.com, API controls, with the scope https://www.googleapis.com/auth/admin.directory.user.readonly.",
      }),
      refusal("subject_unknown", [400, 401], /invalid_grant/, {
        message: `${name}: Google does not accept the administrator in \`admin\`, or the key.`,
        next: "Set `admin` to the email of a Workspace administrator. Check that the key was not deleted, and that this machine's clock is right.",
      }),
      forbidden("scope_missing", [403], /insufficientPermissions|ACCESS_TOKEN_SCOPE_INSUFFICIENT/, {
        message: `${name}: Google does not let these credentials list users.`,
        next: "Delegate the scope https://www.googleapis.com/auth/admin.directory.user.readonly to the service account.",
      }),
      forbidden("role_missing", [400, 403], /Not Authorized|"forbidden"|Invalid Input/, {
        message: `${name}: the account in \`admin\` has no right to list the users of that customer or domain.`,
        next: "Set `admin` to an administrator with the privilege to read users, and check `customer` or `domain`.",
      }),
      forbidden("api_off", [403], /accessNotConfigured|SERVICE_DISABLED/, {
        message: `${name}: the Admin SDK API is not switched on in the service account's project.`,
        next: "Switch on the Admin SDK API in the Google Cloud project of the service account.",
      }),
    ],
  },
  onelogin: {
    title: "OneLogin",
    // OneLogin allows 5,000 requests an hour for an account. This program uses fewer, because other programs of the
    // account need some too.
    budget: { limit: 4_000, windowMs: 3_600_000 },
    // Reset is in seconds from now.
    usedUpFor: (outcome, now) => usedUpUntil(outcome, "x-ratelimit", { now, isEpoch: false }),
    phrases: (name) => [
      refusal(
        "client_refused",
        [400, 401],
        /Authentication Failure|bad request|invalid_client|Unauthorized/i,
        {
          message: `${name}: OneLogin does not accept the credentials.`,
          next: "Compare client_id and client_secret with the values in OneLogin under Developers > API Credentials.",
        },
      ),
      forbidden("scope_missing", [403], /./s, {
        message: `${name}: the OneLogin credentials have no right to list users.`,
        next: "Use API credentials of the kind `Read users`.",
      }),
    ],
  },
  scim: {
    title: "SCIM 2.0",
    // SCIM defines no rate limits. So this program sends at most ten requests a second, as it does to Atlassian.
    budget: { limit: 10, windowMs: 1_000 },
    usedUpFor: () => null,
    phrases: (name) => [
      {
        reason: "no_users",
        statuses: [404],
        pattern: /^/,
        code: "CONFIG_INVALID",
        message: `${name}: there is no SCIM server at that address.`,
        next: "Correct the setting `base` in the connections file: the address of the SCIM server without /Users.",
      },
    ],
  },
};

type Text = Pick<Phrase, "message" | "next">;

function refusal(reason: string, statuses: readonly number[], pattern: RegExp, text: Text): Phrase {
  return { reason, statuses, pattern, code: "UNAUTHENTICATED", ...text };
}

function forbidden(reason: string, statuses: readonly number[], pattern: RegExp, text: Text): Phrase {
  return { reason, statuses, pattern, code: "UPSTREAM_FORBIDDEN", ...text };
}

/** The wait from the headers `PREFIX-remaining` and `PREFIX-reset`: at least a second, at most a minute. */
function usedUpUntil(
  outcome: Outcome,
  prefix: string,
  { now, isEpoch }: { readonly now: number; readonly isEpoch: boolean },
): number | null {
  const read = (name: string) => {
    const text = header(outcome, `${prefix}-${name}`);
    return text !== null && /^\d{1,12}$/.test(text.trim()) ? Number(text) : null;
  };
  const [remaining, reset] = [read("remaining"), read("reset")];
  if (remaining === null || reset === null || remaining > 0) return null;
  const date = Date.parse(header(outcome, "date") ?? "");
  const from = Number.isNaN(date) ? now : date;
  const wait = isEpoch ? reset * 1000 - from : reset * 1000;
  return Math.min(LONGEST_WAIT_MS, Math.max(1_000, wait));
}
