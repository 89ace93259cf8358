import * as fc from "fast-check";

/** A list as administrators have them, with those who are named as its people; everybody else in it is somebody beside. */
export interface RandomList {
  readonly text: string;
  /** Emails, in lower case. */
  readonly meant: ReadonlySet<string>;
}

const PERSON = [
  "email",
  "E-Mail",
  "Work email",
  "work_email",
  "EmailAddress",
  "primaryEmail",
  "userPrincipalName",
  "Login",
  "User name [userPrincipalName] Required",
  "Email Address [Required]",
  "Primary Work Email",
  "E-Mail-Adresse",
  "Courriel",
  "Adresse e-mail",
  "Correo electrónico",
  "Endereço de e-mail",
  "Indirizzo e-mail",
  "E-mailadres",
  "E-postadress",
  "Adres e-mail",
  "メールアドレス",
  "Member",
] as const;
const BESIDE = [
  "manager",
  "Manager email",
  "manager_email",
  "managerEmail",
  "Line manager",
  "Supervisor",
  "Requested by",
  "Approver",
  "Team lead",
  "Vorgesetzter",
  "E-Mail Vorgesetzter",
  "Responsable",
  "Correo del jefe",
  "E-mail do gestor",
  "E-mail del responsabile",
  "Leidinggevende",
  "Chef",
  "Przełożony",
  "上司",
  "Successor",
  "Recovery Email",
] as const;
// What no vocabulary knows: it may be about anybody.
const UNKNOWN = ["Kontakt", "upravitelj", "Extension", "Project", "zzz", "Kostenstelle", "Ref."] as const;

const NAMES = [
  "Ada Roe",
  "Roe, Ada",
  "Jonas Lindqvist",
  "Müller, Jörg",
  "田中 太郎",
  "Maria de la Cruz",
  "Bob",
] as const;
const PROSE = [
  "Please offboard these people:",
  "Requested by",
  "Thanks",
  "Kind regards, Mia",
  "Manager",
  "From: HR",
  "as discussed",
  "Hi team,",
  "Leaves at the end of May",
  "Stay:",
  "Approved by",
  "Bitte entfernen",
  "Merci",
  "Total: 3",
  "--",
  "everyone except",
  "Cc:",
  "Vorgesetzter",
  "Who replaces them?",
  "Exceptions",
] as const;

// A row that begins with one of these is no row. A department or a title may be any other word.
const LABELS = ["Requested by", "Approved by", "Cc:", "Stay:", "From: HR"] as const;

const email = fc.nat({ max: 40 }).map((n) => `leaver${n}@x.org`);
const beside = fc.nat({ max: 9 }).map((n) => `boss${n}@x.org`);

const wrapped = (written: fc.Arbitrary<string>) =>
  fc
    .tuple(
      written,
      fc.constantFrom<(text: string) => string>(
        (text) => text,
        (text) => text.toUpperCase(),
        (text) => `mailto:${text}`,
        (text) => `<${text}>`,
        (text) => `Ada Roe <${text}>`,
        (text) => `Roe, Ada <${text}>`,
        (text) => `[${text}](mailto:${text})`,
      ),
    )
    .map(([text, wrap]) => wrap(text));

