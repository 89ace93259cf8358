import { userInfo } from "node:os";
import { sentenceOf, toAppError } from "../../domain/error.ts";
import { type CommandIo, print } from "../support/command.ts";
import { clock, wireStore } from "../support/product.ts";
import { configure } from "../support/settings.ts";
import type { Granted } from "./granted.ts";

/**
 * Records a sign-in by OAuth 1.0 in the audit log of the store that the settings name. The token exists already, so a
 * failure is only printed and does not end the login. `granted`: what Trello says about the new token; null if the
 * token could not be used.
 */
export async function recordSignIn(
  io: CommandIo,
  settings: Parameters<typeof configure>[1],
  granted: Granted | null,
): Promise<void> {
  try {
    const store = await wireStore(await configure(io, settings, { trello: false }));
    try {
      await store.audit.append({
        at: new Date(clock.now()).toISOString(),
        event: "sign_in",
        principal: granted?.idMember ?? "unknown",
        client: "",
        tool: "login",
        subject: "",
        facts: {
          way: "OAuth 1.0",
          by: userInfo().username,
          scopes: granted === null ? null : [...granted.scopes],
          expires: granted?.expires ?? null,
        },
      });
    } finally {
      await store.close();
    }
  } catch (thrown) {
    print(io.stderr, `The audit log has no record of this login: ${sentenceOf(toAppError(thrown))}`);
  }
}
