import { z } from "zod";
import type { RosterStatus } from "../domain/roster.ts";
import { wireText } from "../domain/wire.ts";
import { addressesOf, dateOf, type RosterSource, textOf, weakOnes } from "./source.ts";

/** The meaning of each user status in OneLogin. Only users with status 1 can sign in. */
const STATUSES: Readonly<Record<number, readonly [RosterStatus, string]>> = {
  0: ["not_yet", "unactivated"],
  1: ["active", "active"],
  2: ["blocked", "suspended"],
  3: ["active", "locked"],
  4: ["active", "password expired"],
  5: ["active", "awaiting password reset"],
  7: ["not_yet", "password pending"],
  8: ["active", "security questions required"],
};

/** The meaning of each user state in OneLogin, except 1 (approved). */
const STATES: Readonly<Record<number, readonly [RosterStatus, string]>> = {
  0: ["not_yet", "unapproved"],
  2: ["blocked", "rejected"],
  3: ["blocked", "unlicensed"],
};

const number = z
  .union([z.number().int(), z.string().trim().regex(/^\d+$/).transform(Number)])
  .nullish()
  .catch(null);
const user = z.object({
  id: z.union([z.number(), z.string()]).transform(String),
  email: wireText,
  username: wireText,
  firstname: wireText,
  lastname: wireText,
  department: wireText,
  status: number,
  state: number,
  last_login: wireText,
  manager_user_id: z.union([z.number(), z.string()]).nullish().catch(null),
});

const FIELDS = "id,email,username,firstname,lastname,department,status,state,last_login,manager_user_id";

/** The users of a OneLogin account. */
export const onelogin: RosterSource = {
  facts: {
    needs: "API credentials of the kind `Read users`",
    fields: {
      email: "`email`; `username` matches as likely only",
      name: "`firstname`, `lastname`",
      status: "`status`, `state`",
      manager: "`manager_user_id`",
      department: "`department`",
      lastSignIn: "`last_login`",
    },
    inactive: "status 2 (blocked), 0 and 7 (not active yet); state 2 and 3 (blocked), 0 (not active yet)",
    leavesOut: "nothing; deleted users are gone",
  },
  lists: () => [
    {
      what: "users",
      path: "/api/2/users",
      queries: [{ query: { limit: "50", fields: FIELDS }, lacks: null }],
    },
  ],
  rows: (body) => (Array.isArray(body) ? body : null),
  next(page, { path }, { query }) {
    const cursor = page.header("after-cursor")?.trim();
    return cursor ? { operation: `GET ${path}`, path, query: { ...query, cursor } } : null;
  },
  person(row) {
    const parsed = user.safeParse(row);
    if (!parsed.success) return null;
    const told = parsed.data;
    const emails = addressesOf([told.email]);
    const [status, says] = statusOf(told);
    return {
      row: told.id,
      emails,
      weakEmails: weakOnes([told.username], emails),
      name: textOf(`${told.firstname ?? ""} ${told.lastname ?? ""}`) ?? "",
      status,
      says,
      accountId: null,
      role: null,
      manager: told.manager_user_id == null ? null : String(told.manager_user_id),
      department: textOf(told.department),
      lastSignIn: dateOf(told.last_login),
    };
  },
};

function statusOf({ status, state }: z.output<typeof user>): readonly [RosterStatus, string | null] {
  const refused = state == null ? undefined : STATES[state];
  const byStatus = status == null ? undefined : STATUSES[status];
  // A user who is suspended counts as blocked, even if the user's approval state says something else.
  if (byStatus?.[0] === "blocked") return byStatus;
  return refused ?? byStatus ?? ["unknown", null];
}
