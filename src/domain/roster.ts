/**
 * Whether the person works for the company, as the source of the roster says. `not_yet`: the person has not started, or
 * the account is not activated. `blocked`: suspended or deactivated. `gone`: the person has left, or the account is
 * deleted.
 */
export type RosterStatus = "active" | "not_yet" | "blocked" | "gone" | "unknown";

/** One person on a roster. */
export interface RosterPerson {
  /** The id of the row in its roster: a line number, or an id of the source. */
  readonly row: string;
  /** Work emails in lower case, the primary email first. Empty if the row has no email. */
  readonly emails: readonly string[];
  /**
   * Emails that may be private or belong to another person: sign-in names and second addresses. If a Trello member is
   * found only by such an email, the match is likely but not certain.
   */
  readonly weakEmails?: readonly string[];
  readonly name: string;
  /** True if the source says that the person is a guest of the company, not one of its own people. */
  readonly isGuest?: boolean;
  readonly status: RosterStatus;
  /** The status in the source's own word; null if the source shows none. */
  readonly says: string | null;
  /** The Atlassian account id, if the source shows it. */
  readonly accountId: string | null;
  /** The role in Trello that the person should have, as the roster says; null if the roster says nothing. */
  readonly role: string | null;
  /** The manager's email or the id of the manager's row, as the source writes it. */
  readonly manager?: string | null;
  readonly department?: string | null;
  /** The person's teams; undefined if the source has no teams. */
  readonly teams?: readonly string[];
  /** The last sign-in at the source, ISO 8601; null if it is unknown or there was none. */
  readonly lastSignIn?: string | null;
}

/** A roster: a list, from one source, of the people who should have access. */
export interface Roster {
  /** The name of the roster as it is shown to people, for example `SCIM directory`. */
  readonly name: string;
  readonly people: readonly RosterPerson[];
  /**
   * Sentences that say what this server could not read or understand. If there are any, a person who is missing from
   * this roster may still belong to it.
   */
  readonly gaps: readonly string[];
  /** Sentences that say which facts about the people the source does not show. */
  readonly notes?: readonly string[];
}

/**
 * The steps (rungs) at which the offboarding of people who are no longer on a roster can end. Each step includes the
 * earlier steps. The last step, `everywhere`, also includes all connected applications.
 */
export const LEAVER_RUNGS = ["boards", "workspaces", "enterprise", "account", "everywhere"] as const;
export type LeaverRung = (typeof LEAVER_RUNGS)[number];

/** The sources from which rosters can be read. */
export const ROSTER_SOURCES = ["okta", "entra", "google", "onelogin", "scim"] as const;
export type RosterSourceName = (typeof ROSTER_SOURCES)[number];

/** Settings of the administrator that say what to read from a source. */
export interface RosterWants {
  /** Entra only: whether to read the last sign-in of each user too. This needs one more permission and a licence. */
  readonly signIns?: boolean;
  /** Google only: the customer id or the domain whose users are read. */
  readonly customer?: string;
  readonly domain?: string;
}

/** A secret. Its text is available only to code that calls `reveal`. */
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
      /** The OAuth 2.0 scope to ask for; null if the authorization server needs no scope. */
      readonly scope: string | null;
      /**
       * True if the OAuth client's id and secret are sent in the header `Authorization`, and the body is JSON
       * (OneLogin). Otherwise all values are sent in a form.
       */
      readonly isBasic?: boolean;
    }
  /** This server is the OAuth client, and proves its identity with a signed token (RFC 7523 section 2.2). */
  | {
      readonly kind: "private_key";
      readonly tokenUrl: string;
      readonly clientId: string;
      readonly privateKey: Hidden;
      readonly keyId: string | null;
      readonly scope: string;
    }
  /**
   * Google: a service account signs in and acts in the name of an administrator (RFC 7523 section 2.1). `key`: the key
   * file of the service account as JSON.
   */
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
  /** The time of day (HH:MM, UTC) at which the server makes a plan of changes from this roster. */
  readonly schedule?: string;
}

/**
 * A request for one page of a source: by its path, or by a link that the previous page contained. `operation`: the name
 * of the request in error messages.
 */
export type RosterRequest = { readonly operation: string } & (
  | { readonly path: string; readonly query: Readonly<Record<string, string>> }
  | { readonly link: string }
);

/** A page, as the source answered. */
export interface RosterPage {
  readonly body: unknown;
  /** The values of a header, joined by commas; null if the header is missing. */
  header(name: string): string | null;
}

/** The reads of one named connection. */
export interface RosterFeed {
  readonly name: string;
  readonly source: RosterSourceName;
  readonly wants: RosterWants;
  page(request: RosterRequest): Promise<RosterPage>;
}
