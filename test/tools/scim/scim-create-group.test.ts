import { expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { groupNamed, OVER_STDIO } from "../atlassian.ts";
import { expectApplied } from "../changes.ts";
import { describeTool, errorOf } from "../describe-tool.ts";

const crew = { displayName: "Night Crew", users: [SEED.leaver.email, SEED.successor.idScim] };

describeTool(
  "scim_create_group",
  (way) => {
    const create = (args: Record<string, unknown>) => way.call("scim_create_group", args);

    it("creates a group with members, each once, without asking", async () => {
      const users = [...crew.users, SEED.leaver.idScim, SEED.leaver.email];
      expectApplied(await create({ ...crew, users }), 1);
      expect(groupNamed(way.world, crew.displayName)?.members).toEqual([
        SEED.leaver.idScim,
        SEED.successor.idScim,
      ]);
      expect(way.person.questions).toEqual([]);
      expect(way.writes()).toHaveLength(1);
    });

    it("creates one that nobody is in", async () => {
      expectApplied(await create({ displayName: "Empty" }), 1);
      expect(groupNamed(way.world, "Empty")?.members).toEqual([]);
    });

    it("answers already where it is there with those members, and refuses where others are missing", async () => {
      expectApplied(await create(crew), 1);
      expect((await create(crew)).structured).toMatchObject({
        status: "already",
        summary: "The SCIM Group Night Crew exists with 2 members",
      });
      const error = errorOf(await create({ ...crew, users: [SEED.deputy.email] }));
      expect(error).toMatchObject({ code: "CONFLICT", next: expect.stringContaining("scim_update_group") });
      expect(way.writes()).toHaveLength(1);
    });

    it("says who else is in one that is there already", async () => {
      expectApplied(await create(crew), 1);
      for (const [users, others] of [
        [[], "The group also has 2 members that you did not name"],
        [[SEED.leaver.email], "The group also has 1 member that you did not name"],
      ] as const) {
        const { text } = await create({ ...crew, users });
        expect(text).toMatch(/^Already as wanted: The SCIM Group Night Crew exists with 2 members\n/);
        expect(text).toContain(others);
        expect(text).not.toContain("0 members");
      }
    });

    it.each([
      ["a member whom the directory does not know", { ...crew, users: ["nobody@example.com"] }, "NOT_FOUND"],
      ["no name", { displayName: " " }, "INPUT_INVALID"],
    ])("refuses %s", async (_what, args, code) => {
      expect(errorOf(await create(args))).toMatchObject({ code, next: expect.stringMatching(/\w+/) });
      expect(way.writes()).toEqual([]);
    });
  },
  { clients: OVER_STDIO },
);
