import type { Config } from "../../config/config.ts";
import { OAUTH2_SCOPE_NAMES, type OAuth2Scope, READ_SCOPES, writeScope } from "../../domain/oauth2-scopes.ts";
import { resourceOf } from "../../effects/kinds.ts";
import { catalog, enabledTools } from "../../tools/catalog.ts";

/** The OAuth 2.0 scopes that the enabled tools need, in the order of the table of scopes. */
export function neededScopes(
  config: Pick<Config, "toolsets" | "readOnly" | "enterpriseId">,
): readonly OAuth2Scope[] {
  const needed = new Set<OAuth2Scope | null>(READ_SCOPES);
  if (config.enterpriseId !== null) needed.add("read:enterprise");
  for (const tool of enabledTools(catalog, config)) {
    // A tool that only undoes changes uses the same scopes as the tools that made the changes, so it needs no further
    // scopes.
    if (!("makes" in tool) || tool.makes === "inverses") continue;
    for (const { op } of tool.makes) needed.add(writeScope(resourceOf(op)));
  }
  // If the enterprise's id is not set, this server cannot change the enterprise. Then it does not need the scope
  // `write:enterprise`.
  if (config.enterpriseId === null) needed.delete("write:enterprise");
  return OAUTH2_SCOPE_NAMES.filter((scope) => needed.has(scope));
}
