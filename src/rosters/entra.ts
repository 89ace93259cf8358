import { z } from "zod";
import { comparableEmail } from "../domain/email.ts";
import { wireFlag, wireText } from "../domain/wire.ts";
import { addressesOf, dateOf, type RosterSource, textIn, textOf, weakOnes } from "./source.ts";

const texts = z.array(z.string()).nullish().catch(null);
const user = z.object({
  id: z.string(),
  displayName: wireText,
  mail: wireText,
  userPrincipalName: wireText,
  proxyAddresses: texts,
  otherMails: texts,
  accountEnabled: wireFlag,
  userType: wireText,
  externalUserState: wireText,
  department: wireText,
  deletedDateTime: wireText,
  manager: z.object({ mail: wireText, userPrincipalName: wireText, id: wireText }).nullish().catch(null),
  signInActivity: z.object({ lastSignInDateTime: wireText }).nullish().catch(null),
});
type User = z.output<typeof user>;

const FIELDS =
  "id,displayName,mail,userPrincipalName,proxyAddresses,otherMails,accountEnabled,userType,externalUserState,department";
const MANAGER = "manager($select=id,mail,userPrincipalName)";
const NO_SIGN_INS =
  "The last sign-ins are not known, because the tenant has no licence or no permission to read them.";
const NO_MANAGERS = "The managers are not known, because the directory refused to list them.";

/** Reads the users of a Microsoft Entra tenant by Microsoft Graph. */
export const entra: RosterSource = {
  facts: {
    needs:
      "application permission `User.Read.All`; for `sign_ins` also `AuditLog.Read.All` and Entra ID P1 or P2",
    fields: {
      email: "`mail` and `proxyAddresses`; `userPrincipalName` and `otherMails` give only a likely match",
      name: "`displayName`",
      status: "`accountEnabled`, `externalUserState` of guests",
      manager: "`manager`",
      department: "`department`",
      lastSignIn: "`signInActivity`, if `sign_ins: true`",
    },
    inactive:
      "accountEnabled false (blocked), deleted users (gone), guests who have not accepted the invitation (not active yet)",
    leavesOut: "deleted users, which Entra lists separately, and most fields, which the request must name",
  },
  lists: ({ signIns }) => {
    const some = { $select: FIELDS, $top: "999", $expand: MANAGER };
    // If Graph sends the sign-in dates too, a page can have at most 500 users.
    const all = { ...some, $select: `${FIELDS},signInActivity`, $top: "500" };
    const full = { query: signIns ? all : some, lacks: null };
    return [
      {
        what: "users",
        path: "/users",
        queries: [
          full,
          ...(signIns ? [{ query: some, lacks: NO_SIGN_INS }] : []),
          { query: { $select: FIELDS, $top: "999" }, lacks: NO_MANAGERS },
        ],
      },
      {
        what: "deleted users",
        path: "/directory/deletedItems/microsoft.graph.user",
        queries: [{ query: { $select: `${FIELDS},deletedDateTime`, $top: "999" }, lacks: null }],
        status: "gone",
      },
    ];
  },
  rows: (body) => {
    const parsed = z.object({ value: z.array(z.unknown()) }).safeParse(body);
    return parsed.success ? parsed.data.value : null;
  },
  next({ body }, { path }) {
    const link = textIn(body, "@odata.nextLink");
    return link === null ? null : { operation: `GET ${path}`, link };
  },
  person(row) {
    const parsed = user.safeParse(row);
    if (!parsed.success) return null;
    const told = parsed.data;
    const emails = addressesOf([...proxies(told, "SMTP:"), told.mail, ...proxies(told, "smtp:")]);
    const { status, says } = statusOf(told);
    const { manager } = told;
    return {
      row: told.id,
      emails,
      weakEmails: weakOnes([signInName(told), ...(told.otherMails ?? [])], emails),
      name: textOf(told.displayName) ?? "",
      ...(isGuest(told) && { isGuest: true }),
      status,
      says,
      accountId: null,
      role: null,
      manager: manager ? (comparableEmail(manager.mail) ?? textOf(manager.id)) : null,
      department: textOf(told.department),
      lastSignIn: dateOf(told.signInActivity?.lastSignInDateTime),
    };
  },
  isRefusedForMore: ({ reason, status }) => reason === "sign_ins_refused" || status === 400,
};

/** The addresses that begin with the given prefix. `SMTP:` marks the primary address, `smtp:` an alias. */
function proxies({ proxyAddresses }: User, prefix: string): readonly string[] {
  return (proxyAddresses ?? []).flatMap((text) =>
    text.startsWith(prefix) ? [text.slice(prefix.length)] : [],
  );
}

/**
 * The sign-in name of a user. null if it is a guest's name (`name_host#EXT#@tenant`), because such a name is no email
 * address. The name of a deleted user begins with the user's id, which is removed from it.
 */
function signInName({ id, userPrincipalName, deletedDateTime }: User): string | null {
  if (!userPrincipalName || /#EXT#/i.test(userPrincipalName)) return null;
  const front = id.replaceAll("-", "").toLowerCase();
  const isMarked = userPrincipalName.toLowerCase().startsWith(front);
  return deletedDateTime && isMarked ? userPrincipalName.slice(front.length) : userPrincipalName;
}

function isGuest({ userType }: User): boolean {
  return /^guest$/i.test(userType ?? "");
}

function statusOf(told: User): {
  readonly status: "active" | "not_yet" | "blocked" | "unknown";
  says: string | null;
} {
  if (told.accountEnabled === false) return { status: "blocked", says: "accountEnabled: false" };
  if (isGuest(told) && /^pendingacceptance$/i.test(told.externalUserState ?? ""))
    return { status: "not_yet", says: "externalUserState: PendingAcceptance" };
  if (told.accountEnabled === null) return { status: "unknown", says: null };
  return { status: "active", says: "accountEnabled: true" };
}
