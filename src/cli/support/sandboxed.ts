import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { flag } from "../../config/formats.ts";
import { SETTINGS, type Variable, VARIABLES } from "../../config/settings.ts";
import { settingMeant } from "../../config/variables.ts";
import type { Sandbox, WorldName } from "../../sandbox/index.ts";
import { type CommandIo, UsageError } from "./command.ts";

/** The flags of a command that can use the sandbox. */
interface Asked {
  readonly values: { readonly sandbox?: boolean; readonly world?: string };
  readonly settings: Readonly<Partial<Record<Variable, string>>>;
}

export interface Sandboxed {
  readonly sandbox: Sandbox;
  /** The environment with the addresses and credentials of the sandbox instead of the real ones. */
  readonly env: CommandIo["env"];
  /** Stops the sandbox and deletes its files. */
  close(): Promise<void>;
}

/**
 * The company of the sandbox that the command uses (`--world` can name it); null if neither the flags nor
 * IDENTITY_SANDBOX ask for the sandbox. Throws UsageError if a settings file contains real credentials, because the
 * sandbox must run without them.
 */
export function sandboxWorld({ values, settings }: Asked, env: CommandIo["env"]): WorldName | null {
  const world = readWorld(values.world);
  const setting = flag.safeParse(settings.IDENTITY_SANDBOX ?? env["IDENTITY_SANDBOX"] ?? "false");
  if (!values.sandbox && setting.data !== true) {
    if (values.world === undefined) return null;
    throw new UsageError("--world chooses the company of the sandbox, so it needs --sandbox.");
  }
  if (VARIABLES.some((name) => "secret" in SETTINGS[name] && settings[name] !== undefined))
    throw new UsageError("The settings file has credentials, but the sandbox must run without them.");
  if (settings.IDENTITY_TENANT_CLAIM ?? env["IDENTITY_TENANT_CLAIM"])
    throw new UsageError("The sandbox has no tenants. Remove IDENTITY_TENANT_CLAIM.");
  if (settings.IDENTITY_CONNECTIONS_FILE !== undefined)
    throw new UsageError(
      "The sandbox has its own connections. Remove the setting IDENTITY_CONNECTIONS_FILE or the flag --identity-connections-file.",
    );
  return world;
}

/** The sandbox company that `--world` names; `clean` without the flag. */
export function readWorld(name = "clean"): WorldName {
  if (name === "clean" || name === "messy") return name;
  throw new UsageError("--world takes clean or messy.");
}

/** Starts the sandbox in this process. It uses a store of its own, unless the environment names a store. */
export async function startSandboxed(env: CommandIo["env"], world: WorldName = "clean"): Promise<Sandboxed> {
  const { startSandbox } = await import("../../sandbox/index.ts");
  const sandbox = await startSandbox({ world });
  const folder = await mkdtemp(join(tmpdir(), "trello-identity-sandbox-"));
  const { file, env: secrets } = sandbox.connections;
  const connections = join(folder, "connections.yaml");
  await writeFile(connections, file);
  // A process that uses the sandbox must get no real credential, not even if the name of the setting has a typing
  // mistake.
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

/** Whether a setting is about Trello or Atlassian. */
function isUpstreams(name: string | null): boolean {
  return name !== null && /^(TRELLO|ATLASSIAN)_/i.test(name);
}
