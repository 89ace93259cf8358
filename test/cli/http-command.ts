import { PassThrough } from "node:stream";
import { onTestFinished } from "vitest";
import { run } from "../../src/cli/http.ts";
import { collect } from "../support/spawned.ts";

/** Runs `http` in this process until the test ends. `folder` is the user's home. */
export async function startCommand(
  folder: string,
  env: Readonly<Record<string, string>>,
  { args = [], isTTY = false }: { readonly args?: readonly string[]; readonly isTTY?: boolean } = {},
) {
  const log = new PassThrough();
  const stderr = collect(log);
  const stop = new AbortController();
  let hangUp = () => {};
  const ended = run({
    args,
    env: { IDENTITY_HTTP_PORT: "0", IDENTITY_OPEN_BROWSER: "false", ...env },
    machine: { platform: process.platform, home: folder, folder },
    program: "trello-identity-mcp",
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: Object.assign(log, { isTTY }) as unknown as NodeJS.WriteStream,
    stop: stop.signal,
    onHangup: (heard) => (hangUp = heard),
  });
  const url = await Promise.race([
    ended.then(() => Promise.reject(new Error(`ended: ${stderr()}`))),
    new Promise<string>((resolve) => {
      log.on("data", () => {
        const found = /"url":"(http[^"]+)"/.exec(stderr())?.[1];
        if (found !== undefined) resolve(found);
      });
    }),
  ]);
  const end = async () => {
    stop.abort();
    await ended;
  };
  onTestFinished(end);
  return { url, stderr, end, hangUp: () => hangUp() };
}
