import type {
  CompleteRequestParams,
  CompleteResult,
  ListResourcesResult,
  ReadResourceResult,
  RequestStateCodec,
  ServerContext,
} from "@modelcontextprotocol/server";
import { refusing } from "./answers/result.ts";
import { type CallTool, type Connection, createCallTool } from "./call/call.ts";
import { callerOf } from "./call/caller.ts";
import { createQuestionStates, processKeys, type QuestionState } from "./call/question-states.ts";
import { createResourceChanges, type ResourceChanges } from "./changes.ts";
import { complete } from "./completions.ts";
import type { ServerDeps } from "./deps.ts";
import { createResources, type Resources } from "./evidence.ts";

/**
 * Answers tool calls and reads of resources. Such answers need the whole program, so the program is loaded at the first
 * call and not at the start.
 */
export interface Answering {
  readonly callTool: CallTool;
  /**
   * Signs the questions to the user, because the MCP client stores a question until the user answers. All connections
   * use the same keys.
   */
  readonly states: RequestStateCodec<QuestionState>;
  readonly resources: Pick<Resources, "templates">;
  listResources(
    from: Connection,
    cursor: string | undefined,
    ctx: ServerContext,
  ): Promise<ListResourcesResult>;
  readResource(from: Connection, uri: string, ctx: ServerContext): Promise<ReadResourceResult>;
  readonly changes: ResourceChanges;
  /** Suggests values for an argument of a prompt. The values come from memory, so no request is sent. */
  complete(params: CompleteRequestParams): CompleteResult;
}

export function createAnswering(deps: ServerDeps): Answering {
  const states = createQuestionStates(deps.questionKeys ?? processKeys());
  const resources = createResources(deps);
  return {
    callTool: createCallTool(deps, states),
    states,
    resources,
    listResources: ({ server, era }, cursor, ctx) =>
      refusing(deps.log, () => resources.list(callerOf(server, era, ctx), cursor)),
    readResource: ({ server, era }, uri, ctx) =>
      refusing(deps.log, () => resources.read(callerOf(server, era, ctx), uri)),
    changes: createResourceChanges(deps),
    complete: (params) => complete(params, deps.engine),
  };
}
