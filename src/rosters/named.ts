import { AppError } from "../domain/error.ts";
import { meantText } from "../domain/nearest.ts";
import type { Reads } from "../domain/reads.ts";
import type { Roster } from "../domain/roster.ts";
import { listNames } from "../domain/text.ts";
import { readRoster } from "./read.ts";
import { SCIM_ROSTER, scimRoster } from "./scim.ts";

/** The name by which tool calls ask for the SCIM directory of the settings as a roster. */
const SCIM = "scim";

/** The names of all rosters that this server can read. */
export function rosterNames({ scim, rosters = [] }: Reads): readonly string[] {
  return [...(scim ? [SCIM] : []), ...rosters.map(({ name }) => name)];
}

/** Reads the named rosters one after the other. INPUT_INVALID if no roster has one of the names. */
export async function readNamedRosters(names: readonly string[], reads: Reads): Promise<readonly Roster[]> {
  const known = rosterNames(reads);
  const unknown = names.filter((name) => !known.includes(name));
  const [first] = unknown;
  // The SCIM directory is a special case. If the call names it but it is not configured, `scimRoster` below throws a
  // more useful error, which names the missing settings.
  if (first !== undefined && first !== SCIM) {
    throw new AppError(
      "INPUT_INVALID",
      `There is no roster ${listNames(unknown, 5)}.${meantText(first, known)}`,
      {
        next:
          known.length === 0
            ? "Give the list as `csv`, or ask the administrator to name rosters in IDENTITY_CONNECTIONS_FILE."
            : `Use one of ${listNames(known)}, or give the list as \`csv\`.`,
      },
    );
  }
  const read: Roster[] = [];
  for (const name of new Set(names)) {
    const feed = reads.rosters?.find((each) => each.name === name);
    read.push(feed ? await readRoster(feed) : await scimRoster(reads));
  }
  return read;
}

/**
 * Reads a roster again, because a missing person may be on it now. A pasted roster cannot be read again, so it is
 * returned as it is. The result also has the gaps (what could not be read) of the first reading.
 */
export async function readAgain(roster: Roster, reads: Reads): Promise<Roster> {
  const name = roster.name === SCIM_ROSTER ? SCIM : roster.name;
  if (!rosterNames(reads).includes(name)) return roster;
  const [fresh = roster] = await readNamedRosters([name], reads);
  return { ...fresh, gaps: [...new Set([...roster.gaps, ...fresh.gaps])] };
}
