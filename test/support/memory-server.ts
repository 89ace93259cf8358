import type { McpServerFactory } from "@modelcontextprotocol/server";
import { PassThrough } from "node:stream";
import { serve } from "../../src/cli/support/serve.ts";
import { collect } from "./spawned.ts";

/** What `stdio` and `http` serve, in this process. */
export interface MemoryServer {
  readonly factory: McpServerFactory;
  stderr(): string;
  stop(): Promise<void>;
}

/** Starts the server as both commands do, with just the settings given. */
export async function startMemoryServer(env: Readonly<Record<string, string>>): Promise<MemoryServer> {
  const log = new PassThrough();
  const stderr = collect(log);
  const io = {
    args: [],
    env,
    machine: { platform: process.platform, home: "/nonexistent", folder: process.cwd() },
    program: "trello-identity-mcp",
    stdin: process.stdin,
    stdout: process.stdout,
    // A log needs no terminal.
    stderr: log as unknown as NodeJS.WriteStream,
    stop: new AbortController().signal,
  };
  const serving = await serve(io, null, "http");
  return { factory: serving.factory, stderr, stop: () => serving.close() };
}
