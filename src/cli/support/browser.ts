import { spawn } from "node:child_process";
import type { CommandIo } from "./command.ts";

const OPENERS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  darwin: ["open"],
  // The Windows command `start` is not used, because its shell would read `&` in the URL as the end of a command.
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};

/**
 * How long (ms) to wait for an error of the browser. A program that cannot open the URL fails at once; a real browser
 * may run for hours.
 */
const SOON_MS = 500;

/**
 * Opens a URL in the user's browser; false if that failed. The variable `BROWSER` names the program; without it, the
 * system's standard browser is used. Other users of the machine can see the URL in the process list, so the URL must be
 * useless to them. The browser gets none of the settings of this program.
 */
export async function openBrowser(url: URL, io: Pick<CommandIo, "machine" | "env">): Promise<boolean> {
  const [command, ...args] = openerOf(io);
  const plain = Object.fromEntries(
    Object.entries(io.env).filter(([name]) => !/^(TRELLO|ATLASSIAN|IDENTITY)_/i.test(name)),
  );
  const child = spawn(command, [...args, url.href], { env: plain, stdio: "ignore", detached: true });
  return await new Promise<boolean>((resolve) => {
    child.once("error", () => resolve(false));
    child.once("exit", (code) => resolve(code === 0));
    child.once("spawn", () => {
      child.unref();
      setTimeout(() => resolve(true), SOON_MS).unref();
    });
  });
}

/** The program that opens a URL in a browser, and its arguments before the URL. */
function openerOf({ machine, env }: Pick<CommandIo, "machine" | "env">): readonly [string, ...string[]] {
  const own = env["BROWSER"]?.trim();
  // Windows starts batch files only through its shell, so the shell is used for them. This is safe, because the URLs of
  // this program contain no characters that have a meaning for the shell.
  if (own && machine.platform === "win32" && /\.(cmd|bat)$/i.test(own)) return ["cmd.exe", "/d", "/c", own];
  return own ? [own] : (OPENERS[machine.platform] ?? ["xdg-open"]);
}
