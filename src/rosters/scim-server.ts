import { z } from "zod";
import { comparableEmail } from "../domain/email.ts";
import { ENTERPRISE_SCHEMA } from "../domain/scim.ts";
import { plural } from "../domain/text.ts";
import { wireFlag, wireText } from "../domain/wire.ts";
import { addressesOf, type RosterSource, textOf, weakOnes } from "./source.ts";

const user = z.object({
  id: z.union([z.string().min(1), z.number()]).transform(String),
  userName: wireText,
  displayName: wireText,
  active: wireFlag,
  name: z.object({ formatted: wireText, givenName: wireText, familyName: wireText }).nullish().catch(null),
  emails: z
    .array(z.object({ value: wireText, primary: wireFlag, type: wireText }))
    .nullish()
    .catch(null),
  [ENTERPRISE_SCHEMA]: z
    .object({
      department: wireText,
      manager: z.object({ value: wireText }).nullish().catch(null),
    })
    .nullish()
    .catch(null),
});

/** The total number of users. Some servers write it as text. */
const total = z.union([z.number(), z.string().trim().regex(/^\d+$/).transform(Number)]);

const COUNT = 100;

/** Reads the users of any server with SCIM 2.0 (RFC 7644). */
export const scimServer: RosterSource = {
  facts: {
    needs: "a bearer token that may read users",
    fields: {
      email: "`emails` whose type is not home; emails of type home and `userName` give only a likely match",
      name: "`displayName`, or `name`",
      status: "`active`",
      manager: "`manager` of the enterprise extension",
      department: "`department` of the enterprise extension",
      lastSignIn: null,
    },
    inactive: "active false (blocked)",
    leavesOut: "depends on the server: some do not show users who are not active",
  },
  lists: () => [
    {
      what: "users",
      path: "/Users",
      // Some servers return no users if `startIndex` or `count` is missing, so both are sent.
      queries: [{ query: { startIndex: "1", count: String(COUNT) }, lacks: null }],
    },
  ],
  rows: (body) => {
    const parsed = z
      .object({ Resources: z.array(z.unknown()).nullish(), totalResults: total.nullish() })
      .safeParse(body);
    const { Resources, totalResults } = parsed.data ?? {};
    // If the list contains no users, a server may leave out `Resources` and send only the total.
    return Resources ?? (totalResults == null ? null : []);
  },
  // The total that a server sends may be wrong, and some servers ignore startIndex. So the reading ends when a page
  // contains no new users.
  next(_page, { path }, { query, fresh, total }) {
    if (fresh === 0) return null;
    return { operation: `GET ${path}`, path, query: { ...query, startIndex: String(total + 1) } };
  },
  missing({ body }, { total: read }) {
    const promised = z.object({ totalResults: total }).safeParse(body).data?.totalResults ?? 0;
    return promised > read ? `it has ${promised} users and showed ${plural(read, "user")}.` : null;
  },
  person(row) {
    const parsed = user.safeParse(row);
    if (!parsed.success) return null;
    const told = parsed.data;
    const listed = (told.emails ?? []).toSorted(
      (a, b) => Number(b.primary ?? false) - Number(a.primary ?? false),
    );
    const isHome = ({ type }: { type?: string | null | undefined }) => /^home$/i.test(type ?? "");
    const emails = addressesOf(listed.filter((email) => !isHome(email)).map(({ value }) => value));
    const more = told[ENTERPRISE_SCHEMA];
    const names = told.name;
    return {
      row: told.id,
      emails,
      weakEmails: weakOnes([told.userName, ...listed.filter(isHome).map(({ value }) => value)], emails),
      name:
        textOf(told.displayName) ??
        textOf(names?.formatted) ??
        textOf(`${names?.givenName ?? ""} ${names?.familyName ?? ""}`) ??
        "",
      // Some servers do not say whether a user is active (RFC 7643 section 4.1.1). Then the user counts as active.
      status: told.active === false ? "blocked" : "active",
      says: told.active === null ? null : `active: ${told.active}`,
      accountId: null,
      role: null,
      manager: comparableEmail(more?.manager?.value) ?? textOf(more?.manager?.value),
      department: textOf(more?.department),
      lastSignIn: null,
    };
  },
};
