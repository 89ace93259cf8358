import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport, getDefaultEnvironment } from "@modelcontextprotocol/client/stdio";
import type { z } from "zod";
import { AppError } from "../../domain/error.ts";
import type { ErrorCode } from "../../domain/error.ts";
import { VERSION } from "../version.ts";

/** A real MCP client, connected to a real server process. */
export interface DemoClient {
  /** The server's name and version, and the version of the protocol. */
  readonly server: string;
  readonly tools: number;
  /** Calls a tool. If the result is an error, throws an AppError with the same code and text. */
  call<T extends z.ZodType>(
    name: string,
    args: Record<string, unknown>,
    shape: T,
    onProgress?: Progress,
  ): Promise<z.infer<T>>;
  /** The text of a resource. */
  read(uri: string): Promise<string>;
  /** Ends the server's process and waits for its end. Calling it twice is harmless. */
  close(): Promise<void>;
}

type Progress = (done: number, total: number) => void;

const CALL_TIMEOUT_MS = 120_000;

/**
 * Starts `program stdio` and connects to it as a client that cannot ask the user. So the server asks the user on an
 * approval page.
 */
export async function connect(options: {
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
}): Promise<DemoClient> {
  const client = new Client(
    { name: "trello-identity-demo", version: VERSION },
    { capabilities: {}, versionNegotiation: { mode: { pin: "2026-07-28" } } },
  );
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [options.program, "stdio"],
    env: { ...getDefaultEnvironment(), ...options.env },
    stderr: "inherit",
  });
  const tools = await handshake(client, transport);
  let closing: Promise<void> | undefined;
  const { name, version } = client.getServerVersion() ?? { name: "?", version: "?" };
  return {
    server: `${name} ${version}, MCP ${client.getNegotiatedProtocolVersion() ?? "?"}`,
    tools,
    async call(tool, args, shape, onProgress) {
      const result = await client.callTool(
        { name: tool, arguments: args },
        {
          timeout: CALL_TIMEOUT_MS,
          // The SDK also sends progress notifications without a total after the server has asked the client a question.
          // Such a notification does not say how much of the work is done, so it is ignored.
          ...(onProgress && {
            onprogress: ({ progress, total }) => {
              if (total !== undefined) onProgress(progress, total);
            },
          }),
        },
      );
      if (result.isError) throw refusal(tool, result.content);
      return shape.parse(result.structuredContent);
    },
    async read(uri) {
      const { contents } = await client.readResource({ uri });
      return contents.map((content) => ("text" in content ? content.text : "")).join("");
    },
    close: () => (closing ??= client.close()),
  };
}

/** The error in a tool's result, read from its text `CODE: sentence. Next: what to do.` */
function refusal(
  tool: string,
  content: readonly { readonly type: string; readonly text?: unknown }[],
): AppError {
  const text = content.map((part) => (typeof part.text === "string" ? part.text : "")).join(" ");
  const [, code = "INTERNAL", sentence = text, next = "see the server's log."] =
    /^([A-Z_]+): (.*?)(?: Next: (.*))?$/s.exec(text) ?? [];
  return new AppError(code as ErrorCode, `${tool}: ${sentence}`, { next });
}

/** Connects to the server and returns the number of its tools. If connecting fails, the server process is ended. */
async function handshake(client: Client, transport: StdioClientTransport): Promise<number> {
  try {
    await client.connect(transport);
    return (await client.listTools()).tools.length;
  } catch (thrown) {
    await transport.close();
    throw thrown;
  }
}
