/** `login` run in this process, and the person who decides at the sandbox's page. */
import { PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { run } from "../../../src/cli/login.ts";
import type { CommandIo } from "../../../src/cli/support/command.ts";
import { printError } from "../../../src/cli/support/print-error.ts";

export interface Login {
  /** Resolves with the address to decide at, once it is printed. */
  address(): Promise<URL>;
  /** Types a line when the terminal shows `question`. */
  type(question: string, line: string): Promise<void>;
  readonly ended: Promise<number>;
  readonly stop: AbortController;
  stdout(): string;
  stderr(): string;
}

/** Starts `login` as the program would, its failures written as the program writes them. */
export function startLogin(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  options: { readonly tty?: boolean; readonly folder?: string } = {},
): Login {
  const stdin = Object.assign(new PassThrough(), { isTTY: options.tty ?? false });
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const texts = { stdout: "", stderr: "" };
  stdout.on("data", (text: Buffer) => (texts.stdout += text.toString()));
  stderr.on("data", (text: Buffer) => (texts.stderr += text.toString()));
  const stop = new AbortController();
  const io: CommandIo = {
    args,
    env,
    machine: { platform: "linux", home: "/nonexistent", folder: options.folder ?? "/nonexistent" },
    program: "",
    stdin: stdin as unknown as NodeJS.ReadStream,
    stdout: stdout as unknown as NodeJS.WriteStream,
    stderr: stderr as unknown as NodeJS.WriteStream,
    stop: stop.signal,
  };
  const ended = run(io).catch((thrown: unknown) =>
    printError(stderr, thrown, env, { program: "", argv: ["login", ...args] }),
  );
  const over = ended.then(() => true);

  async function shown(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(texts.stderr)?.[0];
      if (found !== undefined) return found;
      if (await Promise.race([over, sleep(5, false)])) {
        throw new Error(`login ended without ${pattern.source}: ${texts.stderr}`);
      }
    }
  }

  return {
    address: async () => new URL(await shown(/http\S+(?:OAuthAuthorizeToken\S+|\/authorize\?\S+)/)),
    async type(question, line) {
      await shown(new RegExp(question));
      stdin.write(`${line}\n`);
    },
    ended,
    stop,
    stdout: () => texts.stdout,
    stderr: () => texts.stderr,
  };
}

/** Presses a button of the page; answers the address that the browser is sent back to. */
export async function press(
  address: URL,
  decision: "allow" | "deny",
  more: Readonly<Record<string, string>> = {},
): Promise<URL> {
  const body = new URLSearchParams({ decision, ...more });
  const response = await fetch(address, { method: "POST", body, redirect: "manual" });
  const location = response.headers.get("location");
  if (location === null) throw new Error(`no redirect: ${response.status} ${await response.text()}`);
  return new URL(location);
}

/** The browser goes where it is sent; answers what the person reads. */
export async function follow(location: URL): Promise<string> {
  return await (await fetch(location)).text();
}
