import { type ApplicationReads, type ApplicationUser, applicationUserLabel } from "../domain/application.ts";
import { AppError, reasonOf } from "../domain/error.ts";
import { clean } from "../domain/text.ts";

/** What one application shows about an email. Only a userName or an email in a record counts, never a person's name. */
export type InApplication =
  | { readonly state: "found"; readonly user: ApplicationUser }
  | { readonly state: "none" }
  /** Several users have the email, so it is not certain which user is meant. */
  | { readonly state: "several"; readonly users: readonly ApplicationUser[] }
  /** The application does not answer, refuses, or answers something that cannot be read. */
  | { readonly state: "unread"; readonly error: AppError };

/**
 * Finds the user with this email (in lower case) in one application. If the application does not answer, the result
 * says so, and no error is thrown.
 */
export async function findInApplication(
  application: Pick<ApplicationReads, "usersWithEmail">,
  email: string,
): Promise<InApplication> {
  try {
    const users = await application.usersWithEmail(email);
    const [user, ...others] = users;
    if (!user) return { state: "none" };
    return others.length === 0 ? { state: "found", user } : { state: "several", users };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { state: "unread", error };
  }
}

/**
 * The only user with this email; null if there is none. Throws AMBIGUOUS if several users have the email, and the
 * application's error if the application fails.
 */
export async function requireOneInApplication(
  application: ApplicationReads,
  email: string,
): Promise<ApplicationUser | null> {
  const found = await findInApplication(application, email);
  if (found.state === "unread") throw found.error;
  if (found.state === "none") return null;
  if (found.state === "found") return found.user;
  throw new AppError("AMBIGUOUS", severalText(application.name, email, found.users), {
    next: "Correct the users in the application, then call again.",
  });
}

/**
 * A line about several users with one email, such as `chat: 2 users have the email jane@example.com`. It has no full
 * stop.
 */
export function severalText(name: string, email: string, users: readonly ApplicationUser[]): string {
  const who = users.slice(0, 3).map((user) => applicationUserLabel(user));
  return `${name}: ${users.length} users have the email ${clean(email, 254)} (${who.join("; ")}${users.length > 3 ? "; ..." : ""}), so it is not certain which user is meant`;
}

/** Why an application could not be read, without a full stop. */
export function unreadText(name: string, error: AppError): string {
  return `${name}: could not be read (${clean(reasonOf(error), 300).replace(/\.$/, "")})`;
}
