import type { Readable } from "node:stream";
import type { Endpoint } from "./client.ts";

/** How both SDKs spawn the program: with just the settings given, so that the machine's own play no part. */
export function spawnParameters(endpoint: Extract<Endpoint, { kind: "spawn" }>) {
  return {
    command: process.execPath,
    args: [...endpoint.args],
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: process.env["HOME"] ?? "",
      IDENTITY_OPEN_BROWSER: "false",
      ...endpoint.env,
    },
    stderr: "pipe" as const,
  };
}

/** Collects what a stream says. */
export function collect(stream: Readable | null | undefined): () => string {
  let text = "";
  // A character may be cut where two chunks meet.
  stream?.setEncoding("utf8");
  stream?.on("data", (chunk: string) => {
    text += chunk;
  });
  return () => text;
}
