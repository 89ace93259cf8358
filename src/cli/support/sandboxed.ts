import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Sandbox } from "../../sandbox/index.ts";
import type { CommandIo } from "./command.ts";

export interface Sandboxed {
  readonly sandbox: Sandbox;
  /** The environment, with the addresses and credentials of the sandbox in the place of real ones. */
  readonly env: CommandIo["env"];
  /** Ends the sandbox and removes its files. */
  close(): Promise<void>;
}

/** Starts the sandbox in this process. It has its own store unless the environment names one. */
export async function startSandboxed(env: CommandIo["env"]): Promise<Sandboxed> {
  const { startSandbox } = await import("../../sandbox/index.ts");
  const sandbox = await startSandbox();
  const folder = await mkdtemp(join(tmpdir(), "trello-identity-sandbox-"));
  // A process on the sandbox must not have a real credential.
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
