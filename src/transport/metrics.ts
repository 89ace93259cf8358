import type { Request, Response } from "express";
import { createTokenGate } from "./gate.ts";
import { isLoopback } from "./listening.ts";
import { refuse } from "./refusal.ts";

/** The metrics at `/metrics` in the text form of Prometheus: numbers without names of people. */
export interface Metrics {
  /** The bearer token for reading the metrics; null: only this machine may read them. */
  readonly token: string | null;
  /** The text of the metrics. `sessions`: how many clients with a protocol version before 2026-07-28 are connected. */
  text(sessions: number): Promise<{ readonly type: string; readonly body: string }>;
}

/** Answers `GET /metrics`. */
export function createMetricsRoute({ token, text }: Metrics, sessions: () => Promise<number>) {
  const gate = token === null ? null : createTokenGate(token, TOKEN_TEXT);
  return async (request: Request, response: Response): Promise<void> => {
    if (gate === null) {
      if (!isOfThisMachine(request)) return refuse(response, 403, THIS_MACHINE_TEXT);
    } else if (!(await gate.admit(request, response))) return;
    const { type, body } = await text(await sessions());
    response.setHeader("Cache-Control", "no-store");
    response.type(type).send(body);
  };
}

/**
 * Whether the request was sent from this machine. A request that a proxy on this machine forwards may come from another
 * machine. A header of the proxy shows that it was forwarded, so it does not count as sent from here.
 */
function isOfThisMachine({ socket, headers }: Request): boolean {
  const isPassedOn = ["forwarded", "x-forwarded-for", "via"].some((name) => headers[name] !== undefined);
  return !isPassedOn && isLoopback(socket.remoteAddress?.replace(/^::ffff:/, "") ?? "");
}

const TOKEN_TEXT =
  "Reading the metrics needs a bearer token. Send the header `Authorization: Bearer TOKEN` with the setting IDENTITY_METRICS_TOKEN.";
const THIS_MACHINE_TEXT =
  "Only this machine may read the metrics. To read the metrics from another machine, set IDENTITY_METRICS_TOKEN and send it as a bearer token.";
