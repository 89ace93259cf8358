import { createServerFactory } from "../../src/server/server.ts";
import { catalog } from "../../src/tools/catalog.ts";
import type { ElicitReply, Question, TestClient } from "../support/client.ts";
import { connect } from "../support/connect.ts";
import { hastyClock, type Stack, type StackOptions, startStack } from "../support/stack.ts";

/** The whole product in this process, in which waiting takes next to no time, and a client whose person `elicit` is. */
export async function startHasty(
  elicit: (question: Question) => ElicitReply,
  options: StackOptions = {},
): Promise<{ readonly stack: Stack; readonly client: TestClient; close(): Promise<void> }> {
  const stack = await startStack({ clock: hastyClock, random: () => 0, ...options });
  const factory = createServerFactory({
    engine: stack.engine,
    tools: catalog,
    weakest: "client",
    approvals: {
      present: async () => ({ url: null, opened: false }),
      start: (id) => stack.engine.apply(id, { client: "page", subject: null }),
      command: ({ id }) => `trello-identity-mcp approvals approve ${id}`,
    },
    budgets: async () => [],
    version: "0.0.0",
    log: () => {},
  });
  const client = await connect({ sdk: "v2", era: "modern" }, { kind: "memory", factory }, { elicit });
  return {
    stack,
    client,
    async close() {
      await client.close();
      await stack.close();
    },
  };
}
