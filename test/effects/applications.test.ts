import { describe, expect, test } from "vitest";
import type { ApplicationReads, ApplicationUser, Deactivation } from "../../src/domain/application.ts";
import { applicationUser } from "../../src/domain/application.ts";
import { AppError } from "../../src/domain/error.ts";
import type { Reads } from "../../src/domain/reads.ts";
import type { Writes } from "../../src/domain/writes.ts";
import { setApplicationActive } from "../../src/effects/applications.ts";
import { gravityOf } from "../../src/effects/gravity.ts";
import { inverseOf, takesAway } from "../../src/effects/kinds.ts";
import { toolsMaking } from "../../src/tools/catalog.ts";
import { catalog } from "../../src/tools/catalog.ts";

const EMAIL = "jane@corp.example";
const { kind } = setApplicationActive;

const userAs = (active: unknown, id = "u1"): ApplicationUser =>
  applicationUser.parse({ id, userName: "jdoe", emails: [{ value: EMAIL }], active });

/** An application with these users, and what it is asked to do. */
function withUsers(users: readonly ApplicationUser[]) {
  const asked: string[] = [];
  const missing = () => new AppError("NOT_FOUND", "no such user", { next: "Look." });
  const application: ApplicationReads = {
    name: "chat",
    write: true,
    deactivate: "patch",
    undo: true,
    search: "all users",
    usersWithEmail: async () => users,
    user: async (id) => users.find((user) => user.id === id) ?? Promise.reject(missing()),
    record: async (id) => ({ id, active: true }),
    count: async () => users.length,
  };
  const told = (what: string) => async (id: string) => void asked.push(`${what} ${id}`);
  const writes = {
    applications: [
      { name: "chat", patchActive: told("patch"), putActive: told("put"), deleteUser: told("delete") },
    ],
  } as unknown as Writes;
  return { asked, writes, reads: { applications: [application] } as unknown as Reads };
}

const effect = (
  after: { active: boolean; by?: Deactivation; final?: true },
  target: { userId?: string } = { userId: "u1" },
) =>
  setApplicationActive.make({
    target: { application: "chat", email: EMAIL, ...target },
    before: target.userId === undefined ? { notRead: "down" } : { active: !after.active, userName: "jdoe" },
    after: { by: "patch", ...after },
    label: "Jane",
  });
const later = (active: boolean) => effect({ active }, {});

describe("whether a person's access to an application is as wanted", () => {
  test.each<[string, ReturnType<typeof effect>, readonly ApplicationUser[], boolean]>([
    ["off, and not active", effect({ active: false }), [userAs(false)], true],
    ["off, and active", effect({ active: false }), [userAs(true)], false],
    ["off, and gone", effect({ active: false }), [], true],
    [
      "off, and gone, with another active user of the email",
      effect({ active: false }),
      [userAs(true, "u2")],
      false,
    ],
    ["deleted, and kept without access", effect({ active: false, by: "delete" }), [userAs(false)], true],
    ["deleted, and still there", effect({ active: false, by: "delete" }), [userAs(null)], false],
    ["on, and active", effect({ active: true }), [userAs(true)], true],
    ["on, and gone", effect({ active: true }), [], false],
    ["on, and another user has the email", effect({ active: true }), [userAs(true, "u2")], false],
    ["off, by email, and no one is there", later(false), [], true],
    ["off, by email, and one of two is active", later(false), [userAs(false), userAs(true, "u2")], false],
    ["on, by email, and active", later(true), [userAs(true)], true],
    ["on, by email, and two are", later(true), [userAs(true), userAs(true, "u2")], false],
  ])("%s", async (_what, made, users, holds) => {
    expect(await kind.holds(made, withUsers(users).reads)).toBe(holds);
  });

  test("is not known if the application does not show it", async () => {
    await expect(
      kind.holds(effect({ active: false }), withUsers([userAs(null)]).reads),
    ).rejects.toMatchObject({
      code: "UPSTREAM_FORBIDDEN",
    });
  });
});

describe("the request", () => {
  test.each<[Deactivation, string]>([
    ["patch", "patch u1"],
    ["put", "put u1"],
    ["delete", "delete u1"],
  ])("is the one that was decided: %s", async (by, request) => {
    const { asked, writes, reads } = withUsers([userAs(true)]);
    await kind.send(effect({ active: false, by }), writes, reads);
    expect(asked).toEqual([request]);
  });

  test.each<[string, readonly ApplicationUser[], string]>([
    ["no one", [], "CONFLICT"],
    ["a user who is not active", [userAs(false)], "CONFLICT"],
    ["two users", [userAs(true), userAs(true, "u2")], "AMBIGUOUS"],
  ])("is not sent if the email leads to %s", async (_what, users, code) => {
    const { asked, writes, reads } = withUsers(users);
    await expect(kind.send(later(false), writes, reads)).rejects.toMatchObject({ code, applied: "no" });
    expect(asked).toEqual([]);
  });

  test("goes to the one user of the email", async () => {
    const { asked, writes, reads } = withUsers([userAs(true, "u7")]);
    await kind.send(later(false), writes, reads);
    expect(asked).toEqual(["patch u7"]);
  });

  test("is not sent to an application that may not be written", async () => {
    const { reads } = withUsers([userAs(true)]);
    await expect(
      Promise.resolve().then(() =>
        kind.send(effect({ active: false }), { applications: [] } as unknown as Writes, reads),
      ),
    ).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });
});

test("an undo activates again by the same request; what is final has none, needs the name, and obeys the rule for deletions", () => {
  const off = effect({ active: false });
  expect(inverseOf(off)).toMatchObject([
    { op: off.op, target: off.target, after: { active: true, by: "patch" } },
  ]);
  expect(inverseOf(inverseOf(off)[0] ?? off)).toMatchObject([{ after: { active: false, by: "patch" } }]);
  const final = effect({ active: false, by: "delete", final: true });
  expect(inverseOf(final)).toEqual([]);
  expect([kind.typedName(off), kind.typedName(final)]).toEqual([null, "jdoe"]);
  expect([off, final, inverseOf(off)[0] ?? off].map(takesAway)).toEqual([true, true, false]);
  expect(gravityOf(off).gravity).toBe("approval");
  const making = toolsMaking(catalog);
  expect(making(off)).toEqual(["offboard_member"]);
  expect(making(final)).toEqual(["offboard_member", "scim_delete_user"]);
});
