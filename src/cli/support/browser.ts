import { spawn } from "node:child_process";
import type { CommandIo } from "./command.ts";

const OPENERS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  darwin: ["open"],
  // Not `start`, because its shell interprets the ampersands in the address.
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};

/** A program that cannot open anything fails at once. One that opens a browser may run as long as the browser. */
const SOON_MS = 500;

/**
 * Opens an address in the person's browser; false if that failed. The program is the one in `BROWSER`, or else the
 * system's. The address is its only argument. Other users can see it in the list of processes, so the address must be
 * worth nothing to them. The browser gets none of this product's settings.
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

/** The program and its first arguments. */
function openerOf({ machine, env }: Pick<CommandIo, "machine" | "env">): readonly [string, ...string[]] {
  const own = env["BROWSER"]?.trim();
  // Windows starts batch files only by its shell. Our addresses contain nothing that the shell interprets.
  if (own && machine.platform === "win32" && /\.(cmd|bat)$/i.test(own)) return ["cmd.exe", "/d", "/c", own];
  return own ? [own] : (OPENERS[machine.platform] ?? ["xdg-open"]);
}
