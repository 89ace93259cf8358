import type { McpServerFactory } from "@modelcontextprotocol/server";

/** Where a client connects to: a program it spawns, a URL, or a server in this process. */
export type Endpoint =
  | {
      readonly kind: "spawn";
      readonly args: readonly string[];
      readonly env: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: "url";
      readonly url: string;
      /** What the client sends as its bearer token; without it, the token of spawned servers. */
      readonly token?: string;
    }
  | { readonly kind: "memory"; readonly factory: McpServerFactory };

/** Which SDK speaks, in which protocol era. */
export interface ClientKind {
  readonly sdk: "v2" | "v1";
  readonly era: "modern" | "legacy";
}

/** A question as the person sees it. */
export interface Question {
  readonly message: string;
  readonly requestedSchema: {
    readonly properties: Record<string, unknown>;
    readonly required?: readonly string[];
  };
}

export interface ElicitReply {
  readonly action: "accept" | "decline" | "cancel";
  readonly content?: Record<string, string | number | boolean | string[]>;
}

export interface ClientOptions {
  /** Answers questions; left out, the client does not declare elicitation. */
  readonly elicit?: (question: Question) => ElicitReply | Promise<ElicitReply>;
  readonly name?: string;
}

export interface Progress {
  readonly progress: number;
  readonly total?: number | undefined;
  readonly message?: string | undefined;
}

export interface CallOptions {
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
}

export interface ListedTool {
  readonly name: string;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly inputSchema: Readonly<Record<string, unknown>>;
  readonly outputSchema?: Readonly<Record<string, unknown>> | undefined;
  readonly annotations?: Readonly<Record<string, unknown>> | undefined;
  readonly _meta?: Readonly<Record<string, unknown>> | undefined;
}

export interface ToolReply {
  readonly isError: boolean;
  readonly text: string;
  readonly structured: Readonly<Record<string, unknown>>;
}

/** One connected client, whichever SDK and transport is behind it. */
export interface TestClient {
  readonly instructions: string | undefined;
  listTools(): Promise<readonly ListedTool[]>;
  call(tool: string, args?: Record<string, unknown>, options?: CallOptions): Promise<ToolReply>;
  /** The spawned program's process id, where there is one. */
  readonly pid: number | null;
  /** What the spawned program wrote to standard error so far. */
  stderr(): string;
  close(): Promise<void>;
}

export interface RawResult {
  readonly isError?: boolean | undefined;
  readonly content?: unknown;
  readonly structuredContent?: unknown;
}

/** Both SDKs' results in one shape. */
export function toolReply(result: RawResult): ToolReply {
  const content = (result.content ?? []) as readonly { readonly type: string; readonly text?: string }[];
  return {
    isError: result.isError === true,
    text: content.map(({ text }) => text ?? "").join("\n"),
    structured: (result.structuredContent ?? {}) as ToolReply["structured"],
  };
}
