// SCIM 2.0 applications (RFC 7643, RFC 7644) other than Atlassian's directory, such as a password safe or a chat. This
// file describes in which ways these applications differ.
import { z } from "zod";
import { emailOf } from "./email.ts";
import { AppError } from "./error.ts";
import type { Json } from "./json.ts";
import type { Hidden } from "./roster.ts";
import { clean } from "./text.ts";
import { wireFlag, wireRows, wireText } from "./wire.ts";

/**
 * The ways in which an application can take away a user's access. After `patch` and `put` the user still exists; after
 * `delete` it does not.
 */
export const DEACTIVATIONS = ["patch", "put", "delete"] as const;
export type Deactivation = (typeof DEACTIVATIONS)[number];

/** How an application uses SCIM. The administrator writes this into the connections file. */
export interface ApplicationForm {
  /**
   * The attribute in which an email is searched, for example `userName`. null if the application has no search; then
   * all users must be read.
   */
  readonly filter: string | null;
  /** How pages are requested: by index (RFC 7644 section 3.4.2.4) or by cursor (RFC 9865). */
  readonly paging: "index" | "cursor";
  /** Where a PATCH names the attribute to change: in its path or in its value (RFC 7644 section 3.5.2). */
  readonly patch: "path" | "no_path";
  /** True if the application writes the texts `"True"` and `"False"` instead of true and false. */
  readonly activeAsText: boolean;
}

/** One application in `directories:` of the connections file. */
export interface ApplicationConnection {
  readonly name: string;
  readonly baseUrl: string;
  readonly token: Hidden;
  readonly form: ApplicationForm;
  /** Whether this server may change users of the application. */
  readonly write: boolean;
  readonly deactivate: Deactivation;
  /** Whether a deactivation can be undone. After a DELETE, it cannot be undone. */
  readonly undo: boolean;
}

const address = z.union([z.object({ value: z.string() }), z.string().transform((value) => ({ value }))]);

/** A user of an application. A value in a wrong form is left out. */
export const applicationUser = z
  .object({
    // Some servers have numbers as ids.
    id: z.union([z.string().min(1), z.number().transform(String)]),
    userName: wireText,
    displayName: wireText,
    name: z.object({ formatted: wireText, givenName: wireText, familyName: wireText }).nullish().catch(null),
    /** Whether the user is active; null if the record does not show it. */
    active: wireFlag,
    emails: wireRows(address),
  })
  .transform(({ emails, userName, ...user }) => ({
    ...user,
    userName: userName ?? "",
    /** All emails in the record, and the userName if it is an email. In lower case. */
    emails: [
      ...new Set(
        [...emails.rows.map(({ value }) => value), userName ?? ""].flatMap((text) => emailOf(text) ?? []),
      ),
    ],
  }));
export type ApplicationUser = z.infer<typeof applicationUser>;

/** The whole record of a user. A PUT must send the whole record back, because a PUT replaces it. */
export type ApplicationRecord = { readonly [key: string]: Json };

/** The reads of one application. */
export interface ApplicationReads
  extends Pick<ApplicationConnection, "name" | "write" | "deactivate" | "undo"> {
  /** How users are searched, in words for a message: `the attribute userName` or `all users`. */
  readonly search: string;
  /** All users with this email (in lower case) as userName or as one of their emails. */
  usersWithEmail(email: string): Promise<readonly ApplicationUser[]>;
  /** NOT_FOUND if there is none. */
  user(id: string): Promise<ApplicationUser>;
  /** The whole record of a user. NOT_FOUND if there is no such user. */
  record(id: string): Promise<ApplicationRecord>;
  /** Tries to read the list of users. Returns how many users the application has; null if the reply does not say. */
  count(): Promise<number | null>;
}

/** The write requests to one application, if this server may change its users. Each function sends one request. */
export interface ApplicationWrites {
  readonly name: string;
  /** PATCH /Users/{id}, in the form that this application understands. */
  patchActive(id: string, active: boolean): Promise<void>;
  /** PUT /Users/{id} with the whole record and the new state. */
  putActive(id: string, record: ApplicationRecord, active: boolean): Promise<void>;
  /** DELETE /Users/{id}. It cannot be undone. */
  deleteUser(id: string): Promise<void>;
}

/**
 * The application with this name. CONFIG_INVALID if it is not in the connections file, or if this server may not change
 * it.
 */
export function requireApplication<Part extends { readonly name: string }>(
  parts: readonly Part[] | undefined,
  name: string,
): Part {
  const found = parts?.find((part) => part.name === name);
  if (found) return found;
  throw new AppError(
    "CONFIG_INVALID",
    `The application ${clean(name, 60)} is not connected, or this server is not allowed to change it.`,
    {
      next: "Ask the administrator to check `directories` in IDENTITY_CONNECTIONS_FILE: the application needs an entry with `write: true`.",
    },
  );
}

/** A name for messages, such as `Jane Doe <jane@example.com>`. The userName follows if it is not the email. */
export function applicationUserLabel({ displayName, name, userName, emails, id }: ApplicationUser): string {
  const full =
    displayName || name?.formatted || [name?.givenName, name?.familyName].filter(Boolean).join(" ") || "";
  const [email] = emails;
  const shown = clean(userName || id, 254);
  const names = email === undefined || email === shown.toLowerCase() ? shown : `${email}, ${shown}`;
  return full === "" ? names : `${clean(full)} <${names}>`;
}
