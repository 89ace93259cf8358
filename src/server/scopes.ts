import type { SignedIn } from "../domain/planning.ts";
import { mayTakeAway, type Tool } from "../tools/define.ts";
import { parseInput } from "./call/input.ts";
import type { ServerDeps } from "./deps.ts";
import { type Scope, scopeOf } from "./scope-names.ts";

/** The scope that a message of a signed-in user needs; null if every valid token is enough. */
export type NeededScope = (message: unknown, signedIn: SignedIn) => Promise<Scope | null>;

/**
 * Returns the scope that a message needs:
 * - A tool call needs the scope of the tool. `apply_plan` needs the scope of the tool that made the plan.
 * - Resources (evidence and reviews), subscriptions to them, and completions need `identity:read`, because they show
 * names.
 * - The handshake and lists need no scope, because a client stores the first tool list. So the list must not depend on
 * the token.
 */
export function createNeededScope({ tools, engine }: Pick<ServerDeps, "tools" | "engine">): NeededScope {
  const byName = new Map(tools.map((tool) => [tool.name, tool]));

  async function ofPlan(
    tool: Tool & { readonly effect: "apply" },
    args: unknown,
    subject: SignedIn,
  ): Promise<Scope> {
    const planId = planIdIn(tool, args);
    // If the call names no plan of this user, it cannot change anything. So it needs only the scope of its own tool.
    const stored = planId === null ? null : await engine.plan(planId, { client: "", subject });
    if (stored === null) return scopeOf(tool);
    const made = byName.get(stored.plan.tool);
    return made === undefined ? "identity:destructive" : scopeOf(made);
  }

  return async (message, subject) => {
    const { method, params } = readMessage(message);
    if (READING.has(String(method))) return "identity:read";
    const tool = method === "tools/call" ? byName.get(String(params["name"])) : undefined;
    if (tool === undefined) return null;
    return tool.effect === "apply" ? ofPlan(tool, params["arguments"], subject) : scopeOf(tool);
  };
}

const READING: ReadonlySet<string> = new Set([
  "resources/read",
  "resources/list",
  "resources/subscribe",
  "subscriptions/listen",
  "completion/complete",
]);

function planIdIn(tool: Tool & { readonly effect: "apply" }, args: unknown): string | null {
  try {
    return tool.planId(parseInput(tool.name, tool.input, args, mayTakeAway(tool)));
  } catch {
    return null;
  }
}

interface Message {
  readonly method?: unknown;
  readonly params: Readonly<Record<string, unknown>>;
}

function readMessage(message: unknown): Message {
  const { method, params } = isObject(message) ? message : {};
  return { method, params: isObject(params) ? params : {} };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
