import {
  type CallToolRequest,
  type CallToolResult,
  ProtocolError,
  ProtocolErrorCode,
  type RequestStateCodec,
  type Server,
  type ServerContext,
  TRACEPARENT_META_KEY,
} from "@modelcontextprotocol/server";
import { type AppError, toAppError } from "../../domain/error.ts";
import type { Json } from "../../domain/json.ts";
import type { Caller } from "../../domain/planning.ts";
import { noMeter } from "../../domain/runtime.ts";
import { clean } from "../../domain/text.ts";
import { mayTakeAway, type ReadTool, type Tool } from "../../tools/define.ts";
import { errorResult, result } from "../answers/result.ts";
import type { ServerDeps } from "../deps.ts";
import type { Era } from "../peer.ts";
import { createAsk, resumedBy } from "./ask.ts";
import { callerOf, canAsk } from "./caller.ts";
import { callApply, callWrite, type ToolAnswer } from "./change.ts";
import { parseInput } from "./input.ts";
import { namedReviewsOf } from "./named-reviews.ts";
import type { QuestionState } from "./question-states.ts";

/** The connection on which a call arrives: its MCP server, and whether its protocol version is old or new. */
export interface Connection {
  readonly server: Server;
  readonly era: Era;
}

export type CallTool = (
  connection: Connection,
  params: CallToolRequest["params"],
  ctx: ServerContext,
) => Promise<ToolAnswer>;

/**
 * Answers `tools/call`. If the tool is unknown, the answer is a protocol error. Every other failure is a tool result.
 */
export function createCallTool(deps: ServerDeps, states: RequestStateCodec<QuestionState>): CallTool {
  const byName = new Map(deps.tools.map((tool) => [tool.name, tool]));
  return async (connection, params, ctx) => {
    const tool = byName.get(params.name);
    if (tool === undefined) {
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown tool: ${clean(params.name, 64)}`);
    }
    const { meter = noMeter } = deps;
    const startedAt = performance.now();
    let outcome = "ok";
    const answer = async () => {
      try {
        return await dispatch(tool, connection, params.arguments, ctx, deps, states);
      } catch (thrown) {
        const error = toAppError(thrown);
        outcome = error.code;
        return failed(tool, error, deps);
      }
    };
    const call = { tool: tool.name, parent: traceparentOf(ctx), outcome: () => outcome };
    try {
      return await meter.tracer.call(call, answer);
    } finally {
      meter.called({ tool: tool.name, outcome, ms: performance.now() - startedAt });
    }
  };
}

/**
 * The span of the caller for traces (`traceparent`): from the message itself (MCP 2026-07-28), otherwise from the HTTP
 * request with the message; null if neither has it.
 */
function traceparentOf({ mcpReq, http }: ServerContext): string | null {
  const own = mcpReq._meta?.[TRACEPARENT_META_KEY];
  return typeof own === "string" ? own : (http?.req?.headers.get("traceparent") ?? null);
}

async function dispatch(
  tool: Tool,
  { server, era }: Connection,
  rawArgs: unknown,
  ctx: ServerContext,
  deps: ServerDeps,
  states: RequestStateCodec<QuestionState>,
): Promise<ToolAnswer> {
  const args = parseInput(tool.name, tool.input, rawArgs, mayTakeAway(tool)) as Record<string, Json>;
  const caller = callerOf(server, era, ctx);
  if (tool.effect === "read") return read(tool, args, caller, deps);
  const asking = {
    era,
    ctx,
    states,
    tool: tool.name,
    args,
    now: () => Date.parse(deps.engine.context(caller).now),
    log: deps.log,
    stopping: deps.stopping,
  };
  const call = {
    caller,
    ask: canAsk(server, era, ctx) ? createAsk(asking) : null,
    resumed: resumedBy(asking),
  };
  return tool.effect === "apply" ? callApply(tool, args, call, deps) : callWrite(tool, args, call, deps);
}

async function read(
  tool: ReadTool,
  args: Record<string, Json>,
  caller: Caller,
  { engine, budgets, reviewPages }: ServerDeps,
): Promise<CallToolResult> {
  const output = await tool.read(args, {
    ...engine.context(caller),
    runs: (page) => engine.runs({ ...page, caller }),
    snapshots: engine.snapshots(caller),
    keepReview: (made) => engine.keepReview(made, caller),
    namedReviews: namedReviewsOf(engine, caller, reviewPages),
    budgets,
  });
  return result(tool.output.parse(output), tool.text(output));
}

function failed(tool: Tool, error: AppError, { log }: ServerDeps): CallToolResult {
  const facts = { tool: tool.name, code: error.code };
  if (error.code === "INTERNAL") log("error", { ...facts, err: error.cause ?? error }, "a tool call failed");
  else log("info", facts, "a tool call was refused or failed");
  return errorResult(error);
}
