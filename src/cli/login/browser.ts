import { spawn } from "node:child_process";
import type { CommandIo } from "../support/command.ts";

const OPENERS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  darwin: ["open"],
  // Not `start`: the shell behind it would read the address's ampersands.
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};

/**
 * Opens the person's browser; false where that failed. The address is seen in the process list: it lets somebody allow
 * this login and nothing more, since the token's secret stays here. The browser is handed no setting.
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
