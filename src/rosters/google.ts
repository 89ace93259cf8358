import { z } from "zod";
import { comparableEmail } from "../domain/email.ts";
import { wireFlag, wireText } from "../domain/wire.ts";
import { addressesOf, dateOf, type RosterSource, textIn, textOf, weakOnes } from "./source.ts";

const texts = z.array(z.string()).nullish().catch(null);
const objects = <Shape extends z.ZodRawShape>(shape: Shape) => z.array(z.object(shape)).nullish().catch(null);
const user = z.object({
  id: z.string(),
  primaryEmail: wireText,
  name: z.object({ fullName: wireText }).nullish().catch(null),
  aliases: texts,
  nonEditableAliases: texts,
  emails: objects({ address: wireText }),
  suspended: wireFlag,
  suspensionReason: wireText,
  archived: wireFlag,
  deletionTime: wireText,
  lastLoginTime: wireText,
  organizations: objects({ department: wireText, primary: wireFlag }),
  relations: objects({ type: wireText, value: wireText }),
});

/** The fields of a user that are requested. A reply with all fields would be five to ten times larger. */
const FIELDS =
  "kind,nextPageToken,users(id,primaryEmail,name/fullName,aliases,nonEditableAliases,emails,suspended,suspensionReason,archived,deletionTime,lastLoginTime,organizations(department,primary),relations(type,value))";

/** Reads the users of a Google Workspace by the Directory API. */
export const google: RosterSource = {
  facts: {
    needs:
      "scope `admin.directory.user.readonly` by domain-wide delegation, and an administrator for whom it acts",
    fields: {
      email: "`primaryEmail`, `aliases`, `nonEditableAliases`; other `emails` give only a likely match",
      name: "`name.fullName`",
      status: "`suspended`, `archived`, `deletionTime`",
      manager: "`relations` of type manager",
      department: "`organizations`",
      lastSignIn: "`lastLoginTime`, some hours late",
    },
    inactive: "suspended, archived (blocked), deleted (gone)",
    leavesOut: "users deleted in the last 20 days, which Google lists separately (`showDeleted`)",
  },
  lists: ({ customer, domain }) => {
    const whose = domain === undefined ? { customer: customer ?? "my_customer" } : { domain };
    const query = { ...whose, maxResults: "500", fields: FIELDS };
    const path = "/admin/directory/v1/users";
    return [
      { what: "users", path, queries: [{ query, lacks: null }] },
      {
        what: "deleted users",
        path,
        queries: [{ query: { ...query, showDeleted: "true" }, lacks: null }],
        status: "gone",
      },
    ];
  },
  rows: (body) => {
    // A list without users has no field `users`, so the field `kind` must show that it is a list of users.
    const kind = z.literal("admin#directory#users");
    const parsed = z.object({ kind, users: z.array(z.unknown()).optional() }).safeParse(body);
    return parsed.success ? (parsed.data.users ?? []) : null;
  },
  next({ body }, { path }, { query }) {
    const pageToken = textIn(body, "nextPageToken");
    if (pageToken === null) return null;
    return { operation: `GET ${path}`, path, query: { ...query, pageToken } };
  },
  person(row) {
    const parsed = user.safeParse(row);
    if (!parsed.success) return null;
    const told = parsed.data;
    // Google gives each user an additional address in a test domain, which receives no mail. Such addresses are left
    // out.
    const aliases = [...(told.aliases ?? []), ...(told.nonEditableAliases ?? [])].filter(
      (address) => !/\.test-google-a\.com$/i.test(address),
    );
    const emails = addressesOf([told.primaryEmail, ...aliases]);
    const others = (told.emails ?? []).map(({ address }) => address);
    const organizations = told.organizations ?? [];
    const own = organizations.find(({ primary }) => primary === true) ?? organizations[0];
    const manager = (told.relations ?? []).find(({ type }) => type === "manager")?.value;
    return {
      row: told.id,
      emails,
      weakEmails: weakOnes(others, emails).filter((address) => !address.endsWith(".test-google-a.com")),
      name: textOf(told.name?.fullName) ?? "",
      ...statusOf(told),
      accountId: null,
      role: null,
      manager: comparableEmail(manager) ?? textOf(manager),
      department: textOf(own?.department),
      lastSignIn: dateOf(told.lastLoginTime),
    };
  },
};

function statusOf(told: z.output<typeof user>): {
  readonly status: "active" | "blocked" | "gone" | "unknown";
  readonly says: string | null;
} {
  if (told.deletionTime)
    return { status: "gone", says: `deleted on ${textOf(told.deletionTime)?.slice(0, 10)}` };
  if (told.suspended === true)
    return { status: "blocked", says: textOf(`suspended ${told.suspensionReason ?? ""}`) ?? "suspended" };
  if (told.archived === true) return { status: "blocked", says: "archived" };
  // Google shows an administrator whether a user is suspended. If the field `suspended` is missing, the administrator's
  // rights are too small, so the status is unknown.
  return told.suspended === null ? { status: "unknown", says: null } : { status: "active", says: "active" };
}
