import { describe, expect, it } from "vitest";
import type { IdentityLink } from "../../src/domain/identity.ts";
import { BACKENDS, newStore } from "./backends.ts";
import { at } from "./fixtures.ts";

const link = (over: Partial<IdentityLink> = {}): IdentityLink => ({
  email: "jane@example.com",
  idMember: "m1",
  accountId: null,
  scimId: null,
  source: "enterprise",
  seenAt: at(1),
  ...over,
});

describe.each(BACKENDS)("identity links on $name", (backend) => {
  it("finds a person by email in any case, and by member", async () => {
    const { links } = await newStore(backend);
    await links.put(link({ email: "Jane@Example.COM" }));
    expect(await links.byEmail("JANE@example.com")).toEqual([link()]);
    expect(await links.among("idMember", ["m1"])).toEqual([link()]);
    expect(await links.byEmail("john@example.com")).toEqual([]);
    expect(await links.among("idMember", ["m2"])).toEqual([]);
  });

  it("keeps one row a claim, dated by its latest sighting", async () => {
    const { links } = await newStore(backend);
    for (const seconds of [5, 9, 3]) await links.put(link({ seenAt: at(seconds) }));
    expect(await links.byEmail("jane@example.com")).toEqual([link({ seenAt: at(9) })]);
  });

  it("keeps claims that disagree side by side, newest first", async () => {
    const { links } = await newStore(backend);
    const claims = [
      link({ seenAt: at(1) }),
      link({ seenAt: at(3), idMember: "m2" }),
      link({ seenAt: at(2), source: "scim", idMember: null, scimId: "s1", accountId: "a1" }),
    ] as const;
    for (const claim of claims) await links.put(claim);
    expect(await links.byEmail("jane@example.com")).toEqual([claims[1], claims[2], claims[0]]);
  });

  it("finds the links of many at once, newest first, and those of no one else", async () => {
    const { links } = await newStore(backend);
    for (const n of [1, 2, 3])
      await links.put(link({ email: `p${n}@example.com`, idMember: `m${n}`, seenAt: at(n) }));
    // More values than one statement of the database takes.
    const many = Array.from({ length: 2_500 }, (_, n) => n + 2);
    const byMember = await links.among(
      "idMember",
      many.map((n) => `m${n}`),
    );
    expect(byMember.map(({ idMember }) => idMember)).toEqual(["m3", "m2"]);
    const byEmail = await links.among(
      "email",
      many.map((n) => `P${n}@Example.com`),
    );
    expect(byEmail).toEqual(byMember);
    expect(await links.among("email", [])).toEqual([]);
  });

  it("does not take an unknown member for a person", async () => {
    const { links } = await newStore(backend);
    await links.put(link({ idMember: null }));
    expect(await links.among("idMember", [""])).toEqual([]);
  });
});
