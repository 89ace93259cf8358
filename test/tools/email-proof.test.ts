import { describe, expect, it } from "vitest";
import type { Reads } from "../../src/domain/reads.ts";
import { ATLASSIAN_EXTENSION, scimUserList } from "../../src/domain/scim.ts";
import { membersWithEmail } from "../../src/tools/email-proof.ts";
import { fakeContext, id, row } from "./fakes.ts";

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
  it("is certain by what was learnt before, and asks nobody then", async () => {
    const { context } = fakeContext({ links: [{ email, idMember: id(2), source: "invitation" }] });
    expect(await membersWithEmail(email, members, context)).toEqual([
      { email, idMember: id(2), source: "invitation", confidence: "certain" },
    ]);
  });

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

  it("is only likely by the name in SCIM, is nobody where two have it, and is not learnt", async () => {
    const { context, learnt } = fakeContext({ scim: scim(user) });
    expect(await membersWithEmail(email, members, context)).toEqual([
      { idMember: id(1), source: "the name in SCIM", confidence: "likely" },
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
