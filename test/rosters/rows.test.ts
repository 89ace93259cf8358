/** What each vendor's own rows come to, without a server: the forms that vendors, gateways and old versions send. */
import { describe, expect, it } from "vitest";
import type { RosterPage, RosterPerson, RosterSourceName } from "../../src/domain/roster.ts";
import { SOURCES } from "../../src/rosters/read.ts";
import type { RosterList } from "../../src/rosters/source.ts";
import { textRoster } from "../../src/rosters/text.ts";

const okta = (status: string, profile: object = {}, more: object = {}) => ({
  id: "00u1",
  status,
  profile: { email: "Ada@Corp.Example", login: "ada", ...profile },
  ...more,
});
const entra = (more: object) => ({ id: "e-1", mail: "ada@corp.example", accountEnabled: true, ...more });
const google = (more: object) => ({ id: "1", primaryEmail: "ada@corp.example", suspended: false, ...more });
const onelogin = (more: object) => ({ id: 7, email: "ada@corp.example", status: 1, state: 1, ...more });
const scim = (more: object) => ({
  id: "s1",
  userName: "ada",
  emails: [{ value: "ada@corp.example", type: "work" }],
  ...more,
});
const SURE = ["ada@corp.example"];

describe("a row of", () => {
  it.each<[RosterSourceName, string, unknown, Partial<RosterPerson>]>([
    // A word of a later version, and words that are properties of every object.
    ["okta", "a status of a later version", okta("FROZEN"), { status: "unknown", says: "FROZEN" }],
    ["okta", "the word constructor as status", okta("constructor"), { status: "unknown" }],
    ["okta", "the word toString as status", okta("toString"), { status: "unknown" }],
    ["okta", "the word __proto__ as status", okta("__proto__"), { status: "unknown" }],
    ["okta", "a status in lower case", okta("active"), { status: "unknown", says: "active" }],
    [
      "okta",
      "no email, and an address as login",
      okta("ACTIVE", { email: null, login: "ada@corp.example" }),
      { emails: [], weakEmails: SURE },
    ],
    [
      "okta",
      "a private second address that is the work address",
      okta("ACTIVE", { secondEmail: "ada@corp.example" }),
      { emails: SURE, weakEmails: [] },
    ],
    ["okta", "an email with spaces", okta("ACTIVE", { email: " ada@corp.example " }), { emails: SURE }],
    ["okta", "an email that is none", okta("ACTIVE", { email: "n/a" }), { emails: [] }],
    [
      "okta",
      "a sign-in that never was",
      okta("ACTIVE", {}, { lastLogin: "0001-01-01T00:00:00Z" }),
      { lastSignIn: null },
    ],
    [
      "okta",
      "a manager in two fields",
      okta("ACTIVE", { manager: "Bo", managerId: "00u2" }),
      { manager: "Bo" },
    ],
    ["entra", "the flag as text", entra({ accountEnabled: "False" }), { status: "blocked" }],
    ["entra", "no flag", entra({ accountEnabled: null }), { status: "unknown" }],
    [
      "entra",
      "a guest who accepted",
      entra({ userType: "guest", externalUserState: "Accepted" }),
      { status: "active", isGuest: true },
    ],
    [
      "entra",
      "a guest who did not answer",
      entra({ userType: "GUEST", externalUserState: "PendingAcceptance" }),
      { status: "not_yet" },
    ],
    [
      "entra",
      "a guest who was shut out before answering",
      entra({ userType: "Guest", externalUserState: "PendingAcceptance", accountEnabled: false }),
      { status: "blocked" },
    ],
    [
      "entra",
      "a primary address that is not mail",
      entra({
        mail: "old@corp.example",
        proxyAddresses: [
          "smtp:alias@corp.example",
          "SMTP:new@corp.example",
          "SIP:ada@corp.example",
          "X500:/o=corp",
        ],
      }),
      { emails: ["new@corp.example", "old@corp.example", "alias@corp.example"] },
    ],
    [
      "entra",
      "only a sign-in name",
      entra({ mail: null, userPrincipalName: "ada@corp.onmicrosoft.example" }),
      { emails: [], weakEmails: ["ada@corp.onmicrosoft.example"] },
    ],
    [
      "entra",
      "a guest's sign-in name",
      entra({ mail: null, userPrincipalName: "ada_agency.example#EXT#@corp.example" }),
      { emails: [], weakEmails: [] },
    ],
    [
      "entra",
      "addresses in a wrong form",
      entra({ proxyAddresses: "SMTP:x@corp.example" }),
      { emails: SURE },
    ],
    ["google", "no flag at all", google({ suspended: undefined }), { status: "unknown", says: null }],
    [
      "google",
      "archived, and no other flag",
      google({ suspended: undefined, archived: true }),
      { status: "blocked" },
    ],
    [
      "google",
      "suspended and archived",
      google({ suspended: true, archived: true, suspensionReason: "ADMIN" }),
      { status: "blocked", says: "suspended ADMIN" },
    ],
    [
      "google",
      "deleted and suspended",
      google({ suspended: true, deletionTime: "2026-01-10T08:00:00Z" }),
      { status: "gone" },
    ],
    [
      "google",
      "never signed in",
      google({ lastLoginTime: "1970-01-01T00:00:00.000Z" }),
      { lastSignIn: null },
    ],
    [
      "google",
      "addresses of the test domain",
      google({
        aliases: ["a@x.TEST-google-a.com"],
        nonEditableAliases: ["ada@corp.example.test-google-a.com"],
        emails: [{ address: "ada@home.example" }],
      }),
      { emails: SURE, weakEmails: ["ada@home.example"] },
    ],
    [
      "google",
      "two jobs, of which the second is the main one",
      google({ organizations: [{ department: "Old" }, { department: "New", primary: true }] }),
      { department: "New" },
    ],
    ["onelogin", "numbers as text", onelogin({ status: "2", state: "1" }), { status: "blocked" }],
    [
      "onelogin",
      "suspended before the approval",
      onelogin({ status: 2, state: 0 }),
      { status: "blocked", says: "suspended" },
    ],
    ["onelogin", "locked by wrong passwords", onelogin({ status: 3 }), { status: "active" }],
    [
      "onelogin",
      "locked and unlicensed",
      onelogin({ status: 3, state: 3 }),
      { status: "blocked", says: "unlicensed" },
    ],
    ["onelogin", "not activated", onelogin({ status: 0 }), { status: "not_yet" }],
    ["onelogin", "neither number", onelogin({ status: null, state: null }), { status: "unknown" }],
    ["onelogin", "a status that does not exist", onelogin({ status: 6 }), { status: "unknown" }],
    ["onelogin", "no email", onelogin({ email: null, username: "ada" }), { emails: [], weakEmails: [] }],
    ["scim", "a number as id", scim({ id: 42 }), { row: "42", status: "active" }],
    ["scim", "active as text", scim({ active: "FALSE" }), { status: "blocked" }],
    ["scim", "no flag", scim({}), { status: "active", says: null }],
    [
      "scim",
      "a private address that is the primary one",
      scim({
        emails: [{ value: "ada@home.example", type: "Home", primary: true }, { value: "ada@corp.example" }],
      }),
      { emails: SURE, weakEmails: ["ada@home.example"] },
    ],
    [
      "scim",
      "no addresses, and one as userName",
      scim({ emails: null, userName: "ADA@corp.example" }),
      { emails: [], weakEmails: SURE },
    ],
    [
      "scim",
      "names with control characters",
      scim({ displayName: "Ada\u202e\u0000 Byron" }),
      { name: "Ada Byron" },
    ],
    [
      "scim",
      "an international domain",
      scim({ emails: [{ value: "ada@BÜCHER.example" }] }),
      { emails: ["ada@xn--bcher-kva.example"] },
    ],
  ])("%s: %s", (source, _what, row, expected) => {
    expect(SOURCES[source].person(row)).toMatchObject(expected);
  });

  it.each<[RosterSourceName, string, unknown]>([
    ["okta", "without a profile", { id: "00u1", status: "ACTIVE" }],
    ["okta", "without a status", { id: "00u1", profile: {} }],
    ["entra", "without an id", { mail: "ada@corp.example" }],
    ["google", "that is null", null],
    ["onelogin", "that is text", "ada@corp.example"],
    ["scim", "without an id", { userName: "ada" }],
    ["scim", "with an empty id", { id: "", userName: "ada" }],
  ])("%s %s is no person, so the roster has a gap", (source, _what, row) => {
    expect(SOURCES[source].person(row)).toBeNull();
  });
});

