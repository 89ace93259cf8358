import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseSync, Visitor } from "oxc-parser";
import { describe, expect, it, test } from "vitest";
import { z } from "zod";
import { parsePolicy } from "../../src/config/policy.ts";
import { removeBoardMember, setBoardMember } from "../../src/effects/board-members.ts";
import { ops } from "../../src/effects/kinds.ts";
import { setScimActive } from "../../src/effects/scim-users.ts";
import { catalog, plannedTools, plannerOf, toolsMaking } from "../../src/tools/catalog.ts";
import { defineTool } from "../../src/tools/define.ts";
import { fakeContext } from "../support/plan-context.ts";

const making = toolsMaking(catalog);
const label = "somebody";
const onBoard = { idBoard: "b", idMember: "m", idOrganization: "w" };
const role = (memberType: string, before: { memberType: string } | null = null) =>
  setBoardMember.make({ target: onBoard, before, after: { memberType }, label });
const offBoard = removeBoardMember.make({
  target: onBoard,
  before: { memberType: "normal" },
  after: null,
  label,
});
const active = (value: boolean) =>
  setScimActive.make({
    target: { scimId: "u" },
    before: { active: !value },
    after: { active: value },
    label,
  });

describe("the tools that make an effect", () => {
  it("are those that declare it, by direction and by whether it makes an admin", () => {
    expect(making(offBoard).toSorted()).toEqual([
      "add_to_boards",
      "offboard_member",
      "plan_roster_changes",
      "remediate_review",
      "remove_from_boards",
      "remove_from_workspace",
    ]);
    expect(making(role("admin")).toSorted()).toEqual(["add_to_boards", "set_board_role"]);
    expect(making(role("normal"))).toContain("invite_member");
    expect(making(role("normal", { memberType: "admin" }))).toContain("set_board_role");
    expect(making(active(false)).toSorted()).toEqual(["offboard_member", "scim_deactivate_user"]);
    expect(making(active(true))).toEqual(["scim_reactivate_user"]);
  });

  it("are not those that make it only along with their own work: a policy for these is about that work", () => {
    const along = catalog.flatMap((tool) =>
      "makes" in tool &&
      tool.makes !== "inverses" &&
      tool.makes.some(({ op, along }) => along && op === "set_board_member")
        ? [tool]
        : [],
    );
    expect(along.map(({ name }) => name)).toContain("offboard_member");
    for (const tool of along) expect(making(role("normal"))).not.toContain(tool.name);
  });

  it.each(ops)("are known for %s, so that a policy can rule it", (op) => {
    const declared = catalog.flatMap((tool) =>
      "makes" in tool && tool.makes !== "inverses" ? tool.makes.map((made) => made.op) : [],
    );
    expect(declared).toContain(op);
  });
});

describe("a plan with an effect that its tool does not declare", () => {
  const planning = (effects: readonly ReturnType<typeof role>[]) =>
    plannerOf([
      defineTool({
        name: "add_somewhere",
        title: "Add somewhere",
        description: "Adds.",
        toolset: "membership",
        effect: "create",
        makes: [{ op: "set_board_member", direction: "gives" }],
        input: z.strictObject({}),
        plan: async () => ({ summary: "s", effects, warnings: [], subjects: [], blindSpots: [] }),
      }),
    ])("add_somewhere")?.plan({}, fakeContext().context);

  it.each([
    ["another op", offBoard],
    ["another direction", active(false)],
    ["an admin where none is declared", role("admin")],
  ])("is a defect: %s", async (_, effect) => {
    await expect(planning([role("normal"), effect])).rejects.toMatchObject({ code: "INTERNAL" });
  });

  it("is not one with those it declares", async () => {
    await expect(planning([role("normal")])).resolves.toMatchObject({ summary: "s" });
  });
});

test("a policy file can name each tool that changes something, and no other", async () => {
  const changing = catalog.filter(({ effect }) => effect !== "read" && effect !== "apply");
  expect(plannedTools(catalog).toSorted()).toEqual(changing.map(({ name }) => name).toSorted());
  const naming = (name: string) => parsePolicy(`confirmation: { ${name}: approval }`, plannedTools(catalog));
  for (const { name } of changing) expect(await naming(name)).toHaveProperty("policy");
  expect(await naming("find_member")).toHaveProperty("problems");
  expect(await naming("remove_from_bords")).toHaveProperty("problems");
});

describe("an op", () => {
  const src = fileURLToPath(new URL("../../src/", import.meta.url));
  const files = readdirSync(src, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    // The type itself is in the domain; the upstream's own words are the sandbox's.
    .filter((path) => path.endsWith(".ts") && !/^(effects|sandbox)\/|^domain\/effect\.ts$/.test(path));
  const named = new RegExp(`\\b(?:${ops.join("|")})\\b`);

  it.each(files)("is no text in %s, but in what a tool makes", (path) => {
    const text = readFileSync(`${src}${path}`, "utf8");
    // Most files have no op in any place, and parsing them costs a second.
    if (!named.test(text)) return;
    const { program, errors } = parseSync(path, text);
    expect(errors).toEqual([]);
    const declared = new Set<number>();
    const texts: { readonly start: number; readonly value: unknown }[] = [];
    new Visitor({
      Property({ key, value }) {
        const isMakes = key.type === "Identifier" && key.name === "makes" && path.startsWith("tools/");
        if (!isMakes || value.type !== "ArrayExpression") return;
        for (const element of value.elements)
          if (element?.type === "ObjectExpression")
            for (const property of element.properties)
              if (property.type === "Property") declared.add(property.value.start);
      },
      Identifier({ start, name }) {
        texts.push({ start, value: name });
      },
      Literal({ start, value }) {
        texts.push({ start, value });
      },
      TemplateElement({ start, value }) {
        for (const word of value.raw.match(/\w+/g) ?? []) texts.push({ start, value: word });
      },
    }).visit(program);
    const known: readonly unknown[] = ops;
    expect(
      texts
        .filter(({ start, value }) => known.includes(value) && !declared.has(start))
        .map(({ value }) => value),
    ).toEqual([]);
  });
});
