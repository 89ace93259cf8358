import { describe, expect, test } from "vitest";
import type { Addition } from "../../../src/cli/init/entry.ts";
import { mergeToml, tomlText } from "../../../src/cli/init/toml.ts";

const addition: Addition = {
  name: "trello-identity",
  entry: { command: "node", args: ['/a "b"\\c.js', "stdio"], env_vars: ["TRELLO_API_KEY"] },
  inputs: [],
};
const TABLE = `[mcp_servers.trello-identity]
command = "node"
args = ["/a \\"b\\"\\\\c.js", "stdio"]
env_vars = ["TRELLO_API_KEY"]`;
const merge = (text: string) => mergeToml(text, "mcp_servers", addition, "config.toml");

describe("a table in a TOML file", () => {
  test("alone", () => {
    expect(tomlText("mcp_servers", addition)).toBe(TABLE);
    expect(merge("")).toBe(`${TABLE}\n`);
  });

  test.each([
    'model = "x"\n',
    '# comment\nmodel = "x"\n\n[mcp_servers.other]\ncommand = "y"\n',
    '[mcp_servers.trello-identity-sandbox]\ncommand = "node"\n',
  ])("after what is there: %j", (before) => {
    expect(merge(before)).toBe(`${before.trimEnd()}\n\n${TABLE}\n`);
  });

  test.each(["[mcp_servers.trello-identity]", '[ mcp_servers."trello-identity" ] # ours'])(
    "in the place of its own earlier keys, under %s",
    (header) => {
      const before = [
        'model = "x"',
        header,
        "# mine",
        'command = "old"',
        "args = [",
        '  "a]b", # [',
        "  'c',",
        "]",
        "startup_timeout_sec = 20",
        "[mcp_servers.trello-identity.env]",
        'args = "not ours"',
        "[other]",
        'command = "stays"',
        "",
      ].join("\n");
      const [, ...keys] = TABLE.split("\n");
      const after = merge(before);
      expect(after).toBe(
        [
          'model = "x"',
          header,
          ...keys,
          "# mine",
          "startup_timeout_sec = 20",
          "[mcp_servers.trello-identity.env]",
          'args = "not ours"',
          "[other]",
          'command = "stays"',
          "",
        ].join("\n"),
      );
      expect(merge(after)).toBe(after);
    },
  );

  test.each(["mcp_servers = {}\n", ' mcp_servers={ a = { command = "b" } }\n'])("not into %j", (before) => {
    expect(() => merge(before)).toThrow(/inline table, so nothing was changed/);
  });
});
