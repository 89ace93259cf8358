import { SETTINGS, VARIABLES, type Variable } from "./settings.ts";

type Env = Readonly<Record<string, string | undefined>>;

const KNOWN: ReadonlySet<string> = new Set(VARIABLES);

/** Settings that close something. Empty, they would open it, so an empty value is a mistake and not "not set". */
const CLOSING: readonly Variable[] = [
  "IDENTITY_READ_ONLY",
  "IDENTITY_WORKSPACES",
  "IDENTITY_POLICY_FILE",
  "IDENTITY_CONFIRMATION",
];

/** Values that a client or a shell was to replace: `${NAME}`, `$NAME`, `{{name}}`, `%NAME%`, `YOUR_API_KEY_HERE`. */
const PLACEHOLDER =
  /\$\{[^}]*\}?|^\$[A-Za-z_]\w*$|\{\{.*?\}\}|%[A-Za-z_][\w.]{2,}%|^<[^<>]*>$|\byour[_-][a-z_-]*(?:key|token|secret|id)(?![a-z])|\byour[_-][\w-]*here\b|^(?:replace|change)[_-]?me$/i;

/** One line for each variable of the environment that looks like a setting and is none. */
export function* unknownVariables(env: Env): Generator<string> {
  for (const name of Object.keys(env).toSorted()) {
    if (KNOWN.has(name)) continue;
    const shown = name.replace(/[^\w-]/g, "?").slice(0, 80);
    const meant = settingMeant(name);
    if (meant !== null)
      yield `${shown} is not a setting. Write ${meant}, or remove it; \`help\` lists every setting.`;
    else if (/^identity_/i.test(name))
      yield `${shown} is not a setting of this version. Remove it or correct its name; \`help\` lists every setting.`;
  }
}

/** The text of each setting that is given; a problem for one that is a placeholder, or closes something and is empty. */
export function readTexts(
  { env, flags }: { readonly env: Env; readonly flags?: Env },
  problems: string[],
): ReadonlyMap<Variable, string> {
  const texts = new Map<Variable, string>();
  for (const variable of VARIABLES) {
    const given = flags?.[variable] ?? env[variable];
    const text = (given ?? "").trim();
    if (PLACEHOLDER.test(text))
      problems.push(`${variable} is a placeholder that was not filled in. Fill it in or remove it.`);
    else if (text !== "") texts.set(variable, text);
    // Clients' settings forms hand over an empty text for what was left out, which is fine for the others.
    else if (given !== undefined && CLOSING.includes(variable))
      problems.push(`${variable} is set and empty. Remove it, or set it: ${SETTINGS[variable].says}.`);
  }
  return texts;
}

/** The setting that a name was probably meant to be: with other letters' case or separators, or with a typing mistake or two. */
function settingMeant(name: string): Variable | null {
  const bare = (text: string) => text.toUpperCase().replaceAll(/[^A-Z0-9]/g, "");
  const near = VARIABLES.find((variable) => bare(variable) === bare(name));
  if (near) return near;
  // Variables of other programs are not ours to refuse, so only the beginning that is ours is looked at.
  if (!/^(trello|atlassian|identity)[_-]/i.test(name)) return null;
  return VARIABLES.find((variable) => distance(variable, name.toUpperCase()) <= 2) ?? null;
}

/** Typing mistakes between two names: letters put in, left out, exchanged or swapped with the next. */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? 0;
  for (let row = 1; row <= a.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      next.push(
        Math.min(
          at(row - 1, column) + 1,
          (next[column - 1] ?? 0) + 1,
          at(row - 1, column - 1) + (same ? 0 : 1),
          swapped ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    rows.push(next);
  }
  return at(a.length, b.length);
}
