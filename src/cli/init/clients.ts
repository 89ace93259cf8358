import { posix, win32 } from "node:path";
import type { Machine } from "../../config/data-folder.ts";
import type { CommandIo } from "../support/command.ts";

type Env = CommandIo["env"];

/** How the file of an MCP client refers to a secret without containing its value. */
export type Secrets =
  /**
   * The client replaces a text such as `${NAME}` in its file by the value of the environment variable with this name.
   */
  | { readonly by: "reference"; readonly write: (variable: string) => string }
  /** The client asks the user once and stores the answer (`inputs` of VS Code). */
  | { readonly by: "input" }
  /** The client passes the named variables to the server (`env_vars` of Codex). */
  | { readonly by: "forward" }
  /**
   * The client can neither replace a variable nor ask for a secret. So the server reads the secrets from a file that
   * only the file's owner can read.
   */
  | { readonly by: "file" };

export interface ClientTarget {
  readonly title: string;
  readonly format: "json" | "toml";
  /** The key in the client's file under which the MCP servers are listed. */
  readonly section: "mcpServers" | "servers" | "mcp_servers";
  /** Whether an entry in the client's file must contain `type: "stdio"`. */
  readonly typed: boolean;
  readonly secrets: Secrets;
  path(machine: Machine, env: Env): string;
}

const ENV_REFERENCE: Secrets = { by: "reference", write: (variable) => `\${env:${variable}}` };

/** For each MCP client: its file, and how the file refers to secrets. All facts are from the client's documentation. */
export const CLIENTS = {
  // Source: modelcontextprotocol.io/docs/develop/connect-local-servers
  "claude-desktop": {
    title: "Claude Desktop",
    format: "json",
    section: "mcpServers",
    typed: false,
    secrets: { by: "file" },
    path: claudeDesktop,
  },
  // Source: code.claude.com/docs/en/mcp, project scope. The client replaces `${VAR}`.
  "claude-code": {
    title: "Claude Code",
    format: "json",
    section: "mcpServers",
    typed: true,
    secrets: { by: "reference", write: (variable) => `\${${variable}}` },
    path: (machine) => under(machine, machine.folder, ".mcp.json"),
  },
  // Source: code.visualstudio.com/docs/copilot/reference/mcp-configuration, workspace scope.
  vscode: {
    title: "VS Code",
    format: "json",
    section: "servers",
    typed: true,
    secrets: { by: "input" },
    path: (machine) => under(machine, machine.folder, ".vscode", "mcp.json"),
  },
  // Source: cursor.com/docs/context/mcp, global scope.
  cursor: {
    title: "Cursor",
    format: "json",
    section: "mcpServers",
    typed: false,
    secrets: ENV_REFERENCE,
    path: (machine) => under(machine, machine.home, ".cursor", "mcp.json"),
  },
  // Source: docs.windsurf.com/windsurf/cascade/mcp
  windsurf: {
    title: "Windsurf",
    format: "json",
    section: "mcpServers",
    typed: false,
    secrets: ENV_REFERENCE,
    path: (machine) => under(machine, machine.home, ".codeium", "windsurf", "mcp_config.json"),
  },
  // Source: geminicli.com/docs/tools/mcp-server, user scope. Texts in settings.json may contain `${VAR}`.
  "gemini-cli": {
    title: "Gemini CLI",
    format: "json",
    section: "mcpServers",
    typed: false,
    secrets: { by: "reference", write: (variable) => `\${${variable}}` },
    path: (machine) => under(machine, machine.home, ".gemini", "settings.json"),
  },
  // Source: developers.openai.com/codex/mcp, config.toml. `env_vars` lists the variables that are passed to the server.
  codex: {
    title: "Codex",
    format: "toml",
    section: "mcp_servers",
    typed: false,
    secrets: { by: "forward" },
    path: (machine, env) =>
      env["CODEX_HOME"]
        ? under(machine, env["CODEX_HOME"], "config.toml")
        : under(machine, machine.home, ".codex", "config.toml"),
  },
} as const satisfies Record<string, ClientTarget>;

export type ClientName = keyof typeof CLIENTS;
export const CLIENT_NAMES = Object.keys(CLIENTS) as readonly ClientName[];

export function isClient(name: string): name is ClientName {
  return Object.hasOwn(CLIENTS, name);
}

/**
 * Claude Code's file for one user, which applies in every folder. Claude Code does not replace variables in this file,
 * so the secrets are in a separate file.
 */
const CLAUDE_CODE_USER: ClientTarget = {
  ...CLIENTS["claude-code"],
  secrets: { by: "file" },
  path: (machine, env) => under(machine, env["CLAUDE_CONFIG_DIR"] || machine.home, ".claude.json"),
};

/**
 * The client with this name. `isUser`: whether to use Claude Code's file of the user instead of the file of the
 * project.
 */
export function clientTarget(name: ClientName, isUser: boolean): ClientTarget {
  return isUser ? CLAUDE_CODE_USER : CLIENTS[name];
}

function claudeDesktop(machine: Machine, env: Env): string {
  const file = "claude_desktop_config.json";
  const { platform, home } = machine;
  if (platform === "win32")
    return win32.join(env["APPDATA"] || win32.join(home, "AppData", "Roaming"), "Claude", file);
  if (platform === "darwin") return posix.join(home, "Library", "Application Support", "Claude", file);
  return posix.join(env["XDG_CONFIG_HOME"] || posix.join(home, ".config"), "Claude", file);
}

function under({ platform }: Machine, ...parts: readonly string[]): string {
  return platform === "win32" ? win32.join(...parts) : posix.join(...parts);
}
