// Further SCIM 2.0 applications (RFC 7643, RFC 7644), such as a password safe or a chat, and how they differ.
import { z } from "zod";
import { emailOf } from "./email.ts";
import { AppError } from "./error.ts";
import type { Json } from "./json.ts";
import type { Hidden } from "./roster.ts";
import { clean } from "./text.ts";
import { wireFlag, wireRows, wireText } from "./wire.ts";

/** How an application takes a user's access away. Only `patch` and `put` leave the user there. */
export const DEACTIVATIONS = ["patch", "put", "delete"] as const;
export type Deactivation = (typeof DEACTIVATIONS)[number];

/** How one application speaks SCIM. The administrator writes this into the connections file. */
export interface ApplicationForm {
  /** The attribute that a search compares with the email; null if the application has no filter, so all users are read. */
  readonly filter: string | null;
  /** RFC 7644 section 3.4.2.4, or RFC 9865. */
  readonly paging: "index" | "cursor";
  /** Whether a PATCH names the attribute as its path, or has it in its value (RFC 7644 section 3.5.2). */
  readonly patch: "path" | "no_path";
  /** `"True"` and `"False"` instead of true and false. */
  readonly activeAsText: boolean;
}

/** One named application, from `directories:` of the connections file. */
export interface ApplicationConnection {
  readonly name: string;
  readonly baseUrl: string;
  readonly token: Hidden;
  readonly form: ApplicationForm;
  /** Whether this server may change users there. */
  readonly write: boolean;
  readonly deactivate: Deactivation;
  /** Whether a deactivation can be undone. Never after a DELETE. */
  readonly undo: boolean;
}

const address = z.union([z.object({ value: z.string() }), z.string().transform((value) => ({ value }))]);

/** A user of an application. Sparse and odd records are read as far as they fit. */
export const applicationUser = z
  .object({
    // Some servers have numbers as ids.
    id: z.union([z.string().min(1), z.number().transform(String)]),
    userName: wireText,
    displayName: wireText,
    name: z.object({ formatted: wireText, givenName: wireText, familyName: wireText }).nullish().catch(null),
    /** null if the record does not show it. */
    active: wireFlag,
    emails: wireRows(address),
  })
  .transform(({ emails, userName, ...user }) => ({
    ...user,
    userName: userName ?? "",
    /** In lower case: every address of the record, and the userName if it is an email. */
    emails: [
      ...new Set(
        [...emails.rows.map(({ value }) => value), userName ?? ""].flatMap((text) => emailOf(text) ?? []),
      ),
    ],
  }));
export type ApplicationUser = z.infer<typeof applicationUser>;

/** The whole record, as a PUT sends it back. */
export type ApplicationRecord = { readonly [key: string]: Json };

/** The reads of one application. */
export interface ApplicationReads
  extends Pick<ApplicationConnection, "name" | "write" | "deactivate" | "undo"> {
  /** How users are searched, in words: `the attribute userName` or `all users`. */
  readonly search: string;
  /** Every user whose userName or one of whose emails is this address (in lower case). */
  usersWithEmail(email: string): Promise<readonly ApplicationUser[]>;
  /** NOT_FOUND if there is none. */
  user(id: string): Promise<ApplicationUser>;
  /** The whole record. NOT_FOUND if there is none. */
  record(id: string): Promise<ApplicationRecord>;
  /** Whether the list of users can be read: how many users the application says that it has, if it says so. */
  count(): Promise<number | null>;
}

/** The writes of one application that may be written, one request each. */
export interface ApplicationWrites {
  readonly name: string;
  /** PATCH /Users/{id}, in the form that the application takes. */
  patchActive(id: string, active: boolean): Promise<void>;
  /** PUT /Users/{id} with the whole record and the wanted state. */
  putActive(id: string, record: ApplicationRecord, active: boolean): Promise<void>;
  /** DELETE /Users/{id}. It cannot be undone. */
  deleteUser(id: string): Promise<void>;
}

/** The application with that name among those that are given. CONFIG_INVALID if it is not there, or may not be written. */
export function requireApplication<Part extends { readonly name: string }>(
  parts: readonly Part[] | undefined,
  name: string,
): Part {
  const found = parts?.find((part) => part.name === name);
  if (found) return found;
  throw new AppError(
    "CONFIG_INVALID",
    `The application ${clean(name, 60)} is not connected, or may not be changed.`,
    {
      next: "Ask the administrator to look at directories in IDENTITY_CONNECTIONS_FILE: the application needs an entry with `write: true`.",
    },
  );
}

/** `Jane Doe <jane@example.com>`, cleaned; a userName that is not the email is shown beside it. */
export function applicationUserLabel({ displayName, name, userName, emails, id }: ApplicationUser): string {
  const full =
    displayName || name?.formatted || [name?.givenName, name?.familyName].filter(Boolean).join(" ") || "";
  const [email] = emails;
  const shown = clean(userName || id, 254);
  const names = email === undefined || email === shown.toLowerCase() ? shown : `${email}, ${shown}`;
  return full === "" ? names : `${clean(full)} <${names}>`;
}
