import type { Budget } from "../../domain/budget.ts";
import { AppError } from "../../domain/error.ts";
import { bearerAuthorization } from "../http/authorization.ts";
import { explainFailure } from "../http/failures.ts";
import { objectOf } from "../http/parse.ts";
import { header } from "../http/request.ts";
import type { Failure, Upstream } from "../http/upstream.ts";

/**
 * Describes one of Atlassian's admin APIs to the code that sends requests: a rate budget and a bearer token.
 * Atlassian's replies contain no rate limits.
 */
export function createAtlassianUpstream(
  name: "scim" | "organization",
  baseUrl: string,
  token: string,
  budget: Budget,
): Upstream {
  return {
    name,
    baseUrl,
    // Requests to a SCIM server use `application/scim+json`, because the server may refuse plain JSON (RFC 7644 section
    // 3.1).
    mediaType: name === "scim" ? "application/scim+json" : "application/json",
    authorize: bearerAuthorization(token),
    charges: () => [{ budget, cost: 1 }],
    limited: () => [budget.id],
    beforeAttempt: () => Promise.resolve(null),
    afterAttempt: () => Promise.resolve(),
    explain: explainAtlassianFailure,
  };
}

/** The keywords in SCIM errors (RFC 7644 table 9), each with a sentence that says more than the status. */
const SCIM_TYPES: Readonly<Record<string, { readonly message: string; readonly next: string }>> = {
  invalidFilter: {
    message: "The SCIM directory does not support that filter.",
    next: "Filter users by userName or externalId, and groups by displayName. Use one filter at a time, with eq.",
  },
  tooMany: {
    message: "The SCIM directory refused because there are too many results.",
    next: "Use a filter, or ask for one page at a time.",
  },
  uniqueness: {
    message: "The SCIM directory already has an entry with that userName, email or displayName.",
    next: "Find the existing entry and update it. If SCIM does not show the entry, another account has the address, or a group outside SCIM has the name. Change that account or group at admin.atlassian.com, or choose another name.",
  },
  mutability: {
    message: "The SCIM directory does not let that attribute change. Groups cannot be renamed.",
    next: "Leave the attribute as it is, or create a new group and delete the old one.",
  },
  invalidSyntax: {
    message: "The SCIM directory did not understand the request.",
    next: "Check the attributes and their values.",
  },
  invalidPath: {
    message: "The SCIM directory does not know that attribute.",
    next: "Check the name of the attribute.",
  },
  noTarget: {
    message: "The SCIM directory found no value of that attribute to change.",
    next: "Read the User or Group again, and change only values that it has now.",
  },
  invalidValue: {
    message: "The SCIM directory does not accept that value, or a required value is missing.",
    next: "Check the values; a user needs a userName and one primary email on a verified domain.",
  },
  invalidVers: {
    message: "The SCIM directory does not support that version of the protocol.",
    next: "Ask the administrator to check ATLASSIAN_API_BASE_URL.",
  },
  sensitive: {
    message: "The SCIM directory does not accept sensitive values in the address of a request.",
    next: "Use the id instead.",
  },
};

/** The error keys that refusals of the user management API can contain, as its description lists them. */
const KEYS: ReadonlySet<unknown> = new Set([
  "unauthorized",
  "accountNotFound",
  "forbidden",
  "forbidden.action",
  "forbidden.targetUnverified",
  "forbidden.fieldMutation",
  "forbidden.unclaimedDomain",
  "bodyParseFailure",
  "fieldConstraintsViolated",
  "conflict.lifecycleErrors",
]);

/**
 * Explains a refusal, with three more facts from Atlassian's reply: `scimType` of a SCIM error, `traceId` of a proxy,
 * and `reason` of the two admin APIs. Only known words and ids are passed on.
 */
