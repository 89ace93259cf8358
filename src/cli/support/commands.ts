// The table of commands. Help, shell completion, flags and suggestions are made from it.
import { meantText } from "../../domain/nearest.ts";
import { clean } from "../../domain/text.ts";
import { UsageError } from "./command.ts";
import type { CommandFacts } from "./command-facts.ts";
import { SIGN_IN_COMMANDS } from "./sign-in-commands.ts";

const WORLD = {
  type: "string",
  value: "WORLD",
  choices: ["clean", "messy"],
  says: "the company in the sandbox: clean (the default), or messy like a real company",
} as const;
const SANDBOX = {
  sandbox: { type: "boolean", says: "use the embedded sandbox, without credentials" },
  world: WORLD,
} as const;
const JSON_OUTPUT = { type: "boolean", says: "print JSON" } as const;
const TENANT = {
  type: "string",
  value: "NAME",
  says: "the tenant, for a service with tenants (IDENTITY_TENANT_CLAIM)",
} as const;

/** All commands, in the order of help. */
export const COMMANDS = {
  stdio: {
    says: "serves MCP over stdio, for a client that starts the program; the default command",
    flags: SANDBOX,
    settings: true,
    examples: ["stdio", "stdio --sandbox", "stdio --identity-read-only"],
  },
  http: {
    says: "serves MCP over Streamable HTTP at /mcp, for clients on this machine",
    flags: SANDBOX,
    settings: true,
    examples: ["http", "http --sandbox --identity-http-port 9000"],
  },
  demo: {
    says: "does a whole job on the sandbox and writes the report",
    verbs: {
      offboard: { says: "offboards one person and proves the result; the default" },
      review: { says: "an access review, from the list to the package that the reviewer signed" },
    },
    verbLeftOut: "offboard",
    flags: {
      out: { type: "string", value: "FOLDER", says: "folder for the report; default ./evidence" },
      browser: {
        type: "boolean",
        says: "you approve on the page in your browser; without this flag, the demo approves",
      },
    },
    settings: false,
    examples: ["demo", "demo review", "demo --browser", "demo --out /tmp/evidence"],
  },
  sandbox: {
    says: "runs only the sandbox; prints its addresses and credentials",
    flags: {
      port: { type: "string", value: "N", says: "the port to listen on; default any free port" },
      world: WORLD,
    },
    settings: false,
    examples: ["sandbox", "sandbox --port 9100 --world messy"],
  },
  doctor: {
    says: "checks the settings, the store and each upstream; exit code 1 if something is broken",
    flags: SANDBOX,
    settings: true,
    examples: ["doctor", "doctor --sandbox"],
  },
  init: {
    says: "prints the configuration for an MCP client, or writes it into the client's file",
    flags: {
      client: {
        type: "string",
        value: "NAME",
        choices: ["claude-desktop", "claude-code", "vscode", "cursor", "windsurf", "gemini-cli", "codex"],
        says: "the client; without this flag, the command asks at the terminal",
      },
      scope: {
        type: "string",
        value: "SCOPE",
        choices: ["project", "user"],
        says: 'for claude-code: "project" (the default), the file of this folder; or "user", your file for all folders',
      },
      write: { type: "boolean", says: "write it into the client's file; a copy of the old file is kept" },
      sandbox: { type: "boolean", says: "an entry that runs on the sandbox, without credentials" },
    },
    settings: false,
    examples: ["init", "init --client claude-desktop --write", "init --client vscode --write --sandbox"],
  },
  login: SIGN_IN_COMMANDS.login,
  logout: SIGN_IN_COMMANDS.logout,
  approvals: {
    says: "shows waiting plans and records a person's decision",
    verbs: {
      list: { says: "plans that wait for a person" },
      show: { says: "one plan in full", takes: "a plan's id" },
      open: {
        says: "open the plan's page again in the server's browser; needs a terminal",
        takes: "a plan's id",
      },
      approve: { says: "approve the plan; needs a terminal", takes: "a plan's id" },
      reject: { says: "say no", takes: "a plan's id" },
      withdraw: {
        says: "withdraw a waiting plan, or its approval if no change was sent yet",
        takes: "a plan's id",
      },
    },
    flags: { json: JSON_OUTPUT, tenant: TENANT },
    settings: true,
    examples: ["approvals list", "approvals show plan_0123", "approvals approve plan_0123"],
  },
  runs: {
    says: "lists, shows and stops the runs in this store",
    verbs: {
      list: { says: "newest first" },
      show: { says: "one run with its evidence", takes: "a run's id" },
      stop: { says: "end a run that is not finished; no further change is sent", takes: "a run's id" },
    },
    flags: {
      json: JSON_OUTPUT,
      reason: { type: "string", value: "TEXT", says: "why the run is stopped, for the audit log" },
      tenant: TENANT,
    },
    settings: true,
    examples: ["runs list", "runs show run_0123 --json", 'runs stop run_0123 --reason "Wrong person"'],
  },
  watch: {
    says: "prints each change of membership, with time and author if known, until Ctrl-C; changes nothing in Trello",
    flags: {
      workspace: {
        type: "string",
        value: "NAMES",
        says: "ids, slugs, URLs or exact names of workspaces, separated by commas; default all",
      },
      every: {
        type: "string",
        value: "SECONDS",
        says: "pause between two readings, 10 to 86400; default 60",
      },
      once: { type: "boolean", says: "print what changed since the last reading, and end" },
      json: JSON_OUTPUT,
      tenant: TENANT,
    },
    settings: true,
    examples: ["watch", "watch --workspace acme,acme-labs --every 300", "watch --once --json"],
  },
  policy: {
    says: "shows what a policy file does, and why",
    verbs: {
      check: {
        says: "check a policy file, and show the level of each tool",
        takes: "a policy file",
        value: "FILE",
      },
      explain: { says: "why a tool asks for its confirmation", takes: "a tool's name", value: "TOOL" },
    },
    flags: {},
    settings: true,
    examples: ["policy check policy.yaml", "policy explain offboard_member"],
  },
  audit: {
    says: "the audit log",
    verbs: {
      verify: { says: "check that the log, plans, decisions and evidence were not changed" },
      export: { says: "write the log for another system" },
      tail: { says: "print new records until Ctrl-C" },
    },
    flags: {
      head: {
        type: "string",
        value: "HEAD",
        says: "verify: the head of the chain, as an earlier verify printed it; the check fails if the log no longer has that record",
      },
      out: { type: "string", value: "FILE", says: "export: the file; default standard output" },
      format: {
        type: "string",
        value: "FORMAT",
        choices: ["jsonl", "ocsf", "cef"],
        says: "export and tail: jsonl, the records as JSON lines (the default); ocsf, events of OCSF 1.2; or cef, events of CEF",
      },
      tenant: TENANT,
    },
    settings: true,
    examples: ["audit verify", "audit export --out audit.jsonl", "audit tail --format cef"],
  },
  completion: {
    says: "prints the completion script of a shell, for the name trello-identity-mcp (`npm install -g`)",
    verbs: {
      bash: { says: "for bash" },
      zsh: { says: "for zsh" },
      fish: { says: "for fish" },
    },
    flags: {},
    settings: false,
    examples: [
      "completion bash > ~/.local/share/bash-completion/completions/trello-identity-mcp",
      "completion fish > ~/.config/fish/completions/trello-identity-mcp.fish",
    ],
  },
  help: {
    says: "shows every command and setting, or one command with its flags and examples",
    flags: {},
    settings: false,
    examples: ["help", "help doctor"],
  },
  version: { says: "the version", flags: {}, settings: false, examples: ["version"] },
} as const satisfies Readonly<Record<string, CommandFacts>>;

export type CommandName = keyof typeof COMMANDS;
export const COMMAND_NAMES = Object.keys(COMMANDS) as readonly CommandName[];

export function isCommand(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}

/** The flags, verbs and examples of a command. They have the same type for every command. */
export function commandFacts(name: CommandName): CommandFacts {
  return COMMANDS[name];
}

export function unknownCommand(name: string): UsageError {
  return new UsageError(`There is no command ${clean(name, 40)}.${meantText(name, COMMAND_NAMES)}`);
}
