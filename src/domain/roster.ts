/**
 * Whether the roster's own source lets a person work. `not_yet`: not started or not activated; `blocked`: suspended or
 * deactivated; `gone`: left or deleted.
 */
export type RosterStatus = "active" | "not_yet" | "blocked" | "gone" | "unknown";

/** One person who is on a roster. Texts are cleaned. */
export interface RosterPerson {
  /** Names the row in its roster: a line number, or the source's own id. */
  readonly row: string;
  /** In lower case, the primary one first; empty if the row shows none. */
  readonly emails: readonly string[];
  readonly name: string;
  readonly status: RosterStatus;
  /** The source's own word for the status; null if it says nothing. */
  readonly says: string | null;
  /** The Atlassian account, if the source shows it. */
  readonly accountId: string | null;
  /** The role that the roster gives the person in Trello; null if it does not say. */
  readonly role: string | null;
}

/** Who should have access, as one source says. */
export interface Roster {
  /** For people, for example `SCIM directory`. */
  readonly name: string;
  readonly people: readonly RosterPerson[];
  /** What was not read or not understood, in sentences. A roster with gaps proves the absence of no one. */
  readonly gaps: readonly string[];
}
