import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AppError } from "../../src/domain/error.ts";
import type { Reads } from "../../src/domain/reads.ts";
import { readAgain, readNamedRosters, rosterNames } from "../../src/rosters/named.ts";
import { textRoster } from "../../src/rosters/text.ts";
import { type Connected, connect, vendorPerson } from "../rosters/connected.ts";

let connected: Connected;
let reads: Reads;
beforeAll(async () => {
  connected = await connect();
  const names = ["okta", "entra", "google", "onelogin", "other-scim"];
  reads = { scim: null, rosters: names.map((name) => connected.feed(name)) } as never;
});
afterAll(() => connected.close());

describe("rosters by name", () => {
  it("are those of the connections file, and scim if it is configured", () => {
    expect(rosterNames(reads)).toEqual(["okta", "entra", "google", "onelogin", "other-scim"]);
    expect(rosterNames({ ...reads, scim: {} as never })[0]).toBe("scim");
    expect(rosterNames({} as never)).toEqual([]);
  });

  it("are read once each, in the order asked", async () => {
    const read = await readNamedRosters(["entra", "okta", "entra"], reads);
    expect(read.map(({ name }) => name)).toEqual(["entra", "okta"]);
    expect(read.every(({ people }) => people.length > 10)).toBe(true);
  });

  it.each([
    ["otka", /There is no roster otka\. Did you mean okta\?/],
    ["workday", /There is no roster workday/],
  ])("that do not exist are refused: %s", async (name, says) => {
    const error = await readNamedRosters(["okta", name], reads).catch(
      (thrown: unknown) => thrown as AppError,
    );
    expect(error).toMatchObject({ code: "INPUT_INVALID" });
    expect((error as AppError).message).toMatch(says);
    expect((error as AppError).next).toContain("okta, entra, google");
  });

  it("are read again for a remediation, with the gaps that they had; a pasted one stays", async () => {
    const [before] = await readNamedRosters(["okta"], reads);
    if (!before) expect.unreachable("okta was read");
    connected.sandbox.world.vendors.people.push(vendorPerson(99));
    const after = await readAgain({ ...before, gaps: ["it shrank"] }, reads);
    expect(after.people.length).toBe(before.people.length + 1);
    expect(after.gaps).toEqual(["it shrank"]);
    const pasted = textRoster("email\nada@corp.example");
    expect(await readAgain(pasted, reads)).toBe(pasted);
  });
});
