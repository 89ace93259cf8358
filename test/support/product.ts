import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { McpServerFactory } from "@modelcontextprotocol/server";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../src/sandbox/index.ts";
import type { ClientKind, ClientOptions, Endpoint, TestClient } from "./client.ts";
import { connect } from "./connect.ts";
import { freshWorld } from "./fresh-world.ts";
import { type HttpProcess, startHttpProcess } from "./http-process.ts";
import { MEMORY } from "./memory.ts";
import { type MemoryServer, startMemoryServer } from "./memory-server.ts";

/** The built program. */
export const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

/** How a client reaches the product: which SDK and era, over which transport. */
export interface Access extends ClientKind {
  /** `memory`: a server in this process, which costs no start of a program. */
  readonly transport: "stdio" | "http" | "memory";
}

export interface ProductOptions {
  /** Settings on top of the sandbox's and the store's. */
  readonly env?: Readonly<Record<string, string>>;
  readonly sandbox?: SandboxOptions;
}

/** The product against a sandbox in this process, with a store of its own. */
export interface TestProduct {
  readonly sandbox: Sandbox;
  /** Everything the program is started with. */
  readonly env: Readonly<Record<string, string>>;
  /** A folder that is deleted at the end; the store is in it. */
  readonly folder: string;
  /** Connects one more client, starting the program for it: a process a client over stdio, one server for all otherwise. */
  connect(
    access: Access,
    options?: ClientOptions & { readonly env?: Readonly<Record<string, string>> },
  ): Promise<TestClient>;
  /** Standard error of every process and server so far, for searching secrets in it. */
  stderr(): string;
  /** Closes clients, ends processes by their ids, deletes the folder. */
  close(): Promise<void>;
}

/** Starts the sandbox; programs start when clients connect. */
export async function startProduct(options: ProductOptions = {}): Promise<TestProduct> {
  const { world = "clean", ...others } = options.sandbox ?? {};
  const sandbox = await startSandbox({
    ...others,
    world: typeof world === "string" ? freshWorld(world) : world,
  });
  const folder = await mkdtemp(join(MEMORY, "trello-identity-"));
  const env = {
    ...sandbox.env,
    IDENTITY_OPEN_BROWSER: "false",
    IDENTITY_STORE_URL: `sqlite:${join(folder, "identity.db")}`,
    ...options.env,
  };
  const clients: TestClient[] = [];
  const servers = new Map<string, Promise<HttpProcess>>();
  const running: (HttpProcess | MemoryServer)[] = [];
  const inProcess = new Map<string, Promise<MemoryServer>>();

  async function factoryOf(settings: Readonly<Record<string, string>>): Promise<McpServerFactory> {
    const key = JSON.stringify(settings);
    const started = inProcess.get(key) ?? startMemoryServer(settings);
    inProcess.set(key, started);
    const server = await started;
    if (!running.includes(server)) running.push(server);
    return server.factory;
  }

  async function server(settings: Readonly<Record<string, string>>): Promise<HttpProcess> {
    const key = JSON.stringify(settings);
    const started = servers.get(key) ?? startHttpProcess([MAIN, "http"], settings);
    servers.set(key, started);
    const process = await started;
    if (!running.includes(process)) running.push(process);
    return process;
  }

  async function endpointOf(
    { transport }: Access,
    settings: Readonly<Record<string, string>>,
  ): Promise<Endpoint> {
    if (transport === "http") return { kind: "url", url: (await server(settings)).url };
    if (transport === "memory") return { kind: "memory", factory: await factoryOf(settings) };
    return { kind: "spawn", args: [MAIN, "stdio"], env: settings };
  }

  return {
    sandbox,
    env,
    folder,
    async connect(access, { env: extra, ...clientOptions } = {}) {
      // The empty text takes a setting away.
      const settings = Object.fromEntries(
        Object.entries({ ...env, ...extra }).filter(([, text]) => text !== ""),
      );
      const client = await connect(access, await endpointOf(access, settings), clientOptions);
      clients.push(client);
      return client;
    },
    stderr: () => [...clients, ...running].map((each) => each.stderr()).join("\n"),
    async close() {
      await Promise.allSettled(clients.map((client) => client.close()));
      await Promise.allSettled(running.map((process) => process.stop()));
      await sandbox.close();
      // A process that had to be killed may be writing its last.
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
