import { describe, expect, it } from "vitest";
import type { Reads } from "../../src/domain/reads.ts";
import type { AppliedEffect } from "../../src/domain/run.ts";
import { ATLASSIAN_EXTENSION, scimUserList } from "../../src/domain/scim.ts";
import { inviteWorkspaceMember } from "../../src/effects/invitations.ts";
import { knownEmails } from "../../src/people/email-list.ts";
import { fakeContext, id, row, snapshot } from "../support/plan-context.ts";

const email = "ada@x.org";
const ada = row({ n: 1, name: "Ada Lovelace" });
const ghost = row({ n: 2, name: "gus@x.org", ghost: true });
const acme = snapshot([ada, ghost]);
const enterprise = {
  id: "e",
  members: async () => ({ rows: [{ member: { ...ada.member, email } }], cursor: null }),
} as unknown as NonNullable<Reads["enterprise"]>;

describe("whose of many emails are known", () => {
  it("is told by links, and by the enterprise; not by a ghost that bears it, whose name others chose", async () => {
    const links = [{ email: "linked@x.org", idMember: id(1), source: "scim" }];
    const { context, learnt } = fakeContext({ links, enterprise });
    const { people, disputed } = await knownEmails(
      [email, "linked@x.org", "gus@x.org", "no@x.org"],
      acme,
      context,
    );
    expect(new Map([...people].map(([address, person]) => [address, person.idMember]))).toEqual(
      new Map([
        ["linked@x.org", id(1)],
        [email, id(1)],
      ]),
    );
    expect(disputed.size).toBe(0);
    expect(learnt).toEqual([{ email, idMember: id(1), source: "enterprise" }]);
  });

  it("is disputed where links name several, or the enterprise somebody else than the link", async () => {
    const both = [1, 2].map((n) => ({ email, idMember: id(n), source: "enterprise" }));
    const twice = await knownEmails([email], acme, fakeContext({ links: both }).context);
    expect(twice.disputed.get(email)).toEqual([id(1), id(2)]);

    const elsewhere = [{ email, idMember: id(77), source: "organization" }];
    const { people, disputed } = await knownEmails(
      [email],
      acme,
      fakeContext({ links: elsewhere, enterprise }).context,
    );
    expect(people.size).toBe(0);
    expect(disputed.get(email)).toEqual([id(77), id(1)]);
  });

  it.each([1, 30])(
    "is disputed if SCIM gives a linked email to another account today, of %s emails",
    async (count) => {
      const owner = row({ n: 1, name: "Ada Lovelace", aaId: "acct-1" });
      const emails = [email, ...Array.from({ length: count - 1 }, (_, n) => `a${n}@x.org`)];
      const links = emails.map((each) => ({ email: each, idMember: id(1), source: "scim" }));
      const users = scimUserList.parse({
        Resources: [{ id: "s", userName: email, [ATLASSIAN_EXTENSION]: { atlassianAccountId: "acct-2" } }],
      }).Resources;
      const scim = {
        users: async () => ({ Resources: users }),
        async *userPages() {
          yield users;
        },
      } as unknown as NonNullable<Reads["scim"]>;
      const found = await knownEmails(emails, snapshot([owner]), fakeContext({ links, scim }).context);
      expect([...found.disputed.keys()]).toEqual([email]);
      expect([...found.people.keys()]).toEqual(emails.slice(1));
    },
  );

  it("is disputed where the enterprise gives a linked email to somebody else today", async () => {
    const { people, disputed } = await knownEmails(
      [email],
      acme,
      fakeContext({ links: [{ email, idMember: id(2), source: "enterprise" }], enterprise }).context,
    );
    expect(people.size).toBe(0);
    expect(disputed.get(email)).toEqual([id(2), id(1)]);
  });

  it("is likely by the name of a ghost that this server invited, once, and nobody had that name before", async () => {
    const sent = (sameName: readonly string[]): AppliedEffect => ({
      effect: inviteWorkspaceMember.make({
        target: { idOrganization: id(9_000), email: "gus@x.org" },
        before: { sameName },
        after: { memberType: "normal", fullName: "gus@x.org" },
        label: "gus@x.org",
        place: null,
      }),
      at: "2026-01-14T00:00:00.000Z",
      principal: { id: id(7), name: "Priya", client: "c" },
      ticket: null,
      cursor: "c",
      runId: "r",
      index: 0,
    });
    const found = async (applied: readonly AppliedEffect[], place = acme) =>
      (await knownEmails(["gus@x.org"], place, fakeContext({ applied }).context)).invited.get("gus@x.org")
        ?.idMember;
    expect(await found([sent([])])).toBe(id(2));
    expect(await found([sent([id(2)])])).toBeUndefined();
    expect(await found([])).toBeUndefined();
    const twins = snapshot([ada, ghost, row({ n: 3, name: "gus@x.org", ghost: true })]);
    expect(await found([sent([])], twins)).toBeUndefined();
    // Sent again, it found its own ghost there.
    expect(await found([{ ...sent([id(2)]), runId: "later" }, sent([])])).toBe(id(2));
  });
});
