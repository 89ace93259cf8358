import { describe, expect, it } from "vitest";
import type { AtlassianAccount } from "../../../src/domain/atlassian.ts";
import type { Reads } from "../../../src/domain/reads.ts";
import { workspace } from "../../../src/domain/trello.ts";
import { entryLines, keptOutBy, lockedOut } from "../../../src/planning/invitations/entry.ts";
import { id, snapshot } from "../../support/plan-context.ts";

const inWorkspace = (prefs: unknown) => ({
  ...snapshot([]),
  workspace: workspace.parse({ id: id(9_000), name: "acme", displayName: "Acme", prefs }),
});
const account = (email: string, more: Partial<AtlassianAccount> = {}): AtlassianAccount => ({
  accountId: `of ${email}`,
  name: "N",
  email,
  status: "active",
  accountStatus: "active",
  membershipStatus: "active",
  managed: false,
  managedBy: null,
  products: [],
  lastActive: null,
  groups: [],
  roles: [],
  ...more,
});

describe("the settings that say who may join a workspace", () => {
  it.each([
    [[], "a@x.org", true],
    [null, "a@x.org", true],
    [undefined, "a@x.org", true],
    ["", "a@x.org", true],
    [["acme.com"], "a@acme.com", true],
    [["@acme.com"], "a@acme.com", true],
    [["ACME.com"], "a@acme.com", true],
    [["acme.com"], "a@acme.com.evil.org", false],
    [["acme.com"], "a@notacme.com", false],
    [["acme.com"], "acme.com@x.org", false],
    [["a.me.com"], "x@acme.com", false],
    [["*.acme.com"], "a@eu.acme.com", true],
    [["*.acme.com"], "a@acme.com", false],
    [["subdomain.*.trello.com"], "a@subdomain.eu.trello.com", true],
    ["acme.com", "a@acme.com", true],
    [["boss@x.org", "acme.com"], "boss@x.org", true],
    [["boss@x.org"], "clerk@x.org", false],
    [["*@x.org"], "clerk@x.org", true],
    [["(a+)+$", "acme.com"], "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@acme.com", true],
    [{ odd: 1 }, "a@x.org", true],
  ])("of orgInviteRestrict %j for %s", (orgInviteRestrict, email, isAllowed) => {
    const why = keptOutBy(inWorkspace({ orgInviteRestrict }), { email, isGuest: false });
    expect(why === null).toBe(isAllowed);
    if (why !== null) expect(why).toMatch(/^the workspace allows only members with an email of /);
  });

  it.each([
    [true, true, false],
    [true, false, true],
    [false, true, true],
    [undefined, true, true],
  ])("of externalMembersDisabled %j for a guest %j", (externalMembersDisabled, isGuest, isAllowed) => {
    const why = keptOutBy(inWorkspace({ externalMembersDisabled }), { email: "a@x.org", isGuest });
    expect(why === null).toBe(isAllowed);
  });

  it.each([null, undefined, 7, "x"])("reads preferences of another form as none: %j", (prefs) => {
    expect(keptOutBy(inWorkspace(prefs), { email: "a@x.org", isGuest: true })).toBeNull();
  });
});

describe("the account of an invited email", () => {
  it.each([
    [{}, null],
    [{ accountStatus: "inactive" }, /deactivated/],
    [{ accountStatus: "closed" }, /closed/],
    [{ membershipStatus: "suspended" }, /suspended/],
    [{ accountStatus: null, membershipStatus: null }, null],
    [{ membershipStatus: "no_membership" }, null],
  ])("%j keeps its owner out: %s", (more, said) => {
    const why = lockedOut(account("a@x.org", more));
    if (said === null) expect(why).toBeNull();
    else expect(why).toMatch(said);
  });

  it("tells the login of a managed one, who is deactivated, and what the Google domain does not do", async () => {
    const asked: (readonly string[])[] = [];
    const accounts = [
      account("synced@x.org", { managed: true, managedBy: "synced" }),
      account("invited@x.org", { managed: true, managedBy: "invited" }),
      account("off@y.org", { accountStatus: "inactive" }),
    ];
    const organization = {
      accountsByEmail: async (emails: readonly string[]) => {
        asked.push(emails);
        return accounts.filter(({ email }) => emails.includes(email ?? ""));
      },
    } as unknown as Reads["organization"];
    const reads = { organization, scim: null, enterprise: null } as unknown as Reads;
    const newcomers = ["synced@x.org", "invited@x.org", "off@y.org", "new@y.org"].map((email) => ({
      email,
      isGuest: false,
    }));
    const { warnings, notes } = await entryLines(
      inWorkspace({ associatedDomain: "X.org" }),
      newcomers,
      reads,
    );
    expect(warnings).toEqual([
      "Cannot join yet: off@y.org, because the Atlassian account is deactivated, so its owner cannot log in. Give the access back with scim_reactivate_user or at admin.atlassian.com.",
    ]);
    expect(notes).toEqual([
      "Managed by the Atlassian organization from its identity provider, so the login follows the policy of the organization (SSO if the policy requires it): synced@x.org",
      "Managed by the Atlassian organization, so the login follows the policy of the organization (SSO if the policy requires it): invited@x.org",
      "The workspace is linked to the Google domain x.org (not of it: off@y.org, new@y.org); the link does not limit who is invited",
    ]);
    const many = Array.from({ length: 60 }, (_, n) => ({ email: `n${n}@x.org`, isGuest: false }));
    expect((await entryLines(inWorkspace({}), many, reads)).notes).toEqual([
      "Only the first 50 of 60 emails were looked up in the Atlassian organization.",
    ]);
    expect(asked.map(({ length }) => length)).toEqual([4, 50]);
    expect(await entryLines(inWorkspace({}), [], reads)).toEqual({ warnings: [], notes: [] });
    expect(asked).toHaveLength(2);
  });
});
