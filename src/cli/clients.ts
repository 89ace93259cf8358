import { posix, win32 } from "node:path";
import type { Machine } from "../config/data-folder.ts";
import type { CommandIo } from "./command.ts";

export interface ClientTarget {
  /** The member of the file that holds servers. */
  readonly section: "mcpServers" | "servers";
  /** Whether an entry says `type: "stdio"`. */
  readonly typed: boolean;
  path(machine: Machine, env: CommandIo["env"]): string;
}

/** Where each client reads its servers, from its own documentation. */
export const CLIENTS = {
  // modelcontextprotocol.io/docs/develop/connect-local-servers
  "claude-desktop": { section: "mcpServers", typed: false, path: claudeDesktop },
  // code.claude.com/docs/en/mcp: project scope
  "claude-code": {
    section: "mcpServers",
    typed: true,
    path: (machine) => under(machine, machine.folder, ".mcp.json"),
  },
  // code.visualstudio.com/docs/copilot/customization/mcp-servers: workspace scope
  vscode: {
    section: "servers",
    typed: true,
    path: (machine) => under(machine, machine.folder, ".vscode", "mcp.json"),
  },
  // cursor.com/docs/context/mcp: global scope
  cursor: {
    section: "mcpServers",
    typed: false,
    path: (machine) => under(machine, machine.home, ".cursor", "mcp.json"),
  },
} as const satisfies Record<string, ClientTarget>;

export function isClient(name: string): name is keyof typeof CLIENTS {
  return Object.hasOwn(CLIENTS, name);
}

/** How a client starts this program; settings are left empty for the person to fill in, so that no secret is copied. */
export function serverEntry(target: ClientTarget, program: string, sandbox: boolean) {
  return {
    ...(target.typed ? { type: "stdio" } : {}),
    command: "node",
    args: [program, "stdio", ...(sandbox ? ["--sandbox"] : [])],
    ...(sandbox ? {} : { env: EMPTY_SETTINGS }),
  };
}

const EMPTY_SETTINGS = {
  TRELLO_API_KEY: "",
  TRELLO_API_TOKEN: "",
  ATLASSIAN_SCIM_DIRECTORY_ID: "",
  ATLASSIAN_SCIM_TOKEN: "",
  ATLASSIAN_ORG_ID: "",
  ATLASSIAN_ORG_API_KEY: "",
};

function claudeDesktop({ platform, home }: Machine, env: CommandIo["env"]): string {
  const file = "claude_desktop_config.json";
  if (platform === "win32")
    return win32.join(env["APPDATA"] || win32.join(home, "AppData", "Roaming"), "Claude", file);
  if (platform === "darwin") return posix.join(home, "Library", "Application Support", "Claude", file);
  return posix.join(env["XDG_CONFIG_HOME"] || posix.join(home, ".config"), "Claude", file);
}

function under({ platform }: Machine, ...parts: readonly string[]): string {
  return platform === "win32" ? win32.join(...parts) : posix.join(...parts);
}
