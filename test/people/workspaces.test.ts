import { describe, expect, test } from "vitest";
import { AppError } from "../../src/domain/error.ts";
import type { PlanContext } from "../../src/domain/planning.ts";
import type { Reads } from "../../src/domain/reads.ts";
import type { WorkspaceSnapshot } from "../../src/domain/trello.ts";
import { boardsOf } from "../../src/people/boards.ts";
import { personIn } from "../../src/people/find.ts";
import { requireWorkspace, takingNames } from "../../src/people/workspaces.ts";
import { fakeContext, id, row, snapshot } from "../support/plan-context.ts";

const owner = row({ n: 7_000, name: "Owner" }, "admin");
const ada = row({ n: 1, name: "Ada Lovelace", username: "ada" });
const bo = row({ n: 2, name: "Bo Diaz", username: "bo" });

/** A workspace; each board is given as its name. */
function place(
  n: number,
  slug: string,
  displayName: string,
  boards: readonly string[],
  people = [owner],
): WorkspaceSnapshot {
  const base = snapshot(
    people,
    boards.map(() => people),
  );
  return {
    ...base,
    workspace: { ...base.workspace, id: id(9_000 + n), name: slug, displayName },
    boards: base.boards.map((board, index) => ({
      ...board,
      id: id(8_000 + n * 100 + index),
      shortLink: `Short${n}0${index}`,
      name: boards[index] ?? "",
    })),
  };
}

const north = place(
  1,
  "northwindoperations",
  "Northwind Opérations",
  ["Fleet Roadmap", "Café Plan", "Shared"],
  [owner, ada],
);
const south = place(2, "southwind", "Southwind", ["Shared", "Twin", "twin"], [owner, ada, bo]);
const twins = [place(3, "twin1", "Twin Labs", []), place(4, "twin2", "twin labs", [])];
const own = [north, south, ...twins];
const stranger = { ...place(9, "twins", "Public Twins", []), memberships: [] };
const misleading = { ...place(8, "southwinds", "Strangers", []), memberships: [] };

function reads(listed: readonly WorkspaceSnapshot[] = own): {
  readonly context: PlanContext;
  readonly asked: string[];
} {
  const asked: string[] = [];
  const all = [...listed, stranger, misleading];
  const { context } = fakeContext();
  const workspace = async (ref: string) => {
    asked.push(ref);
    const found = all.find(({ workspace: each }) => each.id === ref || each.name === ref);
    if (!found) throw new AppError("NOT_FOUND", "gone", { next: "Look." });
    return found;
  };
  const trello = {
    ...context.reads.trello,
    workspace,
    workspaceSnapshots: (refs: readonly string[]) => Promise.all(refs.map(workspace)),
    workspaces: async () => {
      asked.push("list");
      return listed.map((each) => each.workspace);
    },
  } as unknown as Reads["trello"];
  return { context: { ...context, reads: takingNames({ ...context.reads, trello }) }, asked };
}

const idOf = (asked: Promise<WorkspaceSnapshot>) => asked.then((found) => found.workspace.id);

describe("a workspace is meant by", () => {
  test.each([
    ["its id", id(9_001), [id(9_001)]],
    ["its slug", "northwindoperations", ["northwindoperations"]],
    ["its address", "https://trello.com/w/northwindoperations/home", ["northwindoperations"]],
    ["its old address", "trello.com/northwindoperations", ["northwindoperations"]],
    ["its name", "Northwind Opérations", ["list", id(9_001)]],
    ["its name without marks and case", " NORTHWIND operations", ["list", id(9_001)]],
  ])("%s", async (_by, ref, cost) => {
    const { context, asked } = reads();
    expect(await idOf(context.reads.trello.workspace(ref))).toBe(id(9_001));
    expect(asked).toEqual(cost);
  });

  test("a name in one word, which is looked for as a slug first", async () => {
    const { context, asked } = reads([place(1, "nw1", "northwind", [])]);
    expect(await idOf(context.reads.trello.workspace("northwind"))).toBe(id(9_001));
    expect(asked).toEqual(["northwind", "list", id(9_001)]);
  });

  test("the own one of that name, not a public one of strangers with that slug", async () => {
    const { context } = reads([place(1, "ours", "southwinds", [])]);
    expect(await idOf(context.reads.trello.workspace("southwinds"))).toBe(id(9_001));
  });

  test("several refs at once, mixed", async () => {
    const { context } = reads();
    const found = await context.reads.trello.workspaceSnapshots([
      id(9_002),
      "Northwind operations",
      "southwind",
    ]);
    expect(found.map(({ workspace }) => workspace.id)).toEqual([id(9_002), id(9_001), id(9_002)]);
  });

  test("no name that two have: AMBIGUOUS with both, by slug", async () => {
    await expect(reads().context.reads.trello.workspace("Twin Labs")).rejects.toMatchObject({
      code: "AMBIGUOUS",
      details: {
        candidates: [expect.objectContaining({ id: id(9_003) }), expect.objectContaining({ id: id(9_004) })],
      },
    });
  });

  test.each(["Northwind", "norhtwind operations", "Operations", "southwnd"])(
    "not %s, but a near one is told",
    async (ref) => {
      await expect(reads().context.reads.trello.workspace(ref)).rejects.toMatchObject({
        code: "NOT_FOUND",
        next: expect.stringContaining("Did you mean"),
        details: {
          candidates: [
            expect.objectContaining({ id: expect.any(String), name: expect.stringMatching(/wind/) }),
          ],
        },
      });
    },
  );
});

