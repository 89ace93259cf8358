import { mkdtemp, rename, rm, symlink, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadConfig } from "../../../src/config/load.ts";
import { createRereading } from "../../../src/cli/support/rereading.ts";
import { createWatchedFiles } from "../../../src/cli/support/watched-files.ts";
import { MEMORY } from "../../support/memory.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(MEMORY, "rereading-"));
});
afterEach(() => rm(folder, { recursive: true }));

const put = (name: string, text: string) => writeFile(join(folder, name), text);
const CONNECTIONS = `
tenants:
  acme: { trello_api_key: env:KEY, trello_api_token: "file:acme" }
  globex: { trello_api_key: env:KEY, trello_api_token: "file:globex" }
`;

/** The settings of two tenants whose tokens are in files. */
async function start() {
  await put("connections.yaml", CONNECTIONS);
  await put("acme", "acme-one");
  await put("globex", "globex-one");
  const files = createWatchedFiles();
  const rereading = createRereading(files, (readFile) =>
    loadConfig({
      env: {
        KEY: "key-of-the-app",
        IDENTITY_TENANT_CLAIM: "org",
        IDENTITY_AUTH_ISSUER: "https://issuer.example",
        IDENTITY_AUTH_AUDIENCE: "https://identity.example/mcp",
        IDENTITY_PUBLIC_URL: "https://identity.example",
        IDENTITY_CONNECTIONS_FILE: join(folder, "connections.yaml"),
      },
      machine: { platform: "linux", home: folder, folder },
      readFile,
      needsTrello: true,
      toolNames: async () => [],
    }),
  );
  await rereading.first();
  const tokens = async () => {
    const { config, problems } = await rereading.again();
    return { tokens: config?.tenants.map(({ trello }) => trello?.apiToken.reveal()) ?? null, problems };
  };
  return { files, tokens };
}

test.each([
  ["an empty file", () => put("globex", "")],
  ["a file that is gone", () => unlink(join(folder, "globex"))],
  ["a value that no token has", () => put("globex", "globex two with spaces")],
])("%s of one tenant is told and does not hold back the new token of another", async (_title, spoil) => {
  const { tokens } = await start();
  await spoil();
  await put("acme", "acme-two");
  const first = await tokens();
  expect(first.tokens).toEqual(["acme-two", "globex-one"]);
  expect(first.problems).toHaveLength(1);
  expect(first.problems[0]).toContain("globex");
  // The other is taken when it is whole.
  await put("globex", "globex-two");
  expect(await tokens()).toEqual({ tokens: ["acme-two", "globex-two"], problems: [] });
});

test.each([
  ["cut in a line", CONNECTIONS.slice(0, 60)],
  ["no YAML", "tenants: {"],
  ["empty", ""],
  ["with a secret in it", CONNECTIONS.replace("env:KEY", "secret-itself")],
])("a connections file that is %s changes nothing and names its mistake", async (_title, text) => {
  const { tokens } = await start();
  await put("connections.yaml", text);
  const read = await tokens();
  expect(read.tokens).toBeNull();
  expect(read.problems.length).toBeGreaterThan(0);
  expect(read.problems.join("\n")).not.toMatch(/secret-itself|acme-one/);
  await put("connections.yaml", CONNECTIONS);
  expect(await tokens()).toEqual({ tokens: ["acme-one", "globex-one"], problems: [] });
});

test("each change of a file is seen: written, made shorter, replaced, another link, gone, back", async () => {
  const { files, tokens } = await start();
  expect(await files.haveChanged()).toBe(false);
  const steps: readonly (() => Promise<unknown>)[] = [
    () => put("acme", "acme-two-is-longer"),
    () => put("acme", "a"),
    () => put("next", "a").then(() => rename(join(folder, "next"), join(folder, "acme"))),
    () =>
      put("linked", "acme-four")
        .then(() => unlink(join(folder, "acme")))
        .then(() => symlink(join(folder, "linked"), join(folder, "acme"))),
    () => unlink(join(folder, "acme")),
    () => put("acme", "acme-five"),
  ];
  for (const [index, step] of steps.entries()) {
    await step();
    expect([index, await files.haveChanged()]).toEqual([index, true]);
    await tokens();
    expect([index, await files.haveChanged()]).toEqual([index, false]);
  }
});
