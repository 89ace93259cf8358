import { posix, win32 } from "node:path";
import { dataFolder } from "../config/data-folder.ts";
import type { Variable } from "../config/settings.ts";
import { listNames } from "../domain/text.ts";
import {
  CLIENT_NAMES,
  CLIENTS,
  type ClientName,
  type ClientTarget,
  clientTarget,
  isClient,
} from "./init/clients.ts";
import {
  type Addition,
  namedSettings,
  realAddition,
  sandboxAddition,
  settingsFileText,
} from "./init/entry.ts";
import { readIfThere, replaceFile } from "./init/file.ts";
import { jsonText, literalSecrets, mergeJson } from "./init/json.ts";
import { mergeToml, tomlText } from "./init/toml.ts";
import { type Command, type CommandIo, print, UsageError } from "./support/command.ts";
import { programText, startOf } from "./support/program.ts";
import { type Flags, readFlags } from "./support/settings.ts";
import { readSettingsFile } from "./support/settings-file.ts";
import { ask } from "./support/terminal.ts";

/** Prints the configuration for an MCP client, or adds it to the client's file and keeps a copy of the old file. */
export const run: Command = async (io) => {
  const { values } = readFlags("init", io.args);
  const choice = values.client === undefined ? await choose(io, values) : chosen(values.client, values);
  if (choice === null) {
    print(io.stdout, "Nothing was written.");
    return 1;
  }
  const target = clientTarget(choice.client, choice.isUser);
  const path = target.path(io.machine, io.env);
  const start = startOf(io.program, io.machine.platform);
  const settings = namedSettings(io.env);
  const settingsFile = settingsFilePath(io);
  const addition = choice.sandbox
    ? sandboxAddition(target, start)
    : realAddition(target, start, { settings, settingsFile });
  if (!choice.write) {
    print(io.stdout, (target.format === "json" ? jsonText : tomlText)(target.section, addition));
    print(io.stderr, `Put this into ${path}, or run the command again with --write.`);
    return 0;
  }
  const isChanged = await writeEntry(io, target, path, addition);
  if (!choice.sandbox) {
    const next = await secretsLines(io, target, { settings, settingsFile, path, name: addition.name });
    print(io.stdout, ...next);
  }
  // If the file of the MCP client already had the sandbox's entry, the file was not changed. The user then need not
  // restart the client.
  if (isChanged || !choice.sandbox) print(io.stdout, `Restart ${target.title} afterwards, if it is running.`);
  return 0;
};

interface Choice {
  readonly client: ClientName;
  /**
   * Where the configuration of Claude Code is written: true for the user's own file, false for the file of the present
   * folder.
   */
  readonly isUser: boolean;
  readonly sandbox: boolean;
  readonly write: boolean;
}

function chosen(client: string, { scope, sandbox, write }: Flags<"init">["values"]): Choice {
  if (!isClient(client)) throw new UsageError(`--client takes one of ${CLIENT_NAMES.join(", ")}.`);
  if (scope !== undefined && client !== "claude-code")
    throw new UsageError(
      "--scope works only with --client claude-code, because every other client has only one file.",
    );
  return { client, isUser: scope === "user", sandbox: sandbox ?? false, write: write ?? false };
}

/** Asks the user at the terminal for what the flags do not say. null if the user stops. */
async function choose(io: CommandIo, given: Flags<"init">["values"]): Promise<Choice | null> {
  if (!io.stdin.isTTY) {
    throw new UsageError(
      `init needs --client with one of ${CLIENT_NAMES.join(", ")}, because there is no terminal for questions.`,
    );
  }
  print(io.stdout, "Clients:", ...CLIENT_NAMES.map((name, at) => `  ${at + 1}  ${CLIENTS[name].title}`));
  const client = await askOne(io, "Which client (number or name)? ", (text) => {
    const name = CLIENT_NAMES[Number(text) - 1] ?? text;
    return isClient(name) ? name : undefined;
  });
  if (client === null) return null;
  const scope =
    client !== "claude-code" || given.scope !== undefined
      ? (given.scope ?? "project")
      : await askOne(
          io,
          "Use the server only in this folder, or in all your folders (project, user)? ",
          oneOf("project", "user"),
        );
  if (scope === null) return null;
  const kind = given.sandbox
    ? "sandbox"
    : await askOne(
        io,
        "The sandbox, which needs no credentials, or your real Trello (sandbox, real)? ",
        oneOf("sandbox", "real"),
      );
  if (kind === null) return null;
  const choice = { client, isUser: scope === "user", sandbox: kind === "sandbox" };
  const path = clientTarget(client, choice.isUser).path(io.machine, io.env);
  const write = given.write
    ? "yes"
    : await askOne(io, `Write the configuration to ${path} (yes, no)? `, oneOf("yes", "no"));
  return write === null ? null : { ...choice, write: write === "yes" };
}

