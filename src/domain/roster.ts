/**
 * Whether the source of the roster allows the person to work. `not_yet`: not started or not activated. `blocked`:
 * suspended or deactivated. `gone`: left or deleted.
 */
export type RosterStatus = "active" | "not_yet" | "blocked" | "gone" | "unknown";

/** One person who is on a roster. Texts are cleaned. */
export interface RosterPerson {
  /** Identifies the row in its roster: a line number, or the source's own id. */
  readonly row: string;
  /** Work addresses in lower case, the primary one first; empty if the row shows none. */
  readonly emails: readonly string[];
  /**
   * Addresses that may be private or may belong to another person: sign-in names, second addresses. A match by one of
   * them is only likely.
   */
  readonly weakEmails?: readonly string[];
  readonly name: string;
  readonly status: RosterStatus;
  /** The source's own word for the status; null if the source does not say. */
  readonly says: string | null;
  /** The Atlassian account, if the source shows it. */
  readonly accountId: string | null;
  /** The role that the roster gives the person in Trello; null if it does not say. */
  readonly role: string | null;
  /** The manager's email, or the manager's row, as the source writes it. */
  readonly manager?: string | null;
  readonly department?: string | null;
  /** The teams that a list names; undefined if the source has no teams. */
  readonly teams?: readonly string[];
  /** The last sign-in at the source, ISO 8601; null if there is none or it is not known. */
  readonly lastSignIn?: string | null;
}

/** The people who should have access, according to one source. */
export interface Roster {
  /** A name for people to read, for example `SCIM directory`. */
  readonly name: string;
  readonly people: readonly RosterPerson[];
  /** What was not read or not understood, in sentences. A roster with gaps cannot prove that a person is not on it. */
  readonly gaps: readonly string[];
  /** What the source does not tell about people who were read, in sentences. */
  readonly notes?: readonly string[];
}

/** How far a person who is no longer on a roster is offboarded. */
export const LEAVER_RUNGS = ["boards", "workspaces", "enterprise", "account"] as const;
export type LeaverRung = (typeof LEAVER_RUNGS)[number];

/** The kinds of rosters that a connection can have. */
export const ROSTER_SOURCES = ["okta", "entra", "google", "onelogin", "scim"] as const;
export type RosterSourceName = (typeof ROSTER_SOURCES)[number];

/** What an administrator chose to read from a source. */
export interface RosterWants {
  /** Entra: also ask for the last sign-in, which needs one more permission and a licence. */
  readonly signIns?: boolean;
  /** Google: the customer id, or the domain, whose users are listed. */
  readonly customer?: string;
  readonly domain?: string;
}

/** A secret that shows its text only to code that asks for it. */
export interface Hidden {
  reveal(): string;
}

/** How a connection signs in. The names are those of OAuth 2.0 (RFC 6749, RFC 7523). */
export type RosterLogin =
  | { readonly kind: "token"; readonly scheme: "Bearer" | "SSWS"; readonly token: Hidden }
  | {
      readonly kind: "client_secret";
      readonly tokenUrl: string;
      readonly clientId: string;
      readonly clientSecret: Hidden;
      /** null if the server takes no scope. */
      readonly scope: string | null;
      /** The credentials go into the header, and the body is JSON (OneLogin). Otherwise all goes into a form. */
      readonly isBasic?: boolean;
    }
  /** The client proves itself by a signed token (RFC 7523 section 2.2). */
  | {
      readonly kind: "private_key";
      readonly tokenUrl: string;
      readonly clientId: string;
      readonly privateKey: Hidden;
      readonly keyId: string | null;
      readonly scope: string;
    }
  /** The client acts for an administrator (RFC 7523 section 2.1). `key` is Google's key file, as JSON. */
  | {
      readonly kind: "service_account";
      readonly tokenUrl: string;
      readonly key: Hidden;
      readonly subject: string;
      readonly scope: string;
    };

/** The secret with which a connection signs in. */
export function secretIn(login: RosterLogin): Hidden {
  if (login.kind === "token") return login.token;
  if (login.kind === "client_secret") return login.clientSecret;
  return login.kind === "private_key" ? login.privateKey : login.key;
}

/** One named connection to a source, from the connections file. */
export interface RosterConnection {
  readonly name: string;
  readonly source: RosterSourceName;
  readonly baseUrl: string;
  readonly login: RosterLogin;
  readonly wants: RosterWants;
}

/** One page to ask for: by path, or by a link that the page before gave. `operation` names it in errors. */
export type RosterRequest = { readonly operation: string } & (
  | { readonly path: string; readonly query: Readonly<Record<string, string>> }
  | { readonly link: string }
);

/** One page as the source answered it. */
export interface RosterPage {
  readonly body: unknown;
  /** The values of a header, separated by commas; null if there is none. */
  header(name: string): string | null;
}

/** The reads of one named connection. */
export interface RosterFeed {
  readonly name: string;
  readonly source: RosterSourceName;
  readonly wants: RosterWants;
  page(request: RosterRequest): Promise<RosterPage>;
}
