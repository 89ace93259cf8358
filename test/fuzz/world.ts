import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type Sandbox, startSandbox } from "../../src/sandbox/index.ts";
import { catalog } from "../../src/tools/catalog.ts";
import { MEMORY } from "../support/memory.ts";
import type { FuzzedTool } from "./messages.ts";
import type { Schema } from "./values.ts";

/** A sandbox and settings under which no call changes anything unless a person decides, and no person is there. */
export interface Fuzzed {
  readonly sandbox: Sandbox;
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
  /** What no answer and no line of the log may show. */
  readonly secrets: readonly string[];
  close(): Promise<void>;
}

const SECRETS = [
  "TRELLO_API_KEY",
  "TRELLO_API_TOKEN",
  "TRELLO_API_SECRET",
  "ATLASSIAN_SCIM_TOKEN",
  "ATLASSIAN_ORG_API_KEY",
];

export async function startFuzzed(): Promise<Fuzzed> {
  const sandbox = await startSandbox({ rateLimits: false });
  const folder = await mkdtemp(join(MEMORY, "trello-identity-fuzz-"));
  const policy = join(folder, "policy.yaml");
  const writes = catalog
    .filter(({ effect }) => effect !== "read" && effect !== "apply")
    .map(({ name }) => `  ${name}: approval`);
  await writeFile(policy, ["confirmation:", "  default: approval", ...writes, ""].join("\n"));
  return {
    sandbox,
    folder,
    env: {
      ...sandbox.env,
      IDENTITY_OPEN_BROWSER: "false",
      IDENTITY_STORE_URL: `sqlite:${join(folder, "identity.db")}`,
      IDENTITY_POLICY_FILE: policy,
      IDENTITY_LOG_LEVEL: "debug",
      IDENTITY_TOOLSETS: "directory,membership,offboarding,scim,enterprise,reviews",
    },
    secrets: SECRETS.map((name) => sandbox.env[name] ?? name),
    async close() {
      await sandbox.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Every tool with the schema that clients see. */
export function toolsOf(tools: typeof catalog): readonly FuzzedTool[] {
  return tools.map(({ name, input }) => ({
    name,
    inputSchema: z.toJSONSchema(input, { io: "input", unrepresentable: "any" }) as Schema,
  }));
}
