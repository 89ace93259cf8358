import { AppError } from "../domain/error.ts";
import { explainFailure } from "./failures.ts";
import { isTransient } from "./retry.ts";
import type { Failure } from "./upstream.ts";

const AGAIN = "Run `trello-identity-mcp login` again";

/** The error of a login's call. Trello publishes no wording, so what is not recognised is explained by its step. */
export function explainLogin(failure: Failure): AppError {
  const { outcome, effect, operation } = failure;
  if (outcome.kind === "unsent") return explainFailure(failure);
  if (outcome.kind !== "reply" || isTransient(outcome.status)) {
    return effect === "write" ? notDelivered() : explainFailure(failure);
  }
  if (![400, 401, 403].includes(outcome.status)) return explainFailure(failure);
  const words = (outcome.text ?? "").slice(0, 2_000);
  const refused = (message: string, next: string) =>
    new AppError("UNAUTHENTICATED", message, {
      next,
      details: { upstream: "trello", status: outcome.status, operation },
    });
  if (/signature|nonce|timestamp/i.test(words)) {
    return refused(
      "Trello refused the OAuth 1.0 signature.",
      "Check TRELLO_API_SECRET (the secret beside the API key, not a token) and the machine's clock.",
    );
  }
  if (/invalid (api |app )?key/i.test(words)) {
    return refused("Trello does not know the API key.", "Check TRELLO_API_KEY.");
  }
  if (effect === "read") {
    return refused(
      "Trello did not accept the API key and its secret.",
      "Check TRELLO_API_KEY and TRELLO_API_SECRET; both are at https://trello.com/power-ups/admin, API key.",
    );
  }
  if (/verifier/i.test(words)) {
    return refused("Trello did not accept the verifier that came back with the browser.", `${AGAIN}.`);
  }
  return refused(
    "Trello no longer accepts this login: it was left too long, or it was finished already.",
    `${AGAIN} and decide within a few minutes.`,
  );
}

/** The exchange's answer was lost: the token may exist, and nobody can read it any more. */
export function notDelivered(): AppError {
  return new AppError("UPSTREAM_UNAVAILABLE", "Trello's last answer did not arrive, so there is no token.", {
    next: `${AGAIN}. A token that was made all the same is listed in the settings of the Trello account, where it can be revoked.`,
    applied: "unknown",
    retry: "later",
  });
}
