import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { flag } from "../../config/formats.ts";
import { SETTINGS, type Variable, VARIABLES } from "../../config/settings.ts";
import { settingMeant } from "../../config/variables.ts";
import type { Sandbox, WorldName } from "../../sandbox/index.ts";
import { type CommandIo, UsageError } from "./command.ts";

/** The flags of a command that can run on the sandbox. */
interface Asked {
  readonly values: { readonly sandbox?: boolean; readonly world?: string };
  readonly settings: Readonly<Partial<Record<Variable, string>>>;
}

export interface Sandboxed {
  readonly sandbox: Sandbox;
  /** The environment, with the sandbox's addresses and credentials instead of the real ones. */
  readonly env: CommandIo["env"];
  /** Ends the sandbox and removes its files. */
  close(): Promise<void>;
}

/**
 * The world that the flags or IDENTITY_SANDBOX ask for; null if nothing asks for the sandbox. Throws UsageError if a
 * settings file brings a secret with it, because the sandbox must run without real credentials.
 */
export function sandboxWorld({ values, settings }: Asked, env: CommandIo["env"]): WorldName | null {
  const world = readWorld(values.world);
  const setting = flag.safeParse(settings.IDENTITY_SANDBOX ?? env["IDENTITY_SANDBOX"] ?? "false");
  if (!values.sandbox && setting.data !== true) {
    if (values.world === undefined) return null;
    throw new UsageError("--world chooses a world of the sandbox, so it needs --sandbox.");
  }
  if (VARIABLES.some((name) => "secret" in SETTINGS[name] && settings[name] !== undefined))
    throw new UsageError("The settings file has credentials, but the sandbox must run without them.");
  if (settings.IDENTITY_CONNECTIONS_FILE !== undefined)
    throw new UsageError("The sandbox has connections of its own. Remove identity-connections-file.");
  return world;
}

/** The world that `--world` names; the clean one without the flag. */
export function readWorld(name = "clean"): WorldName {
  if (name === "clean" || name === "messy") return name;
  throw new UsageError("--world takes clean or messy.");
}

/** Starts the sandbox in this process. It has its own store unless the environment names one. */
export async function startSandboxed(env: CommandIo["env"], world: WorldName = "clean"): Promise<Sandboxed> {
  const { startSandbox } = await import("../../sandbox/index.ts");
  const sandbox = await startSandbox({ world });
  const folder = await mkdtemp(join(tmpdir(), "trello-identity-sandbox-"));
  const { file, env: secrets } = sandbox.connections;
  const connections = join(folder, "connections.yaml");
  await writeFile(connections, file);
  // A process on the sandbox must not have a real credential, even one with a misspelt name.
  const own = Object.entries(env).filter(([name]) => !isUpstreams(name) && !isUpstreams(settingMeant(name)));
  return {
    sandbox,
    env: {
      IDENTITY_STORE_URL: `sqlite:${join(folder, "identity.db")}`,
      ...Object.fromEntries(own),
      ...sandbox.env,
      ...secrets,
      IDENTITY_CONNECTIONS_FILE: connections,
    },
    async close() {
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Whether a setting belongs to an upstream. */
function isUpstreams(name: string | null): boolean {
  return name !== null && /^(TRELLO|ATLASSIAN)_/i.test(name);
}
