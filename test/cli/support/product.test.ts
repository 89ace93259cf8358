import { spawn } from "node:child_process";
import { once } from "node:events";
import { hostname } from "node:os";
import { describe, expect, test } from "vitest";
import { createLog } from "../../../src/cli/support/log.ts";
import { createProcessName, isGone } from "../../../src/cli/support/product.ts";
import { startSandboxed } from "../../../src/cli/support/sandboxed.ts";
import { SEED } from "../../../src/sandbox/index.ts";
import { catalog, enabledTools } from "../../../src/tools/catalog.ts";

describe("enabledTools", () => {
  const settings = {
    toolsets: ["directory", "membership", "offboarding", "scim"],
    readOnly: false,
    enterpriseId: null,
  } as const;
  const names = (more: object = {}) =>
    enabledTools(catalog, { ...settings, ...more }).map(({ name }) => name);

  test("all of the default toolsets", () => {
    expect(names()).toEqual(
      expect.arrayContaining(["check_connection", "find_member", "remove_from_boards", "apply_plan"]),
    );
  });

  test("only the named toolsets, and what belongs to all of them", () => {
    expect(names({ toolsets: ["scim"] }).toSorted()).toEqual(
      [
        "apply_plan",
        "check_connection",
        ...catalog.filter(({ toolset }) => toolset === "scim").map(({ name }) => name),
      ].toSorted(),
    );
  });

  test("read-only leaves nothing that writes", () => {
    const left = enabledTools(catalog, { ...settings, readOnly: true });
    expect(left.length).toBeGreaterThan(5);
    expect(left.filter(({ effect }) => effect !== "read")).toEqual([]);
  });
});

describe("isGone", () => {
  const self = createProcessName("self");
  const place = self.split(":")[2] ?? "";

  test("not this process, nor one that lives, nor one of another machine", () => {
    expect(isGone(self, self)).toBe(false);
    expect(isGone(`${hostname()}:${process.ppid}:${place}:x`, self)).toBe(false);
    expect(isGone(`elsewhere:1:${place}:x`, self)).toBe(false);
    expect(isGone(`${hostname()}:nonsense:${place}:x`, self)).toBe(false);
    expect(isGone("", self)).toBe(false);
  });

  test("one that ended, and an earlier one that had this process's id", async () => {
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "exit");
    expect(isGone(`${hostname()}:${child.pid}:${place}:x`, self)).toBe(true);
    expect(isGone(`${hostname()}:${process.pid}:${place}:earlier`, self)).toBe(true);
  });

  test("not one whose process id belongs to another container or boot, whatever its host is called", async () => {
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "exit");
    const [boot = "", namespace = ""] = place.split(".");
    const others = [
      `${boot}.${Number(namespace) + 1}`,
      `00000000-0000-4000-8000-000000000000.${namespace}`,
      "x",
      "",
    ];
    for (const other of others) {
      expect(isGone(`${hostname()}:${child.pid}:${other}:x`, self)).toBe(false);
      // Both containers number their processes from 1, so this process may have the same id.
      expect(isGone(`${hostname()}:${process.pid}:${other}:x`, self)).toBe(false);
    }
    // As earlier versions wrote it.
    expect(isGone(`${hostname()}:${child.pid}:random`, self)).toBe(false);
  });
});

describe("createLog", () => {
  const SECRET = "s3cret+token/value";

  test("masks the secrets in whatever a line holds", () => {
    const lines: string[] = [];
    const log = createLog("debug", [SECRET], (line) => lines.push(line));
    log(
      "error",
      { url: `https://x/?t=${encodeURIComponent(SECRET)}`, nested: { deep: [SECRET] } },
      `failed with ${SECRET}`,
    );
    log("warn", { err: new Error(`wrong ${SECRET}`) }, "thrown");
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      expect(line).not.toContain(SECRET);
      expect(line).not.toContain(encodeURIComponent(SECRET));
      expect(JSON.parse(line)).toMatchObject({
        level: expect.stringMatching(/error|warn/),
        time: expect.any(String),
      });
    }
  });

  test.each([
    ["warn", false],
    ["info", false],
    ["error", true],
  ] as const)("shows the stack of an error at the level %s: %s", (level, shown) => {
    const lines: string[] = [];
    const err = new Error(`refused\u001b[31m: ${"x".repeat(495)}${SECRET}`);
    createLog("debug", [SECRET], (line) => lines.push(line))(level, { err }, "refused");
    expect(lines[0]?.includes("product.test.ts")).toBe(shown);
    // Not even the beginning of a secret that is cut.
    expect(lines[0]).not.toContain(SECRET.slice(0, 3));
    if (!shown) expect(lines[0]?.length).toBeLessThan(700);
  });

  test("keeps to its level", () => {
    const lines: string[] = [];
    const log = createLog("warn", [], (line) => lines.push(line));
    log("info", {}, "quiet");
    log("warn", {}, "loud");
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(["loud"]);
  });
});

test("on the sandbox no real credential is left in the environment", async () => {
  const sandboxed = await startSandboxed({
    PATH: "/bin",
    TRELLO_API_TOKEN: "real",
    TRELLO_TOKEN_SECRET: "real",
    ATLASSIAN_API_BASE_URL: "https://real.invalid",
    IDENTITY_READ_ONLY: "true",
  });
  try {
    expect(sandboxed.env).toMatchObject({
      PATH: "/bin",
      IDENTITY_READ_ONLY: "true",
      TRELLO_API_TOKEN: SEED.tokens.full,
    });
    expect(Object.values(sandboxed.env).filter((value) => value?.includes("real"))).toEqual([]);
    expect(sandboxed.env["IDENTITY_STORE_URL"]).toMatch(/^sqlite:/);
  } finally {
    await sandboxed.close();
  }
});
