import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { startSandbox } from "../src/sandbox/index.ts";
import type { Sandbox, World } from "../src/sandbox/index.ts";

/** The built program. */
export const PROGRAM = resolve("dist/main.js");

export interface Reply {
  /** Of the text and the structured content as they go over the wire. */
  readonly bytes: number;
  readonly text: string;
  readonly structured: Readonly<Record<string, unknown>>;
}

/** The built program over stdio, with a client that says yes to every question, on a sandbox with its rate limits on. */
export interface Server {
  readonly sandbox: Sandbox;
  readonly pid: number;
  /** Calls a tool; an error result is thrown. */
  call(
    name: string,
    args: Readonly<Record<string, unknown>>,
    onProgress?: (done: number) => void,
  ): Promise<Reply>;
  close(): Promise<void>;
}

/** Starts it all; `world` for another one than the seed, `settings` besides the sandbox's. */
export async function startServer(
  world?: World,
  settings: Readonly<Record<string, string>> = {},
): Promise<Server> {
  const sandbox = await startSandbox(world && { world });
  const folder = await mkdtemp(join(tmpdir(), "trello-identity-bench-"));
  const client = new Client(
    { name: "bench", version: "1.0.0" },
    { capabilities: { elicitation: { form: {} } } },
  );
  client.setRequestHandler("elicitation/create", async () => ({
    action: "accept",
    content: { confirm: true },
  }));
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [PROGRAM, "stdio"],
    env: environment({
      ...sandbox.env,
      ...settings,
      IDENTITY_STORE_URL: `sqlite:${join(folder, "identity.db")}`,
    }),
    stderr: "inherit",
  });
  await client.connect(transport);
  return {
    sandbox,
    pid: transport.pid ?? 0,
    async call(name, args, onProgress) {
      const { isError, content, structuredContent } = await client.callTool(
        { name, arguments: { ...args } },
        {
          timeout: 170_000,
          ...(onProgress && { onprogress: ({ progress }: { progress: number }) => onProgress(progress) }),
        },
      );
      const text = content.map((part) => (part.type === "text" ? part.text : "")).join("\n");
      if (isError) throw new Error(`${name}: ${text}`);
      const structured = (structuredContent ?? {}) as Reply["structured"];
      return { bytes: Buffer.byteLength(JSON.stringify({ content, structuredContent })), text, structured };
    },
    async close() {
      await client.close();
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What a program is started with: nothing of this machine's settings but where programs are. */
export function environment(settings: Readonly<Record<string, string>>): Record<string, string> {
  return { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", ...settings };
}

/** The most memory that a process had at once, where the system tells (Linux, `VmHWM`). */
export async function peakMegabytes(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) / 1_024;
}
