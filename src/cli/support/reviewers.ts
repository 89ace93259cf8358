import { AppError } from "../../domain/error.ts";

/**
 * Returns the reviewers of a new named review (an access review with named reviewers). On one machine no one signs in,
 * so the only reviewer is the user of the machine. On a service, the call names the reviewers by email or
 * `ISSUER#VALUE`.
 * `canSignIn`: whether people can sign in on the service's pages; null on one machine. `isAssigned`: whether workspace
 * admins or people's managers are to review too. The call then need not name reviewers.
 */
export function reviewersHere(
  user: string,
  canSignIn: boolean | null,
): (given: readonly string[] | undefined, isAssigned: boolean) => readonly string[] {
  return (given, isAssigned) => {
    if (canSignIn === null) {
      const own = `user:${user}`;
      if (isAssigned)
        throw invalid(
          "This server has one user and no sign-in, so admins and managers could not decide on a page.",
          "Leave `reviewBy` out: then the user of this machine decides and signs. For other reviewers, the administrator must set up `http` with a sign-in.",
        );
      if (given === undefined || given.every((each) => each === own || each === user)) return [own];
      throw invalid(
        "This server has one user and no sign-in, so no page can prove who a named reviewer is.",
        "Leave `reviewers` out: then the user of this machine decides and signs. For named reviewers, the administrator must set up `http` with a sign-in.",
      );
    }
    if (!canSignIn) {
      throw invalid(
        "No one can sign in on the pages of this service, so no reviewer could decide.",
        "An administrator sets IDENTITY_APPROVER_CLIENT_ID and IDENTITY_PUBLIC_URL.",
      );
    }
    const names = [...new Set(given?.map((each) => (each.includes("#") ? each : each.toLowerCase())))];
    if (names.length === 0 && !isAssigned)
      throw invalid(
        "The review has no reviewer.",
        "Name the reviewers by the emails with which they sign in.",
      );
    const bad = names.find((each) => !/^(?!user:)(\S+@\S+\.\S+|https?:\/\/\S+#\S+)$/.test(each));
    if (bad === undefined) return names;
    throw invalid(`${bad} is neither an email nor ISSUER#VALUE.`, "Name each reviewer by an email.");
  };
}

function invalid(message: string, next: string): AppError {
  return new AppError("INPUT_INVALID", message, { next });
}