describe("the next page of", () => {
  const page = (body: unknown, headers: Readonly<Record<string, string>> = {}): RosterPage => ({
    body,
    header: (name) => headers[name] ?? null,
  });
  const asked = (source: RosterSourceName, from: RosterPage) => {
    const [list] = SOURCES[source].lists({});
    const progress = { query: { limit: "1" }, answered: 1, fresh: 1, total: 1 };
    return SOURCES[source].next(from, list as RosterList, progress);
  };
  const LINK = "https://x.example/users?after=1";

  it.each<[RosterSourceName, string, RosterPage, object | null]>([
    [
      "okta",
      "two links in one header",
      page([], { link: `<https://x.example/users>; rel="self", <${LINK}>; rel="next"` }),
      { link: LINK },
    ],
    ["okta", "next without quotes, in capitals", page([], { link: `<${LINK}>; REL=next` }), { link: LINK }],
    ["okta", "only a link to itself", page([], { link: `<${LINK}>; rel="self"` }), null],
    ["okta", "no header", page([]), null],
    ["entra", "a link", page({ value: [], "@odata.nextLink": LINK }), { link: LINK }],
    ["entra", "null as link", page({ value: [], "@odata.nextLink": null }), null],
    ["entra", "an empty link", page({ value: [], "@odata.nextLink": "" }), null],
    [
      "google",
      "a token on a page without users",
      page({ nextPageToken: "t" }),
      { query: { limit: "1", pageToken: "t" } },
    ],
    ["google", "a number as token", page({ nextPageToken: 12 }), { query: { limit: "1", pageToken: "12" } }],
    ["google", "an empty token", page({ nextPageToken: "" }), null],
    ["onelogin", "a cursor", page([], { "after-cursor": " c " }), { query: { limit: "1", cursor: "c" } }],
    ["onelogin", "an empty cursor", page([], { "after-cursor": " " }), null],
    ["scim", "after the last user", page({ Resources: [{}] }), { query: { limit: "1", startIndex: "2" } }],
  ])("%s: %s", (source, _what, from, expected) => {
    const next = asked(source, from);
    if (expected === null) expect(next).toBeNull();
    else expect(next).toMatchObject(expected);
  });

  it.each<[RosterSourceName, unknown]>([
    ["entra", { value: [], "@odata.nextLink": { href: LINK } }],
    ["google", { users: [], nextPageToken: ["t"] }],
  ])("%s is an error if it cannot be read, never the end", (source, body) => {
    expect(() => asked(source, page(body))).toThrow(/not known whether the list continues/);
  });

  it.each<[unknown, number | null, string | null]>([
    [{ Resources: [{}], totalResults: 1 }, 1, null],
    [{ Resources: [{}], totalResults: "1" }, 1, null],
    [{ Resources: [{}] }, 1, null],
    [{ totalResults: 0 }, 0, null],
    [{ totalResults: "0" }, 0, null],
    [{ Resources: [{}], totalResults: "7" }, 1, "it has 7 users and showed 1 user."],
    [{ detail: "no" }, null, null],
    [[], null, null],
  ])("a list of SCIM as %j has %s rows", (body, rows, missing) => {
    expect(SOURCES.scim.rows(body)?.length ?? null).toBe(rows);
    const progress = { query: {}, answered: 1, fresh: 0, total: 1 };
    expect(SOURCES.scim.missing?.(page(body), progress) ?? null).toBe(missing);
  });
});

