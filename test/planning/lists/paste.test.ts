import { describe, expect, it } from "vitest";
import { readEmails } from "../../../src/planning/lists/invitees.ts";
import { readPeople } from "../../../src/planning/lists/paste.ts";
import { assertOneStatus, withoutGone } from "../../../src/planning/lists/roster.ts";

const read = (text: string | readonly string[], column?: string) =>
  readPeople(text, { column, also: ["role", "team"] });
const named = (text: string | readonly string[], column?: string) =>
  read(text, column).people.map(({ kind, value }) =>
    kind === "username" ? `@${value}` : `${kind === "name" ? "name " : ""}${value}`,
  );
const refusal = (text: string | readonly string[], column?: string): string => {
  try {
    return `read: ${named(text, column).join(" ")}`;
  } catch (error) {
    expect(error).toMatchObject({ code: "INPUT_INVALID" });
    return (error as Error).message;
  }
};

describe("a table", () => {
  it.each([
    ["the manager beside", "Mail,Line manager\na@x.org,m@x.org\nb@x.org,m@x.org"],
    ["the manager first", "managerUserPrincipalName,userPrincipalName\nm@x.org,a@x.org\nm@x.org,b@x.org"],
    [
      "German",
      "Nachname;Vorname;E-Mail;E-Mail Vorgesetzter\nRoe;Ada;a@x.org;m@x.org\nPoe;Bob;b@x.org;m@x.org",
    ],
    ["Japanese", "氏名,メールアドレス,上司のメールアドレス\n田中,a@x.org,m@x.org\n鈴木,b@x.org,m@x.org"],
    ["tabs from a spreadsheet", "Email\tApproved by\na@x.org\tm@x.org\nb@x.org\tm@x.org"],
    [
      "titles above",
      "Offboarding list\nQ3, all offices\n\nName,E-mail,Supervisor\nAda,a@x.org,m@x.org\nBob,b@x.org,m@x.org",
    ],
    ["sep= first", 'sep=;\nEmail;Requester\na@x.org;"m@x.org"\nb@x.org;m@x.org'],
    [
      "Entra's template",
      "version:v1.0,,\nUser name [userPrincipalName] Required,Manager,\nExample: chris@contoso.com,,\na@x.org,m@x.org,\nb@x.org,m@x.org,",
    ],
    [
      "Google's columns",
      "First Name [Required],Email Address [Required],Recovery Email,Manager Email\nAda,a@x.org,p@y.org,m@x.org\nBob,b@x.org,q@y.org,m@x.org",
    ],
    ["Okta's report", "User,Login,Status\nAda Roe,a@x.org,ACTIVE\nBob Poe,b@x.org,STAGED"],
    [
      "Slack's export",
      "username,email,status,billing-active,userid\nada,a@x.org,Member,1,U1\nbob,b@x.org,Admin,0,U2",
    ],
    [
      "Atlassian's export",
      "User id,User name,email,User status\n5b1,Ada Roe,a@x.org,Active\n5b2,Bob Poe,b@x.org,Active",
    ],
    [
      "Workday's columns",
      "Worker,Primary Work Email,Manager\nAda Roe,a@x.org,Mia Moe\nBob Poe,b@x.org,Mia Moe",
    ],
    [
      "Markdown",
      "| Who | Email | Manager |\n| --- | --- | --- |\n| Ada | a@x.org | m@x.org |\n| Bob | b@x.org | m@x.org |",
    ],
    ["one column", "UserPrincipalName\na@x.org\nb@x.org\n"],
    ["a title above one column", "People who leave\nUser principal name\na@x.org\nb@x.org"],
    ["short rows and empty ones", "email,role,team\na@x.org\n,,\n\nb@x.org,member,\n,,"],
    ["emails as they are copied", "Name,Email\nAda,Ada Roe <a@x.org>\nBob,<mailto:b@x.org>"],
    ["a repeated header", "email,notes\na@x.org,x\nemail,notes\nb@x.org,y"],
  ])("names the person of each row and no one beside: %s", (_what, text) => {
    expect(named(text)).toEqual(["a@x.org", "b@x.org"]);
  });

  it.each([
    [
      "two emails of equal rank",
      "Office email,Business email\na@x.org,m@x.org",
      /^Which column names the people: Office email, Business email\?$/,
    ],
    [
      "a header that is not known",
      "Kontakt;Betreut von\na@x.org;m@x.org",
      /Which column names the people: Kontakt, Betreut von\?$/,
    ],
    [
      "a manager in a language that is not known",
      "upravitelj_email,telefon\nm@x.org,1",
      /Which column names the people: upravitelj_email, telefon\?$/,
    ],
    ["managers alone", "Name,Manager email,Team\n,m@x.org,A", /^read: $/],
    [
      "one name twice",
      "email,Email\na@x.org,m@x.org",
      /^Which column names the people: 1 \(email\), 2 \(Email\)\?$/,
    ],
    [
      "no header",
      "Ada Roe,a@x.org,m@x.org\nBob Poe,b@x.org,m@x.org",
      /Which column names the people: Ada Roe, a@x.org, m@x.org\?$/,
    ],
    [
      "emails in two columns without a header",
      "a@x.org,m@x.org\nb@x.org,n@x.org",
      /Which column names the people: a@x.org, m@x.org\?$/,
    ],
    ["emails in two columns, spaces between", "a@x.org   m@x.org\nb@x.org   n@x.org", /may be a table/],
    ["managers in a column of their own", "Manager\nm@x.org", /Which column names the people: Manager\?$/],
  ])("asks for the column: %s", (_what, text, message) => {
    expect(refusal(text)).toMatch(message);
  });

  it.each([
    ["by its header", "Kontakt;Betreut\na@x.org;m@x.org", "Kontakt", ["a@x.org"]],
    ["in other letters", "Office-Email,Business email\na@x.org,m@x.org", "office email", ["a@x.org"]],
    ["by its number", "Office email,Business email\nm@x.org,a@x.org", "2", ["a@x.org"]],
    ["by its number, without a header", "m@x.org,a@x.org\nm@x.org,b@x.org", "2", ["a@x.org", "b@x.org"]],
    ["of two with one name", "email,Email\nm@x.org,a@x.org", "2", ["a@x.org"]],
  ])("takes the column that the caller names: %s", (_what, text, column, people) => {
    expect(named(text, column)).toEqual(people);
  });

  it("lists the columns if the caller names one that is not there", () => {
    expect(refusal("email,manager\na@x.org,m@x.org", "mail")).toBe(
      "No column is called mail. Which one names the people: email, manager?",
    );
  });

  it.each([
    [
      "a note over lines",
      'email,notes\na@x.org,"hand over to\nm@x.org, please\nthanks"\nb@x.org,ok',
      ["a@x.org", "b@x.org"],
      [],
    ],
    ["a quote that never closes", 'email,notes\na@x.org,x\nb@x.org,"open\nm@x.org,y', ["a@x.org"], [3]],
    [
      "a quote inside a field",
      'email,notes\na@x.org,x\nb@x.org,he said "stay\nm@x.org,now" y',
      ["a@x.org"],
      [3],
    ],
    ["a title with an open quote", 'see "the\nemail,notes\nm@x.org,z"', [], undefined],
    ["a long row", "email,team\na@x.org,x\nb@x.org,y,m@x.org", ["a@x.org"], [3]],
    [
      "a short row beside managers",
      "manager,email,team\nm@x.org,a@x.org,x\nm@x.org,b@x.org",
      ["a@x.org"],
      [3],
    ],
    ["two people in a cell", "email,team\na@x.org,x\nb@x.org; m@x.org,y", ["a@x.org"], [3]],
    ["no email", "email,name\na@x.org,Ada\n,Bob\nn/a,Cy", ["a@x.org"], [3, 4]],
  ])("does not act on what may not be a row: %s", (_what, text, people, lines) => {
    if (lines === undefined) return expect(refusal(text)).toMatch(/not understood|may be a table/);
    const list = read(text);
    expect(list.people.map(({ value }) => value)).toEqual(people);
    return expect(list.problems.map(({ line }) => line)).toEqual(lines);
  });

  it.each([
    ["a label", "Name,Email\nAda,a@x.org\nRequested by,m@x.org"],
    ["a label with a colon", "Team,Email\nOps,a@x.org\nApprover:,m@x.org"],
    ["another header", "Name,Email\nAda,a@x.org\nName,Manager\nMia,m@x.org"],
    ["the end of a letter", "Email,Team\na@x.org,Ops\n\nKind regards\nMia Moe\nm@x.org"],
    ["a signature", "Email,Team\na@x.org,Ops\n--\nm@x.org"],
    ["an email that stands apart", "Email,Team\na@x.org,Ops\n\nm@x.org"],
    ["one column with a letter below", "Email\na@x.org\n\nThanks!\nMia Moe <m@x.org>"],
    ["one column with labels", "Leaver\na@x.org\nManager\nm@x.org"],
  ])("is refused as a whole with other lines in it: %s", (_what, text) => {
    expect(refusal(text)).toMatch(/is not a row of the table|not understood/);
  });

  it("says which columns and lines it did not read", () => {
    expect(read("January\nName,Email,Manager,Last day\nAda,a@x.org,m@x.org,31").notes).toEqual([
      "Not read, above the table: January.",
      "Columns not read: Manager, Last day.",
    ]);
  });

  it("takes a bare word for a username in no column but of Trello's usernames", () => {
    expect(named("Name;Username;Manager\nAda Roe;ada;mia\nBob;@bob;mia")).toEqual(["name ada", "@bob"]);
    expect(named("Trello username,Manager\nada,mia\n@bob,mia")).toEqual(["@ada", "@bob"]);
    expect(named("Name,Team lead\nAda Roe,mia")).toEqual(["name Ada Roe"]);
  });

  it("unites the teams of a person's rows, and names a row that asks for another role", () => {
    const { people, problems } = read(
      "email,role,team\na@x.org,member,Eng\nb@x.org,admin,Eng\nA@x.org,member,Design\nb@x.org,member,Ops\na@x.org,member,ENG",
    );
    expect(people).toMatchObject([
      { value: "a@x.org", role: "normal", teams: ["Eng", "Design"] },
      { value: "b@x.org", role: "admin", teams: ["Eng"] },
    ]);
    expect(problems.map(({ line, why }) => [line, why])).toEqual([
      [5, "another role (normal) than on line 3. The role on line 3 is used"],
      [6, "already on line 2"],
    ]);
  });
});

