import { describe, expect, it } from "vitest";
import { board, member, workspace } from "../../../src/tools/support/fields.ts";

const ID = "65a4b1c0020000000000000f";

describe("what inputs are read as", () => {
  it.each([
    ["workspace", workspace],
    ["board", board],
    ["member", member],
  ])("an id in capital letters is the same %s", (_what, field) => {
    expect(field.parse(` ${ID.toUpperCase()} `)).toBe(ID);
  });

  it("short links, slugs and names keep their case", () => {
    expect(board.parse("sB00000G")).toBe("sB00000G");
    expect(workspace.parse("NorthWind")).toBe("NorthWind");
    // One digit short of an id.
    expect(member.parse("ABCDEF0123456789ABCDEF0")).toBe("ABCDEF0123456789ABCDEF0");
  });

  it("a name with decomposed letters is the composed one", () => {
    expect(member.parse("Toma\u0301s Herrera")).toBe("Tom\u00e1s Herrera");
  });
});
