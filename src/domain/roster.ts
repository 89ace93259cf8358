/**
 * Whether the person works, by the source of the roster. `not_yet`: not started or not activated. `blocked`: suspended
 * or deactivated. `gone`: left or deleted.
 */
export type RosterStatus = "active" | "not_yet" | "blocked" | "gone" | "unknown";

/** One person on a roster. */
export interface RosterPerson {
  /** The id of the row in its roster: a line number, or the source's own id. */
  readonly row: string;
  /** Work emails in lower case, the primary one first. Empty if the row has none. */
  readonly emails: readonly string[];
  /** Emails that may be private or another person's: sign-in names, second addresses. They give only a likely match. */
  readonly weakEmails?: readonly string[];
  readonly name: string;
  readonly status: RosterStatus;
  /** The status in the source's own word; null if the source does not say. */
  readonly says: string | null;
  /** The Atlassian account id, if the source shows it. */
  readonly accountId: string | null;
  /** The role in Trello that the roster gives the person; null if it gives none. */
  readonly role: string | null;
  /** The manager's email or row, as the source writes it. */
  readonly manager?: string | null;
  readonly department?: string | null;
  /** The person's teams; undefined if the source has no teams. */
  readonly teams?: readonly string[];
  /** The last sign-in at the source, ISO 8601; null if unknown or never. */
  readonly lastSignIn?: string | null;
}

/** A roster: the people who should have access, from one source. */
export interface Roster {
  /** The roster's name for people, for example `SCIM directory`. */
  readonly name: string;
  readonly people: readonly RosterPerson[];
  /**
   * Sentences about what was not read or not understood. If there are any, the roster cannot prove that a person is not
   * on it.
   */
  readonly gaps: readonly string[];
  /** Sentences about facts that the source does not show for the people on it. */
  readonly notes?: readonly string[];
}

/**
 * Up to which rung people who are no longer on a roster are offboarded. `everywhere` also includes all connected
 * applications.
 */
export const LEAVER_RUNGS = ["boards", "workspaces", "enterprise", "account", "everywhere"] as const;
export type LeaverRung = (typeof LEAVER_RUNGS)[number];

/** The sources from which rosters can be read. */
export const ROSTER_SOURCES = ["okta", "entra", "google", "onelogin", "scim"] as const;
export type RosterSourceName = (typeof ROSTER_SOURCES)[number];

/** What the administrator chose to read from a source. */
export interface RosterWants {
  /** Entra: also read the last sign-in. This needs one more permission and a licence. */
  readonly signIns?: boolean;
  /** Google: the customer id or the domain whose users are read. */
  readonly customer?: string;
  readonly domain?: string;
}

/** A secret. Its text is shown only to code that calls `reveal`. */
export interface Hidden {
  reveal(): string;
}

/** How to sign in to the source of a roster. The names are those of OAuth 2.0 (RFC 6749, RFC 7523). */
export type RosterLogin =
  | { readonly kind: "token"; readonly scheme: "Bearer" | "SSWS"; readonly token: Hidden }
  | {
      readonly kind: "client_secret";
      readonly tokenUrl: string;
      readonly clientId: string;
      readonly clientSecret: Hidden;
      /** null if the server needs no scope. */
      readonly scope: string | null;
      /** True: the credentials are in the header and the body is JSON (OneLogin). Otherwise everything is in a form. */
      readonly isBasic?: boolean;
    }
  /** The client proves its identity with a signed token (RFC 7523 section 2.2). */
  | {
      readonly kind: "private_key";
      readonly tokenUrl: string;
      readonly clientId: string;
      readonly privateKey: Hidden;
      readonly keyId: string | null;
      readonly scope: string;
    }
  /** The client acts for an administrator (RFC 7523 section 2.1). `key`: Google's key file as JSON. */
  | {
      readonly kind: "service_account";
      readonly tokenUrl: string;
      readonly key: Hidden;
      readonly subject: string;
      readonly scope: string;
    };

/** The secret of a roster's login. */
export function secretIn(login: RosterLogin): Hidden {
  if (login.kind === "token") return login.token;
  if (login.kind === "client_secret") return login.clientSecret;
  return login.kind === "private_key" ? login.privateKey : login.key;
}

/** A connection to the source of a roster, from the connections file. */
export interface RosterConnection {
  readonly name: string;
  readonly source: RosterSourceName;
  readonly baseUrl: string;
  readonly login: RosterLogin;
  readonly wants: RosterWants;
  /** The time of day (HH:MM, UTC) at which the server plans the changes of the roster. */
  readonly schedule?: string;
}

/** A request for one page, by path or by the link in the page before. `operation`: its name in errors. */
export type RosterRequest = { readonly operation: string } & (
  | { readonly path: string; readonly query: Readonly<Record<string, string>> }
  | { readonly link: string }
);

/** A page, as the source answered. */
export interface RosterPage {
  readonly body: unknown;
  /** The values of a header, joined by commas; null if there is none. */
  header(name: string): string | null;
}

/** The reads of one named connection. */
export interface RosterFeed {
  readonly name: string;
  readonly source: RosterSourceName;
  readonly wants: RosterWants;
  page(request: RosterRequest): Promise<RosterPage>;
}
