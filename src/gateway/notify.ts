import { createHmac } from "node:crypto";
import type { Clock, Log } from "../domain/runtime.ts";

export interface NotifyOptions {
  /** The URL of the webhook. It is a secret, because every program that knows it can post messages there. */
  readonly url: string;
  /** The key that signs the posted text; null if this format has no signature. */
  readonly secret: string | null;
  readonly clock: Pick<Clock, "now" | "sleep">;
  readonly log: Log;
}

/** Posts texts to a webhook. Never throws: a failed post is logged, without the URL. */
export interface Notifier {
  post(body: object): Promise<void>;
  /** Drops the posts that were not sent yet. */
  close(): void;
}

const PAUSES_MS = [1000, 5000, 20_000] as const;
const TIMEOUT_MS = 10_000;

export function createNotifier({ url, secret, clock, log }: NotifyOptions): Notifier {
  const stop = new AbortController();

  /**
   * Sends one post. Returns null if it was accepted. Otherwise returns the reason, and whether another try can help.
   */
  async function send(text: string): Promise<{ readonly why: string; readonly again: boolean } | null> {
    try {
      const answer = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json", ...signature(text) },
        body: text,
        redirect: "error",
        signal: AbortSignal.any([stop.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      await answer.body?.cancel();
      if (answer.ok) return null;
      return { why: `HTTP ${answer.status}`, again: answer.status === 429 || answer.status >= 500 };
    } catch {
      return { why: "no answer", again: true };
    }
  }

  /**
   * The signature `t=SECONDS,v1=HEX`: HMAC-SHA256 of `SECONDS.BODY`. It contains the time, so that an old post cannot
   * be sent again as a new post.
   */
  function signature(text: string): Readonly<Record<string, string>> {
    if (secret === null) return {};
    const seconds = Math.floor(clock.now() / 1000);
    const hex = createHmac("sha256", secret).update(`${seconds}.${text}`).digest("hex");
    return { "x-identity-signature": `t=${seconds},v1=${hex}` };
  }

  return {
    async post(body) {
      const text = JSON.stringify(body);
      for (let tries = 0; ; tries += 1) {
        const failed = await send(text);
        if (failed === null) return;
        const pause = PAUSES_MS[tries];
        if (!failed.again || pause === undefined || stop.signal.aborted) {
          log("warn", { why: failed.why, tries: tries + 1 }, "a notice could not be posted");
          return;
        }
        await clock.sleep(pause, stop.signal).catch(() => {});
      }
    },
    close: () => stop.abort(),
  };
}
