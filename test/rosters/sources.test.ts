import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { AppError } from "../../src/domain/error.ts";
import type { RosterStatus } from "../../src/domain/roster.ts";
import { readRoster, tryRoster } from "../../src/rosters/read.ts";
import type { VendorName, VendorPerson } from "../../src/sandbox/vendors/world.ts";
import { type Connected, connect, vendorPerson } from "./connected.ts";
import { LISTS } from "./vendor-lists.ts";

let connected: Connected;
beforeAll(async () => {
  connected = await connect();
});
beforeEach(() => connected.reset());
afterAll(() => connected.close());

const VENDORS = ["okta", "entra", "google", "onelogin", "other-scim"] as const;

/** Who is at the vendors, instead of the seeded people. */
function people(...rows: readonly VendorPerson[]): void {
  const { vendors } = connected.sandbox.world;
  vendors.people.splice(0, vendors.people.length, ...rows);
}
const read = (name: string) => readRoster(connected.feed(name));
const refusal = (asked: Promise<unknown>) =>
  asked.then(
    () => expect.unreachable("it was read"),
    (thrown: unknown) => thrown as AppError,
  );
const requests = (operation: string) =>
  connected.sandbox.requests.filter((request) => request.operation === operation);

describe.each(VENDORS)("the roster of %s", (vendor) => {
  it("has every person of every page, with name, address and department", async () => {
    people(...Array.from({ length: 23 }, (_, number) => vendorPerson(number)));
    connected.sandbox.world.vendors.pageSize = 5;
    const { people: rows, gaps } = await read(vendor);
    expect(gaps).toEqual([]);
    expect(rows.map(({ emails }) => emails[0])).toEqual(
      Array.from({ length: 23 }, (_, number) => `person${number}@corp.example`),
    );
    expect(rows[7]).toMatchObject({ name: "Person 7", department: "Engineering", status: "active" });
    expect(requests(LISTS[vendor]).length).toBeGreaterThanOrEqual(5);
  });

  it("sends its secret in no address, and logs none", async () => {
    await read(vendor);
    const asked = connected.sandbox.requests.map(({ query }) => JSON.stringify(query)).join("\n");
    const secrets = [
      ...Object.values(connected.sandbox.connections.env),
      ...connected.sandbox.world.vendors.tokens.keys(),
    ];
    for (const secret of secrets) {
      expect(asked).not.toContain(secret);
      expect(JSON.stringify(connected.log)).not.toContain(secret);
    }
    expect(secrets.length).toBeGreaterThan(3);
  });

  it("has a gap if a later page does not come, and keeps the people before it", async () => {
    people(...Array.from({ length: 20 }, (_, number) => vendorPerson(number)));
    connected.sandbox.world.vendors.pageSize = 5;
    for (const attempt of [3, 4, 5, 6])
      connected.faults.push({ operation: LISTS[vendor], attempt, kind: "503" });
    const { people: rows, gaps } = await read(vendor);
    expect(rows).toHaveLength(10);
    expect(gaps.join()).toMatch(/only the first 10 users were read\. Roster .* answered 503/);
  });

  it("goes on after too many requests", async () => {
    people(...Array.from({ length: 12 }, (_, number) => vendorPerson(number)));
    connected.sandbox.world.vendors.pageSize = 5;
    connected.faults.push({ operation: LISTS[vendor], attempt: 2, kind: "429", retryAfter: "0" });
    const { people: rows, gaps } = await read(vendor);
    expect([rows.length, gaps]).toEqual([12, []]);
  });

  it("is an error if it cannot be read at all, which says what right is missing", async () => {
    connected.sandbox.world.vendors.missing.add("users");
    const { code, message, next } = await refusal(read(vendor));
    expect(code).toBe("UPSTREAM_FORBIDDEN");
    expect(`${message} ${next}`).toMatch(/users|User\.Read\.All|rights of the roster/);
    expect(message).toContain(`Roster ${vendor}`);
  });

  it("is not read from something that is no list", async () => {
    connected.faults.push({ operation: LISTS[vendor], attempt: "every", kind: "wrong_body" });
    expect((await refusal(read(vendor))).code).toBe("UPSTREAM_CONTRACT");
  });

  it("says in one line that it can be read", async () => {
    connected.sandbox.resetRequests();
    expect(await tryRoster(connected.feed(vendor))).toMatch(/^users can be read/);
    expect(requests(LISTS[vendor]).length).toBeLessThanOrEqual(2);
  });
});

