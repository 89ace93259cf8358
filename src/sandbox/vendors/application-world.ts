/** The data of the sandbox's two SCIM applications. */
export const APPLICATION_NAMES = ["chat", "vault"] as const;
export type ApplicationName = (typeof APPLICATION_NAMES)[number];

/** A user of an application. */
export interface ApplicationUser {
  readonly id: string;
  userName: string;
  emails: readonly string[];
  displayName: string;
  active: boolean;
  /**
   * An attribute of a user that no standard defines. If a PUT does not contain this attribute, its value is deleted.
   */
  team: string | null;
}

export interface ApplicationWorld {
  readonly token: string;
  readonly users: ApplicationUser[];
  /** Answers every request with 503. */
  isDown: boolean;
  /**
   * How the application uses SCIM. `chat` nearly follows the standard. `vault` lists users with cursors, has no filter,
   * accepts no path in a PATCH, and writes booleans as text.
   */
  readonly way: ApplicationName;
}

interface Person {
  readonly id: string;
  readonly email: string | null;
  readonly name: string;
  readonly state: string;
}

/** Makes the two applications. Every person of the company who has an email is a user of both. */
export function seedApplications(people: readonly Person[]): Map<ApplicationName, ApplicationWorld> {
  const users = (way: ApplicationName): ApplicationUser[] =>
    people.flatMap(({ id, email, name, state }, index) =>
      email === null
        ? []
        : [
            {
              id: way === "chat" ? `U${id.slice(3)}` : String(1000 + index),
              userName: way === "chat" ? email : `login-${1000 + index}`,
              emails: [email],
              displayName: name,
              active: state === "active",
              team: "Crew",
            },
          ],
    );
  return new Map(
    APPLICATION_NAMES.map((way) => [
      way,
      { token: `sandbox-${way}-token`, users: users(way), isDown: false, way },
    ]),
  );
}
