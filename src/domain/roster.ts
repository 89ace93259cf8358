/**
 * Whether the source of the roster allows the person to work. `not_yet`: not started or not activated. `blocked`:
 * suspended or deactivated. `gone`: left or deleted.
 */
export type RosterStatus = "active" | "not_yet" | "blocked" | "gone" | "unknown";

/** One person who is on a roster. Texts are cleaned. */
export interface RosterPerson {
  /** Identifies the row in its roster: a line number, or the source's own id. */
  readonly row: string;
  /** In lower case, the primary one first; empty if the row shows none. */
  readonly emails: readonly string[];
  readonly name: string;
  readonly status: RosterStatus;
  /** The source's own word for the status; null if the source does not say. */
  readonly says: string | null;
  /** The Atlassian account, if the source shows it. */
  readonly accountId: string | null;
  /** The role that the roster gives the person in Trello; null if it does not say. */
  readonly role: string | null;
}

/** The people who should have access, according to one source. */
export interface Roster {
  /** A name for people to read, for example `SCIM directory`. */
  readonly name: string;
  readonly people: readonly RosterPerson[];
  /** What was not read or not understood, in sentences. A roster with gaps cannot prove that a person is not on it. */
  readonly gaps: readonly string[];
}
