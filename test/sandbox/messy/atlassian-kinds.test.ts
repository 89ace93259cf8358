/** The messy world's organization holds every kind of its population table: three of each, or the share that a source gives. */
import { START } from "../support.ts";
import {
  accountByEmail,
  accounts,
  atlassian,
  DAY_MS,
  emails,
  groups,
  lastUse,
  others,
  users,
  itCounts,
} from "./kinds.ts";
import type { Kind } from "./kinds.ts";

const linked = new Set(users.map(({ idAccount }) => idAccount));
const ACCOUNTS: readonly Kind[] = [
  ["accounts", accounts.length, 340, 340],
  ["ids of 24 digits", accounts.filter(({ id }) => /^[0-9a-f]{24}$/.test(id)).length, 90],
  ["ids of 557058", accounts.filter(({ id }) => id.startsWith("557058:")).length, 90],
  ["ids of 712020", accounts.filter(({ id }) => id.startsWith("712020:")).length, 90],
  [
    "no use in 90 days, account on",
    accounts.filter((each) => each.status === "active" && lastUse(each) < START - 90 * DAY_MS).length,
    88,
  ],
  ["closed", accounts.filter(({ lifecycle }) => lifecycle === "closed").length, 7, 7],
  ["for deletion", accounts.filter(({ lifecycle }) => lifecycle === "for_deletion").length, 7, 7],
  ["suspended", accounts.filter(({ membership }) => membership === "suspended").length, 7, 7],
  ["unmanaged", accounts.filter(({ managed }) => !managed).length, 7],
  ["unverified", accounts.filter(({ emailVerified }) => emailVerified === false).length, 7, 7],
  ["of unknown source", accounts.filter(({ sourceUnknown }) => sourceUnknown).length, 7, 7],
  ["that hide attributes", accounts.filter(({ hides }) => hides !== undefined).length, 12, 12],
  [
    "restricted by Google, SAML or export control",
    accounts.filter(({ restriction }) => restriction).length,
    10,
    10,
  ],
  ["added at a time that is not told", accounts.filter(({ addedTold }) => addedTold).length, 14, 14],
  ["managed without a User", accounts.filter((each) => each.managed && !linked.has(each.id)).length, 34],
  ["in two directories", others[0]?.users.size ?? 0, 14, 14],
  ["in three directories", others[1]?.users.size ?? 0, 3, 3],
];

const own = (id: string) => accounts.find((account) => account.id === id);
const USERS: readonly Kind[] = [
  ["Users, for more than two pages", users.length, 201],
  [
    "userName is not the email",
    users.filter((user) => !emails(user).includes(user.userName)).length,
    users.length * 0.38,
    users.length * 0.42,
  ],
  ["employee numbers", users.filter(({ userName }) => /^E\d+$/.test(userName)).length, 30],
  ["userNames of another domain", users.filter(({ userName }) => userName.endsWith(".internal")).length, 30],
  ["old names", users.filter(({ userName }) => /roth\d+@/.test(userName)).length, 30],
  ["without active", users.filter(({ omits }) => omits?.includes("active")).length, users.length * 0.09],
  ["without name", users.filter(({ omits }) => omits?.includes("name")).length, users.length * 0.29],
  [
    "without displayName",
    users.filter(({ omits }) => omits?.includes("displayName")).length,
    users.length * 0.29,
  ],
  ["with an empty displayName", users.filter(({ displayName }) => displayName === "").length, 3],
  [
    "with nothing that they could be linked to",
    users.filter((u) => u.idAccount === null && !emails(u).some((e) => accountByEmail.has(e))).length,
    10,
  ],
  [
    "unlinked, with an account of that email",
    users.filter((u) => u.idAccount === null && emails(u).some((e) => accountByEmail.has(e))).length,
    7,
  ],
  [
    "old Users that are off, account on",
    users.filter((u) => !u.active && own(u.idAccount ?? "")?.status === "active").length,
    10,
  ],
  [
    "made again without an account",
    users.filter((u) => u.idAccount === null && emails(u).some((e) => e.startsWith("new."))).length,
    5,
  ],
  [
    "made again, with a second account",
    users.filter((u) => u.idAccount !== null && emails(u).some((e) => e.startsWith("new."))).length,
    5,
  ],
  ["groups", groups.length, 60, 60],
  ["groups of 2,000", groups.filter((group) => group.members.length === 2_000).length, 1, 1],
  ["empty groups", groups.filter((group) => group.members.length === 0).length, 1, 1],
  [
    "groups that differ in case only",
    groups.length - new Set(groups.map((g) => g.displayName.toLowerCase())).size,
    1,
    1,
  ],
  [
    "small groups with a User who is gone",
    groups.filter(
      (g) => g.members.length < 2_000 && g.members.some((id) => !atlassian.directory.users.has(id)),
    ).length,
    1,
    1,
  ],
];

itCounts("accounts", ACCOUNTS);
itCounts("Users and groups", USERS);
