import { describe, expect, it } from "vitest";
import { AppError } from "../../src/domain/error.ts";
import type { Reads } from "../../src/domain/reads.ts";
import { ATLASSIAN_EXTENSION, scimUserList } from "../../src/domain/scim.ts";
import { emailsOfMember, membersWithEmail } from "../../src/people/emails.ts";
import { silentSources } from "../../src/people/sources.ts";
import { fakeContext, id, row } from "../support/plan-context.ts";

const email = "ada@x.org";
const members = [
  row({ n: 1, name: "Ada Lovelace", aaId: "acct-1" }).member,
  row({ n: 2, name: "Somebody Else" }).member,
];
const enterprise = (rows: readonly { readonly n: number; readonly email: string }[]) =>
  ({
    id: "e",
    members: async () => ({
      rows: rows.map(({ n, email: shown }) => ({ member: row({ n, name: "x", email: shown }).member })),
      cursor: null,
    }),
  }) as unknown as NonNullable<Reads["enterprise"]>;
const scim = (...users: readonly Record<string, unknown>[]) =>
  ({
    users: async () => scimUserList.parse({ totalResults: users.length, Resources: users }),
  }) as unknown as NonNullable<Reads["scim"]>;
const user = { id: "s1", userName: email, displayName: "Ada Lovelace" };

