import { z } from "zod";
import type { RosterStatus } from "../domain/roster.ts";
import { wireText } from "../domain/wire.ts";
import { addressesOf, dateOf, nextLink, type RosterSource, textOf, weakOnes } from "./source.ts";

/**
 * The meaning of each user status in Okta (Users API). A person who is locked out, or who must change the password, is
 * still employed, so these statuses mean active.
 */
const STATUSES: Readonly<Record<string, RosterStatus>> = {
  STAGED: "not_yet",
  PROVISIONED: "active",
  ACTIVE: "active",
  RECOVERY: "active",
  PASSWORD_EXPIRED: "active",
  LOCKED_OUT: "active",
  SUSPENDED: "blocked",
  DEPROVISIONED: "gone",
};

const profile = z.object({
  email: wireText,
  login: wireText,
  secondEmail: wireText,
  firstName: wireText,
  lastName: wireText,
  displayName: wireText,
  department: wireText,
  manager: wireText,
  managerId: wireText,
});
const user = z.object({ id: z.string(), status: z.string(), lastLogin: wireText, profile });

/** The users of an Okta organization. */
export const okta: RosterSource = {
  facts: {
    needs: "scope `okta.users.read` and a read-only admin role; or an API token of such an admin",
    fields: {
      email: "`profile.email`; `profile.login` and `profile.secondEmail` give only a likely match",
      name: "`profile.displayName`, or first and last name",
      status: "`status`",
      manager: "`profile.manager`, `profile.managerId`",
      department: "`profile.department`",
      lastSignIn: "`lastLogin`",
    },
    inactive: "SUSPENDED (blocked), DEPROVISIONED (gone), STAGED (not active yet)",
    leavesOut: "DEPROVISIONED users; the search names all eight statuses",
  },
  lists: () => [
    {
      what: "users",
      path: "/api/v1/users",
      // Without a search, Okta's list does not contain DEPROVISIONED users. The search cannot say "not equal", because
      // Okta refuses the operator `ne`. So the search names all statuses.
      queries: [
        {
          query: {
            search: Object.keys(STATUSES)
              .map((status) => `status eq "${status}"`)
              .join(" or "),
            limit: "200",
          },
          lacks: null,
        },
      ],
    },
  ],
  rows: (body) => (Array.isArray(body) ? body : null),
  next(page) {
    const link = nextLink(page.header("link"));
    return link === null ? null : { operation: "GET /api/v1/users", link };
  },
  person(row) {
    const parsed = user.safeParse(row);
    if (!parsed.success) return null;
    const { id, status, lastLogin, profile: told } = parsed.data;
    const emails = addressesOf([told.email]);
    return {
      row: id,
      emails,
      weakEmails: weakOnes([told.login, told.secondEmail], emails),
      name: textOf(told.displayName) ?? textOf(`${told.firstName ?? ""} ${told.lastName ?? ""}`) ?? "",
      status: (Object.hasOwn(STATUSES, status) ? STATUSES[status] : undefined) ?? "unknown",
      says: textOf(status),
      accountId: null,
      role: null,
      manager: textOf(told.manager) ?? textOf(told.managerId),
      department: textOf(told.department),
      lastSignIn: dateOf(lastLogin),
    };
  },
};