/** Repeats the question until the answer is one of the allowed words. null if the input ends or the user stops. */
async function askOne<T extends string>(
  io: CommandIo,
  question: string,
  read: (text: string) => T | undefined,
): Promise<T | null> {
  for (;;) {
    const text = (await ask(io, question)).toLowerCase();
    if (text === "") return null;
    const answer = read(text);
    if (answer !== undefined) return answer;
    print(io.stdout, "That was not one of the answers.");
  }
}

/** Reads one of the given words. The first letters of a word are enough. */
function oneOf<const T extends string>(...words: readonly T[]): (text: string) => T | undefined {
  return (text) => words.find((word) => word.startsWith(text));
}

/** Writes the client's file. Returns whether anything was changed. */
async function writeEntry(
  io: CommandIo,
  target: ClientTarget,
  path: string,
  addition: Addition,
): Promise<boolean> {
  const before = await readIfThere(path);
  const merge = target.format === "json" ? mergeJson : mergeToml;
  const written = await replaceFile(path, before, merge(before, target.section, addition, path));
  if (written === null) {
    print(io.stdout, `${path} already has the entry for this server. Nothing was changed.`);
    return false;
  }
  const { backup } = written;
  print(io.stdout, `Wrote ${path}${backup === null ? "" : `; the old file is kept as ${backup}`}.`);
  return true;
}

/**
 * Lines that tell the user how the server gets its secrets, because `init` writes no secrets into the MCP client's
 * file. If the secrets belong in a settings file and there is none, this function creates it.
 */
async function secretsLines(
  io: CommandIo,
  { title, format, section, secrets }: ClientTarget,
  given: {
    readonly settings: readonly Variable[];
    readonly settingsFile: string;
    readonly path: string;
    readonly name: string;
  },
): Promise<readonly string[]> {
  const check = `${programText(io.program)} doctor`;
  if (secrets.by === "file") {
    const file = given.settingsFile;
    const isNew = (await readIfThere(file)) === "";
    if (isNew) await replaceFile(file, "", settingsFileText(given.settings, io.env));
    const empty = given.settings.filter((variable) => !readSettingsFile(file)[variable]);
    return [
      `The secrets are in ${file}, which only you can read${isNew ? "" : "; the file existed and was not changed"}.`,
      ...(empty.length > 0 ? [`Fill in there: ${listNames(empty)}.`] : []),
      `Run \`${check} --settings-file ${file}\` to check whether everything works.`,
    ];
  }
  if (secrets.by === "input") {
    return [
      `${title} asks for ${listNames(given.settings)} when it starts the server, and stores your answers.`,
    ];
  }
  const clear = format === "json" ? literalSecrets(await readIfThere(given.path), section, given.name) : [];
  // If the user wrote a secret's value into the client's file, the client uses this value. Then the environment need
  // not contain it.
  const referred = given.settings.filter((variable) => !clear.includes(variable));
  const unset = referred.filter((variable) => !io.env[variable]);
  return [
    ...(unset.length > 0
      ? [`Set in the environment from which ${title} is started: ${listNames(unset)}.`]
      : referred.length > 0
        ? [`${title} takes ${listNames(referred)} from the environment from which it is started.`]
        : []),
    ...(clear.length > 0
      ? [
          `An earlier entry in the file contains the secrets ${listNames(clear)} as readable text. To be safe, replace each by a reference to a variable.`,
        ]
      : []),
    `Run \`${check}\` to check whether everything works.`,
  ];
}

function settingsFilePath({ machine, env }: CommandIo): string {
  const { join } = machine.platform === "win32" ? win32 : posix;
  return join(dataFolder(machine, env), "settings.env");
}