describe("who has an email", () => {
  it.each(["trello", "enterprise", "organization", "scim"])(
    "is certain by what %s proved before, and asks nobody then",
    async (source) => {
      const { context } = fakeContext({ links: [{ email, idMember: id(2), source }] });
      expect(await membersWithEmail(email, members, context)).toEqual([
        { email, idMember: id(2), source, confidence: "certain" },
      ]);
    },
  );

  it.each(["invitation", "same name as the SCIM User", "an old import"])(
    "is likely at most by a link of source %s, which also disputes no proof",
    async (source) => {
      const hint = { email, idMember: id(2), source };
      const { context, learnt } = fakeContext({ links: [hint] });
      expect(await membersWithEmail(email, members, context)).toMatchObject([
        { idMember: id(2), confidence: "likely" },
      ]);
      expect(learnt).toEqual([]);
      const own = { idMember: id(2), member: members[1] ?? null };
      expect(await emailsOfMember(own, context)).toEqual({ proven: [], disputed: [] });
      const both = fakeContext({ links: [hint, { email, idMember: id(1), source: "scim" }] });
      expect(await membersWithEmail(email, members, both.context)).toMatchObject([
        { idMember: id(1), confidence: "certain" },
      ]);
    },
  );

  it("is certain by the member's own record, and by the enterprise; both are learnt", async () => {
    const own = fakeContext();
    const me = row({ n: 3, name: "Me", email: "Ada@X.org" }).member;
    expect(await membersWithEmail(email, [...members, me], own.context)).toEqual([
      { idMember: id(3), source: "trello", confidence: "certain" },
    ]);
    expect(own.learnt).toEqual([{ email, idMember: id(3), source: "trello" }]);

    const told = fakeContext({ enterprise: enterprise([{ n: 1, email: "ADA@x.org" }]) });
    expect(await membersWithEmail(email, members, told.context)).toEqual([
      { idMember: id(1), source: "enterprise", confidence: "certain" },
    ]);
    expect(told.learnt).toEqual([{ email, idMember: id(1), source: "enterprise" }]);
  });

  it("is likely only where the enterprise gives a learnt email to somebody else today, who is learnt too", async () => {
    const links = [{ email, idMember: id(2), source: "enterprise" }];
    const moved = fakeContext({ links, enterprise: enterprise([{ n: 1, email }]) });
    const found = await membersWithEmail(email, members, moved.context);
    expect(found.map(({ idMember, confidence }) => [idMember, confidence])).toEqual([
      [id(2), "likely"],
      [id(1), "likely"],
    ]);
    expect(moved.learnt).toEqual([{ email, idMember: id(1), source: "enterprise" }]);
    const same = fakeContext({ links, enterprise: enterprise([{ n: 2, email }]) });
    expect(await membersWithEmail(email, members, same.context)).toMatchObject([{ confidence: "certain" }]);
  });

  describe("after the email has moved to a new account", () => {
    const links = [{ email, idMember: id(1), source: "scim" }];
    const now = (atlassianAccountId: string) =>
      scim({ ...user, [ATLASSIAN_EXTENSION]: { atlassianAccountId } });
    const successor = row({ n: 6, name: "Ada Lovelace", aaId: "acct-2" }).member;

    it.each(["trello", "enterprise", "organization", "scim"])(
      "is likely only by an earlier proof of %s, and the new owner is learnt",
      async (source) => {
        const before = [{ email, idMember: id(1), source }];
        const moved = fakeContext({ links: before, scim: now("acct-2") });
        const found = await membersWithEmail(email, [...members, successor], moved.context);
        expect(found.map(({ idMember, confidence }) => [idMember, confidence])).toEqual([
          [id(1), "likely"],
          [id(6), "likely"],
        ]);
        expect(moved.learnt).toEqual([{ email, idMember: id(6), source: "scim" }]);
      },
    );

    it("is likely only if the new owner is no member", async () => {
      const { context, learnt } = fakeContext({ links, scim: now("acct-9") });
      expect(await membersWithEmail(email, members, context)).toMatchObject([
        { idMember: id(1), confidence: "likely", source: expect.stringContaining("another account") },
      ]);
      expect(learnt).toEqual([]);
    });

    it("is likely only if the organization shows the new account, and SCIM does not", async () => {
      const { context } = fakeContext({ links });
      const organization = { accountsByEmail: async () => [{ email: "ADA@x.org", accountId: "acct-9" }] };
      const reads = { ...context.reads, organization } as unknown as Reads;
      expect(await membersWithEmail(email, members, { ...context, reads })).toMatchObject([
        { confidence: "likely" },
      ]);
    });

    it("stays certain if the account is the same, has no User, or is hidden by Trello", async () => {
      for (const directory of [now("acct-1"), scim(), scim(user)]) {
        const { context } = fakeContext({ links, scim: directory });
        expect(await membersWithEmail(email, members, context)).toMatchObject([{ confidence: "certain" }]);
      }
      const hidden = fakeContext({ links, scim: now("acct-2") });
      const [, ...others] = members;
      expect(await membersWithEmail(email, others, hidden.context)).toMatchObject([
        { confidence: "certain" },
      ]);
    });
  });

  it("is the token's owner by their own email, who is in no list of members with it", async () => {
    const { context } = fakeContext();
    const me = row({ n: 3, name: "Me", email }).member;
    Object.assign(context.reads.trello, { me: async () => me });
    expect(await membersWithEmail(email, members, context)).toEqual([
      { idMember: id(3), source: "trello", confidence: "certain" },
    ]);
    expect(await emailsOfMember({ idMember: id(3), member: null }, context)).toEqual({
      proven: [{ email, source: "trello" }],
      disputed: [],
    });
  });

  it.each(["UPSTREAM_FORBIDDEN", "NOT_FOUND"] as const)(
    "is not told by an enterprise that refuses with %s",
    async (code) => {
      const asked: string[] = [];
      const refusing = {
        id: "e",
        members: async () => {
          asked.push("members");
          throw new AppError(code, "Refused.", { next: "Do something else." });
        },
      } as unknown as NonNullable<Reads["enterprise"]>;
      const { context } = fakeContext({ enterprise: refusing });
      expect(await membersWithEmail(email, members, context)).toEqual([]);
      expect(await emailsOfMember({ idMember: id(1), member: members[0] ?? null }, context)).toMatchObject({
        proven: [],
      });
      expect(asked).toHaveLength(1);
      expect(silentSources(context.reads)).toEqual([expect.stringContaining("TRELLO_ENTERPRISE_ID")]);
    },
  );

  it("fails where the enterprise is out, which tells nothing of whose email it is", async () => {
    const out = {
      id: "e",
      members: async () => {
        throw new AppError("UPSTREAM_UNAVAILABLE", "Out.", { next: "Try again later." });
      },
    } as unknown as NonNullable<Reads["enterprise"]>;
    await expect(
      membersWithEmail(email, members, fakeContext({ enterprise: out }).context),
    ).rejects.toMatchObject({
      code: "UPSTREAM_UNAVAILABLE",
    });
  });

  it("is not by an email that only begins alike", async () => {
    const { context, learnt } = fakeContext({
      enterprise: enterprise([{ n: 1, email: "ada@x.org.evil.net" }]),
    });
    expect(await membersWithEmail(email, members, context)).toEqual([]);
    expect(learnt).toEqual([]);
  });

  it("is certain by the Atlassian account of the SCIM User", async () => {
    const { context } = fakeContext({
      scim: scim({ ...user, [ATLASSIAN_EXTENSION]: { atlassianAccountId: "acct-1" } }),
    });
    expect(await membersWithEmail(email, members, context)).toEqual([
      { idMember: id(1), source: "scim", confidence: "certain" },
    ]);
  });

  it("is only likely by same name as the SCIM User, is nobody where two have it, and is not learnt", async () => {
    const { context, learnt } = fakeContext({ scim: scim(user) });
    expect(await membersWithEmail(email, members, context)).toEqual([
      { idMember: id(1), source: "same name as the SCIM User", confidence: "likely" },
    ]);
    const namesakes = [...members, row({ n: 4, name: "ada  LOVELACE" }).member];
    expect(await membersWithEmail(email, namesakes, context)).toEqual([]);
    expect(learnt).toEqual([]);
  });

  it("is nobody where SCIM knows the email twice, or a User without a name", async () => {
    expect(await membersWithEmail(email, members, fakeContext({ scim: scim(user, user) }).context)).toEqual(
      [],
    );
    const nameless = { id: "s1", userName: email };
    const blank = [...members, row({ n: 5, name: "" }).member];
    expect(await membersWithEmail(email, blank, fakeContext({ scim: scim(nameless) }).context)).toEqual([]);
  });
});

