import type { Roster } from "../domain/roster.ts";
import type { Matches } from "./match.ts";

/**
 * Returns a function that finds the email of a person's manager on the rosters. Only a row that certainly belongs to
 * the person counts. Such a row names the manager by email or by the id of the manager's row. undefined if no roster
 * names a manager, or if two rosters name different managers.
 */
export function createManagers(matches: Matches): (idMember: string) => string | undefined {
  const rows = new Map<Roster, ReadonlyMap<string, string>>();
  function emailsByRow(roster: Roster): ReadonlyMap<string, string> {
    const known =
      rows.get(roster) ??
      new Map(roster.people.flatMap(({ row, emails: [email] }) => (email ? [[row, email] as const] : [])));
    rows.set(roster, known);
    return known;
  }
  return (idMember) => {
    const named = matches.of(idMember).flatMap(({ roster, row, confidence }) => {
      const { manager } = row;
      if (confidence !== "certain" || !manager) return [];
      const email = manager.includes("@") ? manager.toLowerCase() : emailsByRow(roster).get(manager);
      return email === undefined ? [] : [email];
    });
    const [only, ...others] = new Set(named);
    return others.length === 0 ? only : undefined;
  };
}