describe("the status of a row in a table", () => {
  const read = (word: string) =>
    textRoster(`email,name,status\nbo@corp.example,Bo Lindh,active\nada@corp.example,Ada Byron,${word}`);

  it.each([
    "ACTIVE",
    "Provisioned",
    "RECOVERY",
    "PASSWORD_EXPIRED",
    "LOCKED_OUT",
    "True",
    "Contractor",
    "aktiv",
    "",
    "-",
  ])("%s: works there", (word) => {
    expect(read(word)).toMatchObject({ people: [{}, { status: "active" }], gaps: [], notes: [] });
  });
  it.each([
    "STAGED",
    "Pending",
    "pending (starts 2027-01-04)",
    "Onboarding",
    "Pre-hire",
    "pre_boarding",
    "Invited",
    "Unactivated",
    "Not started",
    "not yet active",
    "Not active yet",
    "Unapproved",
    "Password pending",
    "Future start",
    "入社予定",
    "noch nicht aktiv",
  ])("%s: not there yet, so neither joins nor leaves", (word) => {
    expect(read(word)).toMatchObject({
      people: [{}, { status: "not_yet", says: word }],
      gaps: [],
      notes: [],
    });
  });
  it.each([
    "Suspended",
    "DEPROVISIONED",
    "Inactive - on leave",
    "false",
    "not active",
    "no longer active",
    "ausgeschieden",
    "Left 2026-10-31",
  ])("%s: shut out or left", (word) => {
    expect(read(word).people[1]?.status).toMatch(/^(blocked|gone)$/);
  });
  it.each(["On leave", "Elternzeit", "Garden leave", "Notice period", "constructor", "?"])(
    "%s: not known, which is told, and proves nothing about that person alone",
    (word) => {
      const { people, gaps, notes } = read(word);
      expect([people[1]?.status, gaps]).toEqual(["unknown", []]);
      expect(notes?.join()).toContain(`line 3 (${word})`);
    },
  );
});
