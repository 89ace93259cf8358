/** The sandbox's coverage table leaves out no identity operation that is published or known. */
import { expect, test } from "vitest";
import { coverage } from "../../src/sandbox/routes.ts";
import { trelloCoverage } from "../../src/sandbox/trello/coverage.ts";
import { operationNames, readNotes, readSpec, specsMissing, whereSpecsAre } from "./specs.ts";

/** Paths of Trello that are about people, their rights and their tokens, or carry others. */
const IDENTITY = [
  /^\/(batch|tokens|webhooks|enterprises)\b/,
  /^\/search\/members/,
  /^\/(organizations|boards)\/\{\}$/,
  /^\/(organizations|boards)\/.*\b(members|memberships|newBillableGuests)\b/,
  /^\/organizations\/\{\}\/(boards|actions|prefs\/.*)$/,
  /^\/members\/\{\}(\/(boards|organizations|boardsInvited|organizationsInvited|tokens|actions|cards))?$/,
];

/** Published operations that match and are not about people: a workspace or a board itself. */
const LEFT_OUT = ["DELETE /boards/{}", "DELETE /organizations/{}", "PUT /boards/{}"];

/** Not published; from the former documentation or from clients, as the notes beside the descriptions say. */
const UNPUBLISHED = [
  "DELETE /enterprises/{}/members/{}",
  "GET /organizations/{}/membersInvited",
  "PUT /organizations/{}/memberships/{}",
];

/** Names of parameters differ between sources, and so does a slash at the end. */
const plain = (name: string) => name.replaceAll(/\{\w+\}/g, "{}").replace(/\/$/, "");
const covered = new Set(Object.keys(coverage).map(plain));

test.skipIf(specsMissing)(`Trello's table has every published identity operation${whereSpecsAre}`, () => {
  const published = operationNames(readSpec("trello"))
    // The description has a stray `$` in one path.
    .map((name) => plain(name.replace("${", "{")));
  const identity = published.filter((name) =>
    IDENTITY.some((pattern) => pattern.test(name.slice(name.indexOf("/")))),
  );
  expect(identity.length).toBeGreaterThan(60);
  expect(identity.filter((name) => !covered.has(name)).toSorted()).toEqual(LEFT_OUT);
  const own = Object.keys(trelloCoverage).map(plain);
  expect(own.filter((name) => !published.includes(name)).toSorted()).toEqual(UNPUBLISHED);
});

test.skipIf(specsMissing)(`the table has every operation of the notes${whereSpecsAre}`, () => {
  const known = notedOperations(readNotes());
  expect(known.length).toBeGreaterThan(60);
  expect(known.filter((spellings) => !spellings.some((name) => covered.has(plain(name))))).toEqual([]);
});

/**
 * The operations in the first column of the notes' tables, each with the spellings that its shorthand allows: `GET/PUT
 * /a`, `/a[/{id}]`, `.../b` for a path below the enterprise, `/a/b, /c` for a second one beside the first.
 */
function notedOperations(notes: string): string[][] {
  const cells = notes
    .split("\n")
    .flatMap((line) => /^\| ((?:GET|PUT|POST|PATCH|DELETE)\b[^|]*) \|/.exec(line)?.[1] ?? []);
  return cells
    .flatMap((cell) => cell.split(" ; "))
    .flatMap((part) => {
      const [, methods = "", paths = ""] = /^([A-Z]+(?:(?:, |\/)[A-Z]+)*) (.+)$/.exec(part.trim()) ?? [];
      const [first = "", ...others] = paths.split(", ").map((path) => path.split(" ")[0] ?? "");
      const spelled = [
        spellings(first),
        ...others.map((path) => [...spellings(parentOf(first) + path), ...spellings(`...${path}`)]),
      ];
      return methods
        .split(/, |\//)
        .flatMap((method) => spelled.map((each) => each.map((path) => `${method} ${path}`)));
    });
}

function spellings(path: string): string[] {
  const whole = path.replace(/^\.\.\./, "/enterprises/{id}");
  const [before = "", optional, after = ""] = whole.split(/\[(.*)\]/);
  return optional === undefined ? [whole] : [before + after, before + optional + after];
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
