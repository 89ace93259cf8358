import { nearest, typingMistakes } from "../domain/nearest.ts";
import { type Setting, SETTINGS, VARIABLES, type Variable } from "./settings.ts";

type Env = Readonly<Record<string, string | undefined>>;

const KNOWN: ReadonlySet<string> = new Set(VARIABLES);

/**
 * Settings that restrict something. An empty value of such a setting is refused. If an empty value meant "not set", it
 * would remove the restriction.
 */
const CLOSING: readonly Variable[] = [
  "IDENTITY_READ_ONLY",
  "IDENTITY_WORKSPACES",
  "IDENTITY_POLICY_FILE",
  "IDENTITY_CONFIRMATION",
];

/**
 * Placeholders that a client, a shell or the user should have replaced with a value: `${NAME}`, `$NAME`, `{{name}}`,
 * `%NAME%`, `YOUR_API_KEY_HERE`.
 */
const PLACEHOLDER =
  /\$\{[^}]*\}?|^\$[A-Za-z_]\w*$|\{\{.*?\}\}|%[A-Za-z_][\w.]{2,}%|^<[^<>]*>$|\byour[_-][a-z_-]*(?:key|token|secret|id)(?![a-z])|\byour[_-][\w-]*here\b|^(?:replace|change)[_-]?me$/i;

/**
 * Returns one message for each environment variable whose name looks like the name of a setting, although no setting
 * has this name.
 */
export function* unknownVariables(env: Env): Generator<string> {
  for (const name of Object.keys(env).toSorted()) {
    if (KNOWN.has(name)) continue;
    const shown = name.replace(/[^\w-]/g, "?").slice(0, 80);
    const meant = settingMeant(name, env);
    if (meant !== null)
      yield `${shown} is not a setting. Write ${meant}, or remove it; \`help\` lists every setting.`;
    else if (/^identity_/i.test(name)) {
      const near = nearest(name, VARIABLES);
      const what = near === null ? "Remove it or correct its name" : `Remove it, or write ${near}`;
      yield `${shown} is not a setting of this version. ${what}; \`help\` lists every setting.`;
    }
  }
}

/**
 * The texts of all settings that have a value. A placeholder is refused. An empty value is refused too, if the setting
 * restricts something.
 */
export function readTexts(
  { env, flags }: { readonly env: Env; readonly flags?: Env },
  problems: string[],
): ReadonlyMap<Variable, string> {
  const texts = new Map<Variable, string>();
  for (const variable of VARIABLES) {
    const given = flags?.[variable] ?? env[variable];
    const text = (given ?? "").trim();
    if (PLACEHOLDER.test(text))
      problems.push(`${variable} is a placeholder that was not replaced. Put the value there, or remove it.`);
    else if (text !== "") texts.set(variable, text);
    // In clients with a form for settings, an empty field gives an empty text. For a setting that is not in CLOSING, an
    // empty text means "not set".
    else if (given !== undefined && CLOSING.includes(variable))
      problems.push(`${variable} is set but empty. Remove it, or set it: ${SETTINGS[variable].says}.`);
  }
  return texts;
}

/**
 * Returns the texts of the settings. If the secret of an upstream is given as `file:PATH`, it is replaced by the text
 * in that file. So a new secret in the file can be used without a restart. A real secret never begins with `file:`.
 */
export async function withSecretFiles(
  texts: ReadonlyMap<Variable, string>,
  readFile: (path: string) => Promise<string>,
  problems: string[],
): Promise<ReadonlyMap<Variable, string>> {
  const read = new Map(texts);
  for (const [variable, text] of texts) {
    const setting: Setting = SETTINGS[variable];
    const path = /^file:(.+)$/s.exec(text)?.[1]?.trim();
    if (path === undefined || setting.secret !== true || !/^(TRELLO|ATLASSIAN)_/.test(variable)) continue;
    const secret = await readFile(path).then(
      (content) => content.trim(),
      () => null,
    );
    if (secret) read.set(variable, secret);
    else
      problems.push(
        `${variable} names a file that ${secret === null ? "cannot be read" : "is empty"}. Write \`file:\` and the path of a file that this user can read, with the secret alone in it.`,
      );
  }
  return read;
}

/**
 * If a variable's name differs from the names of all settings by more than two typing mistakes, it probably belongs to
 * another program. Such a variable is ignored.
 */
const MISTAKES = 2;

/**
 * The setting that the user probably meant with a wrong name; null if no setting is similar. The name may:
 * - have other separators, or other upper and lower case letters;
 * - have one or two typing mistakes;
 * - be the name that other programs use, such as `TRELLO_TOKEN` for `TRELLO_API_TOKEN`, if the setting itself is not
 * set.
 */
export function settingMeant(name: string, env: Env = {}): Variable | null {
  const near = VARIABLES.find((variable) => letters(variable) === letters(name));
  if (near) return near;
  const ranked = VARIABLES.map((variable) => ({
    variable,
    mistakes: typingMistakes(variable, name.toUpperCase(), MISTAKES),
  })).toSorted((a, b) => a.mistakes - b.mistakes);
  if (ranked[0] && ranked[0].mistakes <= MISTAKES) return ranked[0].variable;
  const called = VARIABLES.find((variable) => shortName(variable) === shortName(name));
  return called && !env[called] ? called : null;
}

function letters(name: string): string {
  return name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "");
}

/**
 * A short form of a setting's name, to compare names: without the parts that other programs leave out, such as `API_`.
 */
function shortName(name: string): string {
  return name
    .toUpperCase()
    .replace(/ORGANI[SZ]ATION/, "ORG")
    .replace(/ACCESS_|API_|OAUTH_|CONSUMER_/g, "")
    .replace(/_URL$|_URI$/, "");
}
