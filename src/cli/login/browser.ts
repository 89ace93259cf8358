import { spawn } from "node:child_process";
import type { CommandIo } from "../support/command.ts";

const OPENERS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  darwin: ["open"],
  // Not `start`, because its shell interprets the ampersands in the address.
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};

/**
 * Opens the person's browser; false if that failed. Other users can see the address in the list of processes. They can only
 * allow this login with it, because the secret of the token stays here. The browser gets no setting.
 */
export async function openBrowser(url: URL, { machine, env }: Pick<CommandIo, "machine" | "env">) {
  const [command, ...args] = OPENERS[machine.platform] ?? ["xdg-open"];
  const plain = Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(TRELLO|ATLASSIAN|IDENTITY)_/.test(name)),
  );
  const child = spawn(command, [...args, url.href], { env: plain, stdio: "ignore", detached: true });
  return await new Promise<boolean>((resolve) => {
    child.once("error", () => resolve(false));
    child.once("spawn", () => {
      child.unref();
      resolve(true);
    });
  });
}
