import type { Response } from "express";
import { isObject } from "./route.ts";
import type { JsonObject, Reply } from "./route.ts";
import type { WireForms } from "./world.ts";

/** How replies leave the sandbox. */
export interface Wire {
  send(response: Response, reply: Reply): void;
}

/**
 * Every third reply is chunked (sent in parts), and every 50th reply closes its connection. Of 254 recorded replies,
 * 105 were chunked and 1 closed its connection.
 */
const CHUNKED_EVERY = 3;
const CLOSED_EVERY = 50;

/**
 * Makes the object that sends the replies of the sandbox. Some replies get unusual forms, if a test switches the forms
 * on (`forms`). A test may do that while the sandbox runs.
 */
export function createWire(forms: WireForms): Wire {
  const drift = createDrift();
  let sent = 0;
  return {
    send(response, reply) {
      sent += 1;
      const isChanged = forms.drift === true && reply.status < 300 && reply.body !== undefined;
      const { text, type } = written(isChanged ? { ...reply, body: drift(reply.body) } : reply);
      response.status(reply.status);
      for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
      if (text !== null && !response.hasHeader("content-type")) response.type(type);
      if (forms.unevenTransport && sent % CLOSED_EVERY === 0) response.setHeader("connection", "close");
      if (text === null) response.end();
      else if (forms.unevenTransport && sent % CHUNKED_EVERY === 0) sendChunked(response, text);
      else response.send(text);
    },
  };
}

function written({ body, text }: Reply): { readonly text: string | null; readonly type: string } {
  return body === undefined
    ? { text: text ?? null, type: "text/plain" }
    : { text: JSON.stringify(body), type: "application/json" };
}

function sendChunked(response: Response, text: string): void {
  const bytes = Buffer.from(text);
  const half = Math.ceil(bytes.length / 2);
  response.write(bytes.subarray(0, half));
  response.end(bytes.subarray(half));
}

/** Sends a reply that is cut off: it announces the whole body, sends half of it, and closes the connection. */
export function sendTruncated(response: Response, reply: Reply): void {
  const { text, type } = written(reply);
  const whole = Buffer.from(text ?? "");
  response.writeHead(reply.status, {
    ...reply.headers,
    "content-type": type,
    "content-length": String(whole.length + 1),
  });
  response.write(whole.subarray(0, Math.floor(whole.length / 2)), () => response.socket?.destroySoon());
}

/**
 * Unknown fields of different types, to test clients. The live API has added some of these fields within three months.
 */
const UNKNOWN: readonly (readonly [name: string, value: unknown])[] = [
  ["nodeId", "ari:cloud:trello::node/1"],
  ["aiMetadata", null],
  ["agenticIdentity", { kind: "none" }],
  ["inbox", []],
  ["dueReminder", 15],
  ["isTemplateOf", false],
];

/**
 * Fields that a reply may lack, for one of three reasons. The field is null or missing in recordings. Or a client that
 * is tested against the live API treats the field as optional. Or no published schema requires the field.
 */
const OPTIONAL = words(`
  activityBlocked aaId aaEmail bio confirmed dateLastActive deactivated email idEnterprise idEnterprisesDeactivated
  idPremOrgsAdmin initials member nonPublic nonPublicAvailable similarity unconfirmed url orgMemberType
  activeMembershipCount availableLicenseCount billableCollaboratorCount billableMemberCount dateLastActivity desc
  idActiveAdmins idMemberCreator maximumLicenseCount membersCount offering premiumFeatures products shortUrl dueComplete
  admin collaborator licensed managed dateLastImpression isRealEnterprise avatarURL
  externalId meta display $ref itemsPerPage
  accountType addedToOrg avatar claimStatus counts description emailVerified jobTitle lastActiveTimestamp
  managementSource mfaEnabled nickname picture added_to_org added_to_org_timestamp last_active last_active_timestamp
`);

/**
 * Fields that a reply about a SCIM User may lack. In replies about other objects, none of these fields is left out,
 * because clients need some of them, such as `name`.
 */
const OPTIONAL_IN_USERS = words("active name displayName groups title department organization phoneNumbers");

function words(list: string): ReadonlySet<string> {
  return new Set(list.trim().split(/\s+/));
}

/**
 * Adds one unknown field to each object and leaves out one optional field. Which fields these are changes from object
 * to object.
 */
function createDrift(): (body: unknown) => unknown {
  // Objects with the same field names are counted together, and the count chooses the field. So each optional field is
  // left out at some time.
  const turns = new Map<string, number>();
  return function drifted(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(drifted);
    if (!isObject(value)) return value;
    const entries = Object.entries(value).map(([name, each]): [string, unknown] => [name, drifted(each)]);
    // A reply inside a batch has a status such as "200" as its only key. This key must stay as it is, because clients
    // read the status from it.
    if (entries.length === 1 && /^\d{3}$/.test(entries[0]?.[0] ?? "")) return Object.fromEntries(entries);
    const shape = Object.keys(value).join();
    const turn = turns.get(shape) ?? 0;
    turns.set(shape, turn + 1);
    const absent = absentIn(value, turn);
    const unknown = UNKNOWN[turn % UNKNOWN.length];
    return Object.fromEntries([
      ...entries.filter(([name]) => name !== absent),
      ...(unknown ? [unknown] : []),
    ]);
  };
}

function absentIn(object: JsonObject, turn: number): string | undefined {
  const isUser = "userName" in object;
  const candidates = Object.keys(object).filter(
    (name) => OPTIONAL.has(name) || (isUser && OPTIONAL_IN_USERS.has(name)),
  );
  return candidates[turn % candidates.length];
}