describe("which emails a member has", () => {
  const ada = { idMember: id(1), member: members[0] ?? null };
  const link = (n: number, address: string, source = "scim") => ({
    email: address,
    idMember: id(n),
    source,
  });

  it("are those that are linked to this member alone, of which the others prove nothing", async () => {
    const { context } = fakeContext({
      links: [link(1, "shared@x.org", "organization"), link(2, "shared@x.org"), link(1, email)],
    });
    expect(await emailsOfMember(ada, context)).toEqual({
      proven: [expect.objectContaining({ email, source: "scim" })],
      disputed: ["shared@x.org"],
    });
  });

  it("are asked of the enterprise where no link proves one, and learnt", async () => {
    const { context, learnt } = fakeContext({
      links: [link(1, "shared@x.org"), link(2, "shared@x.org")],
      enterprise: enterprise([
        { n: 2, email: "else@x.org" },
        { n: 1, email: "ADA@x.org" },
      ]),
    });
    expect(await emailsOfMember(ada, context)).toEqual({
      proven: [{ email, source: "enterprise" }],
      disputed: ["shared@x.org"],
    });
    expect(learnt).toEqual([link(1, email, "enterprise")]);
  });

  it("are none where the enterprise tells one that a link gives to somebody else", async () => {
    const { context } = fakeContext({ links: [link(2, email)], enterprise: enterprise([{ n: 1, email }]) });
    expect(await emailsOfMember(ada, context)).toEqual({ proven: [], disputed: [email] });
  });

  it("are disputed where the enterprise gives the linked one to somebody else today", async () => {
    const { context } = fakeContext({ links: [link(1, email)], enterprise: enterprise([{ n: 2, email }]) });
    expect(await emailsOfMember(ada, context)).toEqual({ proven: [], disputed: [email] });
  });

  it("are asked of nobody for somebody without a name", async () => {
    const { context } = fakeContext({ enterprise: enterprise([{ n: 1, email }]) });
    expect(await emailsOfMember({ ...ada, member: null }, context)).toEqual({ proven: [], disputed: [] });
  });
});