describe("people who are gone, as exports say it", () => {
  it.each([
    ["Slack", "email,status", "Deactivated", "Member"],
    ["Slack's bots", "email,status", "Bot", "Primary Owner"],
    ["Okta", "login,status", "DEPROVISIONED", "PASSWORD_EXPIRED"],
    ["Okta", "login,status", "SUSPENDED", "PROVISIONED"],
    ["Google", "Email Address [Required],Status [READ ONLY]", "Suspended", "Active"],
    ["GAM", "primaryEmail,suspended", "True", "False"],
    ["GAM", "primaryEmail,archived", "TRUE", "FALSE"],
    ["Entra", "userPrincipalName,accountEnabled", "False", "True"],
    [
      "Entra's template",
      "User name [userPrincipalName] Required,Block sign in (Yes/No) [accountEnabled] Required",
      "Yes",
      "No",
    ],
    ["Atlassian", "email,User status", "Suspended", "Active"],
    ["Workday", "Primary Work Email,Active Status".replace("Active Status", "Active"), "No", "Yes"],
    ["a personnel system", "email,Employee status", "Terminated", "On leave"],
    ["a personnel system with dates", "email,terminated", "2026-01-31", ""],
    ["German", "E-Mail,Status", "Deaktiviert", "Aktiv"],
    ["French", "Courriel,Statut", "Désactivé", "Actif"],
    ["Spanish", "Correo,Estado", "Baja", "Activo"],
    ["Japanese", "メールアドレス,ステータス", "停止", "有効"],
    ["words of leaving", "email,employment status", "Resigned - voluntary", "Full time"],
    ["words of leaving", "email,status", "Laid off", "Contractor"],
    ["German", "E-Mail,Status", "Ausgetreten", "Aktiv"],
    ["French", "Courriel,Statut", "Licenciée", "En poste"],
    ["Spanish", "Correo,Estado", "Jubilada", "Alta"],
    ["Portuguese", "Correio eletrónico,Estado", "Demitida", "Ativa"],
    ["Italian", "Posta elettronica,Stato", "Licenziato", "In servizio"],
    ["Dutch", "E-mailadres,Status", "Vertrokken", "In dienst"],
    ["Swedish", "E-post,Status", "Slutat", "Anställd"],
    ["Japanese", "メールアドレス,ステータス", "退社", "在籍"],
    ["Korean", "이메일,status", "퇴사", "재직"],
    ["Chinese", "邮箱,状态", "已离职", "在职"],
    ["a negation", "email,Employee status", "no longer with us", "Full-time"],
    ["a negation", "email,status", "not employed", "employed"],
    ["a German negation", "E-Mail,Status", "nicht mehr aktiv", "aktiv"],
    ["a word inside", "email,status", "has left", "Active (was suspended)"],
    ["marks", "email,Active?", "✗", "✓"],
    ["coloured marks", "email,Status", "🔴", "🟢"],
    ["a heading that is not known", "email,Employment", "Terminated", "Employed"],
    ["a heading about people", "email,Account", "disabled", "enabled"],
    ["a German heading", "E-Mail,Beschäftigungsstatus", "ausgeschieden", "aktiv"],
    ["a heading with HR", "email,HR state", "Terminated", "Employed"],
  ])("are left out of invitations, and asked about in other lists: %s", (_what, header, gone, here) => {
    const list = read(`${header}\na@x.org,${gone}\nb@x.org,${here}`);
    const invited = withoutGone(list);
    expect(invited.people.map(({ value }) => value)).toEqual(["b@x.org"]);
    expect(invited.problems).toEqual([{ line: 2, text: "a@x.org", why: `the list says ${gone}` }]);
    expect(() => assertOneStatus(list)).toThrow(
      expect.objectContaining({
        code: "INPUT_INVALID",
        message: expect.stringContaining("Which rows are meant?"),
      }),
    );
    assertOneStatus(read(`${header}\na@x.org,${gone}\nb@x.org,${gone}`));
    assertOneStatus(read(`${header}\na@x.org,${here}\nb@x.org,${here}`));
  });

  it.each([
    ["Leave of absence", "Active"],
    ["On leave", "Terminated"],
    ["Elternzeit", "Aktiv"],
    ["休職", "在職"],
    ["Garden leave until May", "Full time"],
  ])("are not guessed from a status that is not known, and it is named: %s", (odd, known) => {
    const list = read(`email,status\na@x.org,${odd}\nb@x.org,${known}`);
    expect(list.people.map(({ value }) => value)).toEqual(["a@x.org", "b@x.org"]);
    expect(list.notes).toEqual([`Status not known, so these people count as present: line 2 (${odd}).`]);
    expect(() => assertOneStatus(list)).toThrow(/Which rows are meant\?$/);
    assertOneStatus(read(`email,status\na@x.org,${odd}\nb@x.org,${odd}`));
  });

  it.each(["Not invited", "not yet started", "Never logged in"])(
    "are not read from a negation about something else: %s",
    (odd) => {
      expect(withoutGone(read(`email,status\na@x.org,${odd}\nb@x.org,${odd}`)).people).toHaveLength(2);
    },
  );

  it("are not read from what is no status of theirs", () => {
    for (const header of ["email,billing-active", "email,Project status", "email,Last day"])
      expect(() => assertOneStatus(read(`${header}\na@x.org,0\nb@x.org,Suspended`))).not.toThrow();
  });
});