function explainAtlassianFailure(failure: Failure): AppError {
  const error = explainFailure(failure);
  if (lacksScope(failure)) return scopeMissing(failure);
  if (failure.outcome.kind !== "reply") return error;
  const body = objectOf(failure.outcome.text);
  const scimType = keywordOf(body["scimType"] ?? body["scimErrorType"]);
  const refused = failure.upstream === "scim" && failure.outcome.status < 500;
  const more = refused ? causeOf(failure, scimType) : undefined;
  const facts = {
    ...(scimType ? { scimType } : {}),
    ...identifier("traceId", body["traceId"], /^[0-9a-f][0-9a-f-]{7,63}$/i),
    ...identifier("reason", adminCode(body), /^ADMIN-\d{3}-\d{1,4}$/),
    ...(KEYS.has(body["key"]) ? { reason: body["key"] } : {}),
  };
  return new AppError(codeOf(error, scimType), more ? more.message : error.message, {
    next: more ? more.next : error.next,
    applied: error.applied,
    retry: error.retry,
    details: { ...error.details, ...facts },
    ...(error.cause === undefined ? {} : { cause: error.cause }),
  });
}

/**
 * The likely causes of refusals that contain no keyword. A cause is found by the status and the name of the request.
 */
const CAUSES: readonly {
  readonly status: number;
  readonly operation: RegExp;
  readonly message: string;
  readonly next: string;
}[] = [
  {
    status: 409,
    operation: /Groups/,
    message: "A group with that name exists already, but SCIM may not show it.",
    next: "Call scim_list_groups. If the group is not there, a group outside SCIM has the name: rename that group at admin.atlassian.com, or choose another name.",
  },
  {
    status: 409,
    operation: /Users/,
    message: "The email address or the userName is already in use, but SCIM may not show who has it.",
    next: "Call scim_list_users. If no User has the email address, an account outside this directory has it: change that account at admin.atlassian.com first.",
  },
  {
    status: 403,
    operation: /Groups\/\{id\}/,
    message: "The SCIM directory does not allow changes to this group.",
    next: "A default group of the organization is managed only at admin.atlassian.com; for another group, ask the administrator what ATLASSIAN_SCIM_TOKEN may do.",
  },
];

function causeOf({ outcome, operation }: Failure, scimType: string | null) {
  if (scimType) return SCIM_TYPES[scimType];
  const status = outcome.kind === "reply" ? outcome.status : null;
  // A reply with `traceId` comes from a proxy in front of the directory. So the causes for refusals of the directory do
  // not apply.
  if (outcome.kind === "reply" && "traceId" in objectOf(outcome.text)) return undefined;
  return CAUSES.find((cause) => cause.status === status && cause.operation.test(operation));
}

/**
 * Whether the API key lacks a scope. Atlassian answers with 401, as for a wrong key (seen in community posts; the API
 * description does not say it).
 */
function lacksScope({ outcome }: Failure): boolean {
  if (outcome.kind !== "reply" || ![401, 403].includes(outcome.status)) return false;
  const category = header(outcome, "x-failure-category") ?? "";
  return category.includes("SCOPE_CHECK") || /scope does not match/i.test(outcome.text ?? "");
}

function scopeMissing({ upstream, operation, outcome }: Failure): AppError {
  const [name, setting] =
    upstream === "scim"
      ? ["The token of the Atlassian SCIM directory", "ATLASSIAN_SCIM_TOKEN"]
      : ["The key of the Atlassian organization", "ATLASSIAN_ORG_API_KEY"];
  return new AppError("UPSTREAM_FORBIDDEN", `${name} lacks a scope that this request needs.`, {
    next: `Ask the administrator to make a key with the scopes that the README lists, and to set ${setting}.`,
    details: {
      upstream,
      operation,
      status: outcome.kind === "reply" ? outcome.status : null,
      reason: "scope_missing",
    },
  });
}

/**
 * The error code for a refusal. If the name is already taken, the code is CONFLICT, whatever the status is. Otherwise
 * the status decides.
 */
function codeOf(error: AppError, scimType: string | null): AppError["code"] {
  return error.code === "INPUT_INVALID" && scimType === "uniqueness" ? "CONFLICT" : error.code;
}

function keywordOf(value: unknown): string | null {
  return typeof value === "string" && Object.hasOwn(SCIM_TYPES, value) ? value : null;
}

function adminCode(body: Readonly<Record<string, unknown>>): unknown {
  const errors = body["errors"];
  const first: unknown = Array.isArray(errors) ? errors[0] : null;
  return typeof first === "object" && first !== null ? (first as Record<string, unknown>)["code"] : null;
}

function identifier(name: string, value: unknown, form: RegExp): Record<string, string> {
  return typeof value === "string" && form.test(value) ? { [name]: value } : {};
}
