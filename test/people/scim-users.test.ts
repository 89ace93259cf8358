/** Finding the one User or Group that is meant, also on servers that know other names than Atlassian, or mind no filter. */
import { describe, expect, it } from "vitest";
import { AppError } from "../../src/domain/error.ts";
import type { Reads } from "../../src/domain/reads.ts";
import { scimGroupList, scimUserList } from "../../src/domain/scim.ts";
import { membersWithEmail } from "../../src/people/emails.ts";
import { requireScimGroup } from "../../src/people/scim-groups.ts";
import { requireScimUser } from "../../src/people/accounts.ts";
import { findScimUser, scimEmail } from "../../src/people/scim-users.ts";
import { fakeContext, row } from "../support/plan-context.ts";

const people = [
  { id: "u1", userName: "ada", displayName: "Ada Lovelace", emails: [{ value: "Ada@X.org", primary: true }] },
  { id: "u2", userName: "bob@x.org", displayName: "Bob" },
];
const teams = [
  { id: "g1", displayName: "Crew" },
  { id: "g2", displayName: "u1" },
];

/** A directory that answers filters, or everybody whatever is asked. */
function directory(minds: "filters" | "nothing"): NonNullable<Reads["scim"]> {
  const one = <Row extends { readonly id: string }>(rows: readonly Row[], id: string): Row => {
    const found = rows.find((each) => each.id === id);
    if (found) return found;
    throw new AppError("NOT_FOUND", "none", { next: "none" });
  };
  const some = <Row extends object>(rows: readonly Row[], filter?: { attribute: string; value: string }) =>
    minds === "nothing" || !filter
      ? rows
      : rows.filter((each) => (each as Record<string, unknown>)[filter.attribute] === filter.value);
  const list = (rows: readonly object[]) => ({ totalResults: rows.length, Resources: rows });
  const users = scimUserList.parse(list(people)).Resources;
  const groups = scimGroupList.parse(list(teams)).Resources;
  return {
    users: async ({ filter }: { filter?: never }) => scimUserList.parse(list(some(people, filter))),
    user: async (id: string) => one(users, id),
    userPages: async function* () {
      yield users;
    },
    groups: async ({ filter }: { filter?: never }) => scimGroupList.parse(list(some(teams, filter))),
    group: async (id: string) => one(groups, id),
  } as unknown as NonNullable<Reads["scim"]>;
}

const reads = (minds: "filters" | "nothing" = "filters") =>
  fakeContext({ scim: directory(minds) }).context.reads;

describe("a User", () => {
  it.each(["u1", "ada"])("is found by %s, which is no email", async (name) => {
    expect(await requireScimUser(name, reads())).toMatchObject({ id: "u1" });
  });

  it("is never another one, where the server answers with everybody", async () => {
    for (const name of ["carol@x.org", "carol"]) {
      await expect(requireScimUser(name, reads("nothing"))).rejects.toMatchObject({ code: "NOT_FOUND" });
    }
    expect(await findScimUser({ userName: "BOB@x.org" }, reads("nothing"))).toMatchObject({ id: "u2" });
  });

  it("proves no email of somebody else", async () => {
    const { context } = fakeContext({ scim: directory("nothing") });
    const bob = row({ n: 1, name: "Bob" }).member;
    expect(await membersWithEmail("carol@x.org", [bob], context)).toEqual([]);
  });

  it("has the userName for an email where it is one, else the primary one", () => {
    const [ada, bob] = scimUserList.parse({ totalResults: 2, Resources: people }).Resources;
    if (!ada || !bob) throw new Error("nobody");
    expect([scimEmail(ada), scimEmail(bob), scimEmail({ ...ada, emails: [] })]).toEqual([
      "ada@x.org",
      "bob@x.org",
      null,
    ]);
  });
});

describe("a Group", () => {
  it("is found by id and by name", async () => {
    expect(await requireScimGroup("g1", reads())).toMatchObject({ displayName: "Crew" });
    expect(await requireScimGroup("Crew", reads())).toMatchObject({ id: "g1" });
  });

  it("is never another one, where the server answers with every group", async () => {
    await expect(requireScimGroup("Nowhere", reads("nothing"))).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await requireScimGroup("crew", reads("nothing"))).toMatchObject({ id: "g1" });
  });
});
