/** Which people of a workspace the Users of a directory are, where Trello hides emails. */
import { expect, test } from "vitest";
import type { Reads } from "../../src/domain/reads.ts";
import { ATLASSIAN_EXTENSION, scimUserList } from "../../src/domain/scim.ts";
import { usersHere } from "../../src/people/users-here.ts";
import { fakeContext, id, row, snapshot } from "../support/plan-context.ts";

const user = (name: string, more: { readonly email?: string; readonly account?: string } = {}) => ({
  id: `scim-${name}-${more.email ?? ""}`,
  userName: more.email ?? `${name.toLowerCase().replaceAll(" ", ".")}@x.org`,
  displayName: name,
  ...(more.account && { [ATLASSIAN_EXTENSION]: { atlassianAccountId: more.account } }),
});

interface Case {
  /** The User of the team; the directory may have others. */
  readonly who: ReturnType<typeof user>;
  readonly others?: readonly ReturnType<typeof user>[];
  readonly members?: readonly Parameters<typeof row>[0][];
  readonly guests?: readonly Parameters<typeof row>[0][];
  readonly links?: readonly { readonly email: string; readonly idMember: string; readonly source: string }[];
}

const ada = { n: 1, name: "Ada Lovelace" };
const link = (email: string, n: number) => ({ email, idMember: id(n), source: "enterprise" });

const CASES: readonly (readonly [string, Case, "certain" | "named" | "missing" | "disputed", number?])[] = [
  [
    "an account that Trello shows",
    { who: user("Other Name", { account: "acc" }), members: [{ ...ada, aaId: "acc" }] },
    "certain",
    1,
  ],
  [
    "a proven email",
    { who: user("Other Name", { email: "ada@x.org" }), members: [ada], links: [link("ada@x.org", 1)] },
    "certain",
    1,
  ],
  [
    "an email of two members",
    {
      who: user("Ada Lovelace", { email: "a@x.org" }),
      members: [ada],
      links: [link("a@x.org", 1), link("a@x.org", 2)],
    },
    "disputed",
  ],
  ["the full name", { who: user("Ada Lovelace"), members: [ada, { n: 2, name: "Bob" }] }, "named", 1],
  ["the full name with other marks", { who: user("Ádá LOVELACE"), members: [ada] }, "named", 1],
  [
    "the full name of a guest",
    { who: user("Ada Lovelace"), members: [{ n: 2, name: "Bob" }], guests: [ada] },
    "named",
    1,
  ],
  [
    "a name that two members have",
    { who: user("Ada Lovelace"), members: [ada, { n: 2, name: "ada lovelace" }] },
    "missing",
  ],
  [
    "a name that a member and a guest have",
    { who: user("Ada Lovelace"), members: [ada], guests: [{ n: 3, name: "Ada Lovelace" }] },
    "missing",
  ],
  [
    "a name that two Users have",
    { who: user("Ada Lovelace"), others: [user("Ada Lovelace", { email: "other@x.org" })], members: [ada] },
    "missing",
  ],
  ["the name of a ghost", { who: user("Ada Lovelace"), members: [{ ...ada, ghost: true }] }, "missing"],
  [
    "the name of a member with another email",
    { who: user("Ada Lovelace"), members: [ada], links: [link("elsewhere@x.org", 1)] },
    "missing",
  ],
  [
    "the name of a member with another account",
    { who: user("Ada Lovelace", { account: "acc" }), members: [{ ...ada, aaId: "not acc" }] },
    "missing",
  ],
  ["a part of a name", { who: user("Ada"), members: [ada] }, "missing"],
  ["no one", { who: user("Carol"), members: [ada] }, "missing"],
];

for (const [what, { who, others = [], members = [], guests = [], links = [] }, list, n] of CASES) {
  test(`a User by ${what} is ${list}`, async () => {
    const users = scimUserList.parse({
      totalResults: 1 + others.length,
      Resources: [who, ...others],
    }).Resources;
    const scim = {
      userPages: async function* () {
        yield users;
      },
    } as unknown as NonNullable<Reads["scim"]>;
    const rows = members.map((each) => row(each));
    const onBoard = guests.map((each) => row(each));
    const place = snapshot(rows, [onBoard]);
    const { context } = fakeContext({ people: [onBoard], links, scim });
    const team = users.slice(0, 1);
    const here = await usersHere(team, place, context);
    const found = { certain: [...here.certain.values()], named: [...here.named.values()] };
    expect([found.certain.length, found.named.length, here.missing.length, here.disputed.length]).toEqual(
      ["certain", "named", "missing", "disputed"].map((each) => (each === list ? 1 : 0)),
    );
    const [person] = [...found.certain, ...found.named];
    expect(person?.idMember).toBe(n === undefined ? undefined : id(n));
    expect(person?.identifiedBy).toBe(list === "named" ? "name" : undefined);
  });
}
