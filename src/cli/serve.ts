import { setTimeout as wait } from "node:timers/promises";
import type { Config } from "../config/config.ts";
import type { Variable } from "../config/settings.ts";
import type { Plan } from "../domain/plan.ts";
import { createServerFactory } from "../server/create.ts";
import { catalog } from "../tools/catalog.ts";
import type { CommandIo } from "./command.ts";
import { configure } from "./configure.ts";
import { keepRecovering } from "./recovery.ts";
import { startSandboxed } from "./sandboxed.ts";
import { terminalRefusal } from "./terminal-approval.ts";
import { enabledTools } from "./tools.ts";
import { VERSION } from "./version.ts";
import { wire } from "./wire.ts";
import type { Product } from "./wire.ts";

export interface Serving {
  readonly product: Product;
  readonly factory: ReturnType<typeof createServerFactory>;
  close(): Promise<void>;
}

/** What `stdio` and `http` share: the product and its MCP server, with unfinished runs taken up in the background. */
export async function serve(
  io: CommandIo,
  settings: Readonly<Partial<Record<Variable, string>>>,
  sandbox: boolean,
): Promise<Serving> {
  const sandboxed = sandbox ? await startSandboxed(io.env) : null;
  try {
    const config = await configure({ ...io, env: sandboxed?.env ?? io.env }, settings, { trello: true });
    const tools = enabledTools(catalog, config);
    const product = await wire(config, { tools, writeLog: (line) => io.stderr.write(line) });
    const factory = createServerFactory({
      engine: product.engine,
      tools,
      weakest: config.confirmation,
      approvals: { url: () => null, command: (plan) => approveCommand(config, plan) },
      budgets: () => product.gateway.budgets(),
      version: VERSION,
      log: product.log,
    });
    const stop = new AbortController();
    const recovery = keepRecovering(product, sleepUnheld, stop.signal);
    return {
      product,
      factory,
      async close() {
        stop.abort();
        await recovery;
        await product.close();
        await sandboxed?.close();
      },
    };
  } catch (thrown) {
    await sandboxed?.close();
    throw thrown;
  }
}

/** Waits without keeping the process alive for it. */
async function sleepUnheld(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal, ref: false });
}

/** Names the store where it is not the default one, so that the command finds the plan. */
function approveCommand(config: Config, plan: Plan): string | null {
  if (terminalRefusal(config, plan)) return null;
  const url = config.storeUrl.reveal();
  const store = config.storeIsDefault || !url.startsWith("sqlite:") ? "" : ` --identity-store-url '${url}'`;
  return `trello-identity-mcp approvals approve ${plan.id}${store}`;
}
