import type { Config } from "../../config/config.ts";
import type { Log } from "../../domain/runtime.ts";
import type { NeededScope } from "../../server/scopes.ts";
import type { AuthorizationConfig } from "../../config/http.ts";
import { createTokenGate, type Gate, openGate } from "../../transport/gate.ts";
import type { CommandIo } from "./command.ts";
import { print } from "./command.ts";
import { keptToken } from "./http-token.ts";
import { clock } from "./product.ts";

export interface GateDeps {
  readonly io: Pick<CommandIo, "stderr" | "env" | "machine">;
  readonly config: Config;
  /** Whether this process uses its own sandbox. The sandbox contains no real data, so it needs no protection. */
  readonly sandboxed: boolean;
  readonly needed: NeededScope;
  readonly log: Log;
}

/**
 * Decides who may call `http`:
 * - With an issuer: people who signed in there.
 * - Without an issuer: callers with the bearer token (from the settings, or from the file beside the store).
 * - On the sandbox without these settings: everyone on this machine.
 */
export async function gateOf(deps: GateDeps): Promise<(publicUrl: () => string) => Gate> {
  const { io, config, sandboxed, log } = deps;
  const { authorization, token } = config.http;
  if (authorization !== null) return resourceGate(authorization, deps);
  if (token !== null) return () => createTokenGate(token.reveal());
  if (sandboxed) return () => openGate;
  const kept = keptToken(config, io);
  log("info", { tokenFile: kept.file }, "the token that callers must send is in this file");
  // The bearer token is shown once at the terminal. It is never logged, because other people may read logs.
  if (kept.isNew && io.stderr.isTTY) print(io.stderr, `Bearer token for clients, shown once: ${kept.token}`);
  return () => createTokenGate(kept.token);
}

async function resourceGate(
  authorization: AuthorizationConfig,
  { needed, log }: GateDeps,
): Promise<(publicUrl: () => string) => Gate> {
  const [{ createIssuers }, { createTokenVerifier }, { createResourceGate }] = await Promise.all([
    import("../../transport/authorization/issuers.ts"),
    import("../../transport/authorization/verifier.ts"),
    import("../../transport/authorization/resource-gate.ts"),
  ]);
  const issuers = createIssuers({ ...authorization, get: fetch, now: clock.now });
  const verifier = createTokenVerifier({ ...authorization, issuers, now: clock.now, log });
  for (const name of authorization.issuers) await tellIssuer(name, issuers, log);
  return (publicUrl) => createResourceGate({ ...authorization, verifier, issuers, needed, publicUrl, log });
}

/**
 * Warns at the start about problems with the issuer. Without the warning, a person would find them only at the first
 * sign-in. The server starts in any case.
 */
async function tellIssuer(
  name: string,
  issuers: { find(name: string): Promise<unknown> },
  log: Log,
): Promise<void> {
  if (new URL(name).hostname === "accounts.google.com") {
    log(
      "warn",
      { issuer: name },
      "access tokens of Google are not JWTs and are refused: use an identity broker that issues JWTs",
    );
  }
  await issuers.find(name).catch((thrown: unknown) => {
    log(
      "error",
      { issuer: name, err: thrown },
      "the issuer cannot be read now; sign-ins fail until it answers",
    );
  });
}
