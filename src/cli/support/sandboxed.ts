import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Sandbox } from "../../sandbox/index.ts";
import type { CommandIo } from "./command.ts";

export interface Sandboxed {
  readonly sandbox: Sandbox;
  /** The environment with the sandbox's addresses and credentials in place of any real ones. */
  readonly env: CommandIo["env"];
  /** Ends the sandbox and removes what it left. */
  close(): Promise<void>;
}

/** Starts the sandbox in this process, with a store of its own unless the environment names one. */
export async function startSandboxed(env: CommandIo["env"]): Promise<Sandboxed> {
  const { startSandbox } = await import("../../sandbox/index.ts");
  const sandbox = await startSandbox();
  const folder = await mkdtemp(join(tmpdir(), "trello-identity-sandbox-"));
  // No real credential may reach a process that says it works on the sandbox, nor the other way round.
  const own = Object.entries(env).filter(([name]) => !/^(TRELLO|ATLASSIAN)_/.test(name));
  return {
    sandbox,
    env: {
      IDENTITY_STORE_URL: `sqlite:${join(folder, "identity.db")}`,
      ...Object.fromEntries(own),
      ...sandbox.env,
    },
    async close() {
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
