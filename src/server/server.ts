import { type Answering, createAnswering } from "./answering.ts";
import type { ServerDeps } from "./deps.ts";
import { createFrontFactory, type FrontFactory } from "./front.ts";
import { toolListing } from "./tool-list.ts";

/**
 * Makes MCP servers after the program is loaded. The tool list and the key that signs questions are made once for all
 * servers.
 */
export function createServerFactory(deps: ServerDeps): FrontFactory {
  let answering: Promise<Answering> | undefined;
  const offer = {
    tools: toolListing(deps.tools, deps.weakest),
    answering: () => (answering ??= Promise.resolve(createAnswering(deps))),
  };
  return createFrontFactory({
    version: deps.version,
    log: deps.log,
    lasting: deps.lasting ?? false,
    offerTo: () => offer,
  });
}
