import { z } from "zod";
import type { Reads } from "../../domain/reads.ts";
import { clean } from "../../domain/text.ts";
import { findInApplication, severalText, unreadText } from "../../people/applications.ts";
import { activeText } from "../../people/scim-users.ts";

/**
 * The person's users in the other SCIM applications that the connections file lists. `active`: null if the application
 * does not show whether the user is active.
 */
export const applicationsShown = z
  .array(z.object({ name: z.string(), userName: z.string(), active: z.boolean().nullable() }))
  .optional();

export function applicationLines(applications: z.infer<typeof applicationsShown> = []): readonly string[] {
  return applications.map(
    ({ name, userName, active }) => `Application ${name}, user ${userName}: ${activeText(active)}`,
  );
}

/**
 * Finds the users with an email in the other SCIM applications. Without an email that a source proves, no application
 * is searched.
 */
export async function readApplications(email: string | null, { applications = [] }: Reads) {
  if (email === null)
    return {
      users: [],
      blindSpots:
        applications.length === 0
          ? []
          : [
              `It is not certain which email the person has, so these applications were not searched: ${applications.map(({ name }) => name).join(", ")}.`,
            ],
    };
  const found = await Promise.all(
    applications.map(async (application) => ({
      application,
      found: await findInApplication(application, email),
    })),
  );
  return {
    users: found.flatMap(({ application: { name }, found: each }) =>
      each.state === "found"
        ? [{ name, userName: clean(each.user.userName || each.user.id, 254), active: each.user.active }]
        : [],
    ),
    blindSpots: found.flatMap(({ application: { name }, found: each }) => {
      if (each.state === "unread") return [`${unreadText(name, each.error)}.`];
      return each.state === "several" ? [`${severalText(name, email, each.users)}.`] : [];
    }),
  };
}
