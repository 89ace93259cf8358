import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Sandbox, WorldName } from "../../sandbox/index.ts";
import { type CommandIo, UsageError } from "./command.ts";

export interface Sandboxed {
  readonly sandbox: Sandbox;
  /** The environment, with the addresses and credentials of the sandbox in the place of real ones. */
  readonly env: CommandIo["env"];
  /** Ends the sandbox and removes its files. */
  close(): Promise<void>;
}

/** The flags of a command that can run on the sandbox. */
export const SANDBOX_FLAGS = { sandbox: { type: "boolean" }, world: { type: "string" } } as const;

/** The world that the flags ask for, or null if they ask for no sandbox. */
export function sandboxWorld(values: {
  readonly sandbox?: boolean;
  readonly world?: string;
}): WorldName | null {
  const world = readWorld(values.world);
  if (values.sandbox) return world;
  if (values.world !== undefined)
    throw new UsageError("--world is a world of the sandbox and needs --sandbox.");
  return null;
}

/** The world that `--world` names: the clean one if the flag is not there. */
export function readWorld(name = "clean"): WorldName {
  if (name === "clean" || name === "messy") return name;
  throw new UsageError("--world takes clean or messy.");
}

/** Starts the sandbox in this process. It has its own store unless the environment names one. */
export async function startSandboxed(env: CommandIo["env"], world: WorldName = "clean"): Promise<Sandboxed> {
  const { startSandbox } = await import("../../sandbox/index.ts");
  const sandbox = await startSandbox({ world });
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