describe("people written beside the people of a list", () => {
  it.each([
    ["a form with a stamp", "Timestamp,Email Address,Name of leaver\n1,m@x.org,Ada Roe"],
    ["a form in German", "Zeitstempel;E-Mail-Adresse;Mitarbeiter\n1;m@x.org;Ada Roe"],
    ["a question of a form", "Submitted,Email,Who is leaving?\n1,m@x.org,a@x.org"],
    ["`your`", "Your email,Leaver\nm@x.org,Ada Roe"],
    ["a second column of emails", "Email,Leaver\nm@x.org,a@x.org"],
  ])("are not taken for them, by the column of who filled in %s", (_what, text) => {
    expect(refusal(text)).toMatch(/Which one names the people/);
  });

  it("are not looked for if the columns agree, or if the caller names the column", () => {
    expect(named("Email,Employee\na@x.org,a@x.org\nb@x.org,b@x.org")).toEqual(["a@x.org", "b@x.org"]);
    expect(named("Email,Employee name\na@x.org,Ada Roe")).toEqual(["a@x.org"]);
    expect(named("Timestamp,Employee email,Employee name\n1,a@x.org,Ada Roe")).toEqual(["a@x.org"]);
    expect(named("Timestamp,Email,Leaver\n1,m@x.org,a@x.org", "Leaver")).toEqual(["a@x.org"]);
  });

  it("are not taken for them in a row that is only a title", () => {
    expect(refusal("Name;Email\nAda;a@x.org\nVorgesetzter;m@x.org")).toMatch(/not a row of the table/);
  });

  it.each([
    ["a second bracket after one name", "Ada Roe <a@x.org> <m@x.org>"],
    ["a second bracket, of another kind", "Ada Roe <a@x.org> (m@x.org)"],
    ["a word and a sign of equality", "leaver=a@x.org\nmanager=m@x.org"],
    ["one such word", "a@x.org\napprover=m@x.org"],
  ])("are not taken for them: %s", (_what, text) => {
    expect(refusal(text)).toMatch(/not understood/);
  });

  it("several brackets without names are several people", () => {
    expect(named("<a@x.org> <b@x.org>, <c@x.org>")).toEqual(["a@x.org", "b@x.org", "c@x.org"]);
    expect(named("Ada Roe <a@x.org>, <b@x.org>")).toEqual(["a@x.org", "b@x.org"]);
  });

  it.each(["a@x.org\n\nMia Moe\nm@x.org", "a@x.org\nb@x.org\n\n\nMia Moe\nm@x.org\n"])(
    "are marked when a name below an empty line heads them, as in a signature",
    (text) => {
      expect(read(text).people.find(({ kind }) => kind === "name")).toMatchObject({
        heads: true,
        apart: true,
      });
      expect(() => readEmails(text)).toThrow(/Mia Moe.*header or a signature/);
    },
  );

  it("are not seen in a name between emails without an empty line", () => {
    expect(readEmails("a@x.org\nMia Moe\nb@x.org").people.map(({ value }) => value)).toEqual([
      "a@x.org",
      "b@x.org",
    ]);
  });
});

