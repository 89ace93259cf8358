import type { Request, Response } from "express";
import { createTokenGate } from "./gate.ts";
import { isLoopback } from "./listening.ts";
import { refuse } from "./refusal.ts";

/** What operators may read at `/metrics`, in the text form of Prometheus. It has counts and no names of people. */
export interface Metrics {
  /** The bearer token that a reader sends; null: readers on this machine only. */
  readonly token: string | null;
  /** `sessions` is how many clients of the handshake era are connected. */
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

/** A proxy on this machine forwards requests from other machines, and its header shows that. */
function isOfThisMachine({ socket, headers }: Request): boolean {
  const isPassedOn = ["forwarded", "x-forwarded-for", "via"].some((name) => headers[name] !== undefined);
  return !isPassedOn && isLoopback(socket.remoteAddress?.replace(/^::ffff:/, "") ?? "");
}

const TOKEN_TEXT =
  "The metrics ask for their bearer token. Send the header `Authorization: Bearer TOKEN` with the setting IDENTITY_METRICS_TOKEN.";
const THIS_MACHINE_TEXT =
  "The metrics are read on this machine only. To read them from another, set IDENTITY_METRICS_TOKEN and send it as a bearer token.";
