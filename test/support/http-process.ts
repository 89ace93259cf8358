import { spawn } from "node:child_process";
import { once } from "node:events";
import { collect } from "./spawned.ts";

/** The bearer token of every spawned server that asks for one, which every client of these tests sends. */
export const HTTP_TOKEN = "a-bearer-token-for-tests";

/** A spawned `http` server. */
export interface HttpProcess {
  readonly url: string;
  readonly pid: number;
  stderr(): string;
  /** Tells it to stop and resolves with its exit code. */
  stop(): Promise<number | null>;
}

/** Spawns the program's `http` command on a free port and waits for the log line that names its address. */
export async function startHttpProcess(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<HttpProcess> {
  const child = spawn(process.execPath, [...args], {
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: process.env["HOME"] ?? "",
      IDENTITY_OPEN_BROWSER: "false",
      // The sandbox asks for no token.
      ...(!args.includes("--sandbox") && { IDENTITY_HTTP_TOKEN: HTTP_TOKEN }),
      ...env,
      IDENTITY_HTTP_PORT: "0",
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const stderr = collect(child.stderr);
  // Not "exit", after which the end of the log may still be in the pipe.
  const exited = once(child, "close");
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr.on("data", () => {
      const found = urlIn(stderr());
      if (found !== null) resolve(found);
    });
    exited.then(() => reject(new Error(`The server ended before it listened:\n${stderr()}`)), reject);
  });
  return {
    url,
    pid: child.pid ?? 0,
    stderr,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      await exited;
      return child.exitCode;
    },
  };
}

function urlIn(log: string): string | null {
  for (const line of log.split("\n")) {
    if (!line.startsWith("{")) continue;
    try {
      const { url } = JSON.parse(line) as { url?: unknown };
      if (typeof url === "string") return url;
    } catch {
      // The end of the log may be half a line.
    }
  }
  return null;
}