const quoted = (cell: string, delimiter: string): string =>
  cell.includes(delimiter) || /["\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;

/** The columns of a table: exactly one is of the people, the others of managers, names, notes or unknown things. */
const columns = fc
  .tuple(
    fc.constantFrom(...PERSON),
    fc.uniqueArray(
      fc.oneof(
        fc.constantFrom(...BESIDE).map((title) => ({ title, holds: "beside" as const })),
        fc.constantFrom(...UNKNOWN).map((title) => ({ title, holds: "unknown" as const })),
        fc
          .constantFrom("Name", "Full name", "Anzeigename")
          .map((title) => ({ title, holds: "name" as const })),
        fc.constantFrom("Notes", "Kommentar").map((title) => ({ title, holds: "notes" as const })),
        fc.constantFrom("role", "team").map((title) => ({ title, holds: "empty" as const })),
      ),
      { selector: ({ title }) => title, maxLength: 4 },
    ),
    fc.nat(),
  )
  .map(([title, others, at]) => [
    ...others.slice(0, at % (others.length + 1)),
    { title: title as string, holds: "person" as const },
    ...others.slice(at % (others.length + 1)),
  ]);

const delimiters = fc.constantFrom(",", ";", "\t", "|");
const ends = fc.constantFrom("\n", "\r\n", "\r");

interface Table {
  readonly lines: readonly string[];
  readonly meant: ReadonlySet<string>;
}

const table: fc.Arbitrary<Table & { readonly delimiter: string; readonly end: string }> = fc
  .record({
    columns,
    delimiter: delimiters,
    end: ends,
    people: fc.array(
      fc.tuple(
        email,
        wrapped(fc.constant("")).map(() => ""),
      ),
      { minLength: 1, maxLength: 6 },
    ),
    wraps: fc.array(wrapped(fc.constant("@@")), { minLength: 6, maxLength: 6 }),
    bosses: fc.array(beside, { minLength: 6, maxLength: 6 }),
    name: fc.constantFrom(...NAMES),
    note: fc.constantFrom(
      "",
      "ok",
      "hand over to\nboss3@x.org, please\nthanks",
      'the "best"',
      "see boss1@x.org",
    ),
    titles: fc.array(fc.constantFrom("Leavers January", "Offboarding, all offices", "", "Report 7"), {
      maxLength: 2,
    }),
    separatorLine: fc.boolean(),
    emptyEnd: fc.constantFrom("", ",,"),
  })
  .map((given) => {
    const { delimiter, end } = given;
    const cell = (holds: string, row: number): string => {
      const boss = given.bosses[row % 6] ?? "";
      const written = (given.wraps[row % 6] ?? "@@").replaceAll(/@@|mailto:@@/gi, (mark) =>
        mark.toLowerCase().startsWith("mailto")
          ? `mailto:${given.people[row]?.[0] ?? ""}`
          : (given.people[row]?.[0] ?? ""),
      );
      if (holds === "person") return written;
      if (holds === "beside") return row % 3 === 2 ? "mia" : boss;
      if (holds === "unknown") return row % 2 === 0 ? boss : "12";
      if (holds === "name") return given.name;
      return holds === "notes" ? given.note : "";
    };
    const line = (cells: readonly string[]) =>
      cells.map((each) => quoted(each, delimiter)).join(delimiter) +
      (delimiter === "," && given.columns.length > 1 ? given.emptyEnd : "");
    // A table of one column has no delimiter: a name with a comma stands in quotes all the same.
    const rows = given.people.map((_person, row) => line(given.columns.map(({ holds }) => cell(holds, row))));
    return {
      delimiter,
      end,
      lines: [
        ...(given.separatorLine ? [`sep=${delimiter}`] : []),
        ...(given.columns.length > 1 ? given.titles : []),
        line(given.columns.map(({ title }) => title)),
        ...rows,
      ],
      meant: new Set(given.people.map(([each]) => each)),
    };
  });

const paste = fc
  .record({
    people: fc.array(fc.tuple(email, wrapped(fc.constant("@@"))), { minLength: 1, maxLength: 6 }),
    separator: fc.constantFrom(", ", "; ", "\n", "\r\n", "\n- ", "\n\n"),
    bullet: fc.constantFrom("", "- ", "1. "),
  })
  .map(({ people, separator, bullet }) => ({
    lines: (
      bullet +
      people.map(([each, wrap]) => wrap.replaceAll("@@", each).replaceAll("MAILTO", "mailto")).join(separator)
    ).split(/\r?\n/),
    meant: new Set(people.map(([each]) => each)),
    end: "\n",
    delimiter: ",",
  }));

/** Lists in which nothing is untidy: each must be read, with everybody in it. */
export const cleanList: fc.Arbitrary<RandomList> = fc
  .oneof(table, paste)
  .map(({ lines, meant, end }) => ({ text: lines.join(end), meant }));

/** What goes wrong with a list on its way: prose, headers and signatures in it, lost quotes, moved and cut fields. */
const accidents = fc.array(
  fc.record({
    kind: fc.constantFrom(
      "prose",
      "boss",
      "signed",
      "header",
      "quote",
      "cut",
      "twice",
      "shuffle",
      "above",
      "pair",
      "named",
    ),
    at: fc.nat(),
    prose: fc.constantFrom(...PROSE),
    boss: beside,
    name: fc.constantFrom(...NAMES),
  }),
  { maxLength: 3 },
);

/** Lists to which up to three accidents happened. Some must be refused; none may act on somebody beside. */
export const untidyList: fc.Arbitrary<RandomList> = fc
  .tuple(fc.oneof(table, table, paste), accidents)
  .map(([{ lines, meant, end, delimiter }, happened]) => {
    let out = [...lines];
    // What damages a line comes first: half a label may be any word.
    const isDamage = ({ kind }: { readonly kind: string }) => ["quote", "cut", "shuffle"].includes(kind);
    // A header that is cut and moved to the end may be any word below two people.
    const isMoved = happened.some(({ kind }) => kind === "shuffle");
    const inOrder = [...happened.filter(isDamage), ...happened.filter((each) => !isDamage(each))];
    for (const { kind, at, prose, boss, name } of inOrder) {
      const place = at % (out.length + 1);
      const line = out[at % out.length] ?? "";
      if (kind === "prose") out.splice(place, 0, prose);
      else if (kind === "boss") out.splice(place, 0, `${prose.replaceAll(",", "")} ${boss}`);
      else if (kind === "signed") out = [...out, "", prose, `${name} <${boss}>`];
      else if (kind === "above") out = [prose, boss, ...out];
      else if (kind === "pair") out.splice(place, 0, `${LABELS[at % LABELS.length]}${delimiter}${boss}`);
      else if (kind === "named" && (delimiter !== "," || out.length === 1))
        out.splice(place, 0, `${name}, ${boss}`);
      else if (kind === "header") out.splice(place, 0, ["Manager", "Approver", "Chef"][at % 3] ?? "", boss);
      else if (kind === "quote")
        out[at % out.length] =
          line.slice(0, at % (line.length + 1)) + '"' + line.slice(at % (line.length + 1));
      else if (kind === "cut" && !isMoved)
        out[at % out.length] = line.slice(0, 1 + (at % Math.max(line.length, 1)));
      else if (kind === "twice") out.push(line);
      else out = [...out.slice(place), ...out.slice(0, place)];
    }
    return { text: out.join(end), meant };
  });
