import { expect, test } from "vitest";
import { dataFolder } from "../../src/config/data-folder.ts";

test.each([
  ["linux", {}, "/home/ada/.local/share/trello-identity-mcp"],
  ["linux", { XDG_DATA_HOME: "/data" }, "/data/trello-identity-mcp"],
  ["linux", { XDG_DATA_HOME: "relative" }, "/home/ada/.local/share/trello-identity-mcp"],
  ["darwin", { XDG_DATA_HOME: "/data" }, "/home/ada/Library/Application Support/trello-identity-mcp"],
] as const)("%s %j", (platform, env, wanted) => {
  expect(dataFolder({ platform, home: "/home/ada", folder: "/" }, env)).toBe(wanted);
});

test.each([
  [{ LOCALAPPDATA: "D:\\Local" }, "D:\\Local\\trello-identity-mcp"],
  [{}, "C:\\Users\\ada\\AppData\\Local\\trello-identity-mcp"],
])("win32 %j", (env, wanted) => {
  expect(dataFolder({ platform: "win32", home: "C:\\Users\\ada", folder: "C:\\" }, env)).toBe(wanted);
});