describe("a paste", () => {
  it.each([
    ["Roe, Ada <a@x.org>; Poe, Bob <b@x.org>", ["a@x.org", "b@x.org"]],
    ["Roe, Ada <a@x.org>\nPoe, Bob <b@x.org>", ["a@x.org", "b@x.org"]],
    ["Ada Roe <a@x.org>, b@x.org", ["a@x.org", "b@x.org"]],
    ["van der Berg, Jan <a@x.org>", ["a@x.org"]],
    ["Ada Roe (External) <a@x.org>", ["a@x.org"]],
    ["a@x.org b@x.org\tc@x.org", ["a@x.org", "b@x.org", "c@x.org"]],
    [
      "- a@x.org\n* b@x.org\n• c@x.org\n1. d@x.org\n2) e@x.org\n- [ ] f@x.org",
      ["a", "b", "c", "d", "e", "f"].map((name) => `${name}@x.org`),
    ],
    ["a@x.org.\n<mailto:b@x.org>,\n[c@x.org](mailto:c@x.org);", ["a@x.org", "b@x.org", "c@x.org"]],
    ["a@x.org，b@x.org、c@x.org", ["a@x.org", "b@x.org", "c@x.org"]],
    [
      "@ada, https://trello.com/u/bob; 65a000000000000000000001",
      ["@ada", "@bob", "65a000000000000000000001"],
    ],
    ["Ada Roe (@ada)\nBob Poe (@bob)", ["@ada", "@bob"]],
    ['["a@x.org", "b@x.org"]', ["a@x.org", "b@x.org"]],
    ["a@x.org,\nb@x.org,\n", ["a@x.org", "b@x.org"]],
    ["\uFEFFa\u200B@x.org\u2028b@x.org", ["a@x.org", "b@x.org"]],
  ])("reads %j", (text, people) => {
    expect(named(text)).toEqual(people);
    expect(read(text).problems).toEqual([]);
  });

  it.each([
    ["Roe, Ada", ["name Ada Roe"]],
    ["ada", ["name ada"]],
    ["ada, bob, cy", ["name ada", "name bob", "name cy"]],
    ["Ada Roe\nBob Poe", ["name Ada Roe", "name Bob Poe"]],
    ['"Roe, Ada"', ["name Ada Roe"]],
  ])("takes %j for names alone, which prove no one", (text, people) => {
    expect(named(text)).toEqual(people);
  });

  it.each([
    "Please offboard a@x.org. Requested by:\nm@x.org",
    "Please offboard Ada Roe <a@x.org>, as Mia Moe <m@x.org> asked",
    "Hi team,\na@x.org leaves on Friday.\nThanks, Mia Moe <m@x.org>",
    "To: a@x.org\nFrom: m@x.org\nSubject: leavers",
    "Cc: m@x.org",
    "Requested by:\nm@x.org",
    "Requested by\nm@x.org",
    "Manager\nm@x.org\nLeavers\na@x.org",
    "a@x.org, not m@x.org",
    "a@x.org but keep\nm@x.org",
    "everybody except m@x.org",
    "a@x.org and m@x.org",
    "Bitte entfernen: a@x.org\nGruß, m@x.org",
    "Merci de retirer a@x.org\nm@x.org",
    "Name: Ada Roe\nEmail: a@x.org\nManager: m@x.org",
    "https://jira.example/browse/HR-1\nm@x.org",
    "a@x.org -> m@x.org",
    "a@x.org (successor: m@x.org)",
    "Ada Roe, m@x.org",
    "Ada Roe; Mia; m@x.org",
    "m@x.org <a@x.org>",
    'Ada "the boss\nm@x.org',
    "Kontakt;Leitung;Ort\na@x.org;m@x.org",
  ])("is refused as a whole, with what was seen, if it is more than a list: %j", (text) => {
    expect(refusal(text)).toMatch(/^The list contains text|may be a table|Which column names the people/);
  });

  it("names bad entries with what to write, and harms no other", () => {
    const { people, problems } = read("a@x.org\nb@x\nｃ@x.org, d@bücher.example\ne.example.org");
    expect(people.map(({ value }) => value)).toEqual(["a@x.org"]);
    expect(problems).toEqual([
      { line: 2, text: "b@x", why: "not an email address" },
      { line: 3, text: "ｃ@x.org", why: "not an email address as it is written; write c@x.org" },
      {
        line: 3,
        text: "d@bücher.example",
        why: "not an email address as it is written; write d@xn--bcher-kva.example",
      },
      { line: 4, text: "e.example.org", why: "not an email address" },
    ]);
  });

  it("reads an array as it reads a text", () => {
    expect(named(["Roe, Ada <a@x.org>", " b@x.org ", "", "@cy"])).toEqual(["a@x.org", "b@x.org", "@cy"]);
    expect(named(["email,manager", "a@x.org,m@x.org"])).toEqual(["a@x.org"]);
    expect(refusal(["a@x.org,m@x.org", "b@x.org,n@x.org"])).toMatch(/may be a table/);
  });

  it("takes everybody once, whatever the form", () => {
    const { people, problems } = read("A@x.org\nAda <a@x.org>\n@Bob\nhttps://trello.com/u/bob");
    expect(people.map(({ value }) => value)).toEqual(["a@x.org", "bob"]);
    expect(problems.map(({ why }) => why)).toEqual(["already on line 1", "already on line 3"]);
  });
});
