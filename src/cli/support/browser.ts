import { spawn } from "node:child_process";
import type { CommandIo } from "./command.ts";

const OPENERS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  darwin: ["open"],
  // Not `start`, because its shell interprets the ampersands in the address.
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};

/** A program that cannot open anything says so at once; one that opens a browser may stay as long as the browser. */
const SOON_MS = 500;

/**
 * Opens the person's browser; false if that failed. The program is the one in `BROWSER`, which gets the address as its one
 * argument, else the system's. Other processes can see the address in the list of processes, so it must be worth nothing to
 * them. The browser gets no setting.
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
  // Windows starts batch files by its shell only. An address of ours has nothing that the shell interprets.
  if (own && machine.platform === "win32" && /\.(cmd|bat)$/i.test(own)) return ["cmd.exe", "/d", "/c", own];
  return own ? [own] : (OPENERS[machine.platform] ?? ["xdg-open"]);
}