describe("a board is meant by", () => {
  test.each([
    ["id", id(8_100)],
    ["short link", "Short100"],
    ["address", "https://trello.com/b/Short100/fleet-roadmap"],
    ["name", "fleet  ROADMAP"],
  ])("its %s", (_by, ref) => {
    expect(boardsOf(north, [ref]).map((board) => board.id)).toEqual([id(8_100)]);
  });

  test("its name without marks, each board once", () => {
    expect(boardsOf(north, ["Cafe Plan", "CAFÉ PLAN", "Shared"]).map((board) => board.name)).toEqual([
      "Café Plan",
      "Shared",
    ]);
  });

  test("no name that two have, and no near miss", () => {
    const error = (refs: readonly string[]) => {
      try {
        return boardsOf(south, refs);
      } catch (thrown) {
        return thrown;
      }
    };
    expect(error(["Twin"])).toMatchObject({ code: "AMBIGUOUS", details: { candidates: [{}, {}] } });
    expect(error(["Shraed"])).toMatchObject({
      code: "NOT_FOUND",
      details: { candidates: [expect.objectContaining({ name: "Shared", where: "Southwind" })] },
    });
    expect(error(["zzz"])).toMatchObject({
      code: "NOT_FOUND",
      next: expect.stringContaining("list_workspace_boards"),
    });
  });
});

describe("without a workspace", () => {
  test("a change is about the only one, or the only one that has the boards", async () => {
    expect(await idOf(requireWorkspace({}, reads([south]).context))).toBe(id(9_002));
    expect(await idOf(requireWorkspace({ boards: ["Fleet Roadmap"] }, reads().context))).toBe(id(9_001));
    expect(await idOf(requireWorkspace({ boards: ["shared", "twin"] }, reads().context))).toBe(id(9_002));
  });

  test.each([
    [{}, "AMBIGUOUS"],
    [{ boards: ["Shared"] }, "AMBIGUOUS"],
    [{ boards: ["Nowhere"] }, "NOT_FOUND"],
  ])("it is asked for with the candidates: %j", async (args, code) => {
    await expect(requireWorkspace(args, reads().context)).rejects.toMatchObject({ code });
  });

  test("a person is taken in the only workspace that has them, by any spelling", async () => {
    for (const member of [id(2), "@bo", "bo diaz", "Bo Díaz"]) {
      const { snapshot: where, person } = await personIn({ member }, reads().context);
      expect([where.workspace.id, person.idMember]).toEqual([id(9_002), id(2)]);
      expect(person.identifiedBy).toBe(member.includes(" ") ? "name" : undefined);
    }
  });

  test("of a person of two, the workspace is asked for, unless the boards say which", async () => {
    await expect(personIn({ member: "@ada" }, reads().context)).rejects.toMatchObject({
      code: "AMBIGUOUS",
      next: expect.stringContaining("workspace"),
      details: {
        candidates: [expect.objectContaining({ id: id(9_001) }), expect.objectContaining({ id: id(9_002) })],
      },
    });
    const { snapshot: where } = await personIn(
      { member: "@ada", boards: ["Fleet Roadmap"] },
      reads().context,
    );
    expect(where.workspace.id).toBe(id(9_001));
  });
});