describe("what the sources say about a person", () => {
  const states: readonly (readonly [VendorName, Partial<VendorPerson>, RosterStatus])[] = [
    ["okta", { state: "active" }, "active"],
    ["okta", { words: { okta: "PROVISIONED" } }, "active"],
    ["okta", { words: { okta: "LOCKED_OUT" } }, "active"],
    ["okta", { words: { okta: "PASSWORD_EXPIRED" } }, "active"],
    ["okta", { words: { okta: "RECOVERY" } }, "active"],
    ["okta", { state: "not_yet" }, "not_yet"],
    ["okta", { state: "blocked" }, "blocked"],
    ["okta", { state: "gone" }, "gone"],
    ["entra", { state: "blocked" }, "blocked"],
    ["entra", { state: "gone" }, "gone"],
    ["entra", { state: "not_yet", guest: true }, "not_yet"],
    ["entra", { guest: true }, "active"],
    ["google", { state: "blocked" }, "blocked"],
    ["google", { state: "blocked", words: { google: "archived" } }, "blocked"],
    ["google", { state: "gone" }, "gone"],
    ["onelogin", { state: "not_yet" }, "not_yet"],
    ["onelogin", { state: "blocked" }, "blocked"],
    ["onelogin", { words: { onelogin: "3/1" } }, "active"],
    ["onelogin", { words: { onelogin: "4/1" } }, "active"],
    ["onelogin", { words: { onelogin: "5/1" } }, "active"],
    ["onelogin", { words: { onelogin: "7/1" } }, "not_yet"],
    ["onelogin", { words: { onelogin: "1/2" } }, "blocked"],
    ["onelogin", { words: { onelogin: "1/3" } }, "blocked"],
    ["onelogin", { words: { onelogin: "1/0" } }, "not_yet"],
    ["onelogin", { words: { onelogin: "99/1" } }, "unknown"],
    ["other-scim", { state: "blocked" }, "blocked"],
  ];
  it.each(states)("%s: %o is %s", async (vendor, changes, status) => {
    people(vendorPerson(1), vendorPerson(2, changes));
    const { people: rows, gaps } = await read(vendor);
    expect(gaps).toEqual([]);
    expect(rows.find(({ emails }) => emails[0] === "person2@corp.example")?.status).toBe(status);
  });

  it.each(["okta", "entra", "google", "other-scim"] as const)(
    "%s: a second address is never a certain one",
    async (vendor) => {
      people(vendorPerson(1, { secondEmail: "jane@home.example", login: "jane@login.example" }));
      const [row] = (await read(vendor)).people;
      expect(row?.emails).toEqual(["person1@corp.example"]);
      expect(row?.weakEmails).toContain("jane@home.example");
    },
  );

  it.each(["entra", "google", "other-scim"] as const)("%s: an alias is a certain one", async (vendor) => {
    people(vendorPerson(1, { aliases: ["Jane.Doe@CORP.example", "jane@bücher.example"] }));
    const [row] = (await read(vendor)).people;
    expect(row?.emails).toEqual([
      "person1@corp.example",
      "jane.doe@corp.example",
      "jane@xn--bcher-kva.example",
    ]);
  });

  it("a guest's sign-in name at Entra is no address", async () => {
    people(vendorPerson(1, { guest: true }));
    const [row] = (await read("entra")).people;
    expect([row?.emails, row?.weakEmails]).toEqual([["person1@corp.example"], []]);
  });

  it("an address that a deleted person had belongs to the person who has it now", async () => {
    const email = "info@corp.example";
    people(vendorPerson(2, { email }), vendorPerson(1, { state: "gone", email }));
    for (const vendor of ["okta", "entra", "google"]) {
      const { people: rows } = await read(vendor);
      expect(rows.map(({ status, emails }) => [status, emails])).toEqual([
        ["active", ["info@corp.example"]],
        ["gone", []],
      ]);
    }
  });

  it.each(["okta", "entra", "google", "onelogin"] as const)(
    "%s: never signed in is not a date",
    async (vendor) => {
      people(vendorPerson(1, { lastSignIn: null }), vendorPerson(2));
      const rows = (await read(vendor)).people;
      expect(rows.map(({ lastSignIn }) => lastSignIn)).toEqual([null, "2026-01-02T03:04:05.000Z"]);
    },
  );

  it("a manager is told by address where the source shows one", async () => {
    people(vendorPerson(1), vendorPerson(2, { manager: vendorPerson(1).id }));
    for (const vendor of ["entra", "google"])
      expect((await read(vendor)).people[1]?.manager).toBe("person1@corp.example");
    expect((await read("okta")).people[1]?.manager).toBe(vendorPerson(1).id);
  });
});
