import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findPeople } from "../../src/people/candidates.ts";
import { requirePerson } from "../../src/people/find.ts";
import { fakeContext, id, row, snapshot } from "../support/plan-context.ts";

const ada = row({ n: 1, name: "Ada Lovelace", username: "ada" });
const twins = [row({ n: 2, name: "Sam Hill" }), row({ n: 3, name: "Sam Hill" })];
const guest = row({ n: 4, name: "Gus Guest", username: "gus" });
const boards = [[ada, guest]];
const acme = snapshot([ada, ...twins], boards);
const within = () => fakeContext({ people: boards });

describe("finding people", () => {
  it("is certain by id and by username, whatever the case, without a name being read", async () => {
    const { context, boardsRead } = within();
    for (const query of [id(1).toUpperCase(), "ADA", "@ada", " ada "]) {
      expect(await findPeople(query, [acme], context)).toEqual([
        expect.objectContaining({ confidence: "certain", workspaces: ["acme"] }),
      ]);
    }
    expect(boardsRead).toEqual([]);
  });

  it("names a guest that is asked for by id with one request", async () => {
    const { context, boardsRead } = within();
    const [found] = await findPeople(id(4), [acme], context);
    expect(found).toMatchObject({ confidence: "certain", person: { member: { username: "gus" } } });
    expect(boardsRead).toEqual([id(8_000)]);
  });

  it("takes a name for a likely person, and for a possible one where two have it", async () => {
    const { context } = within();
    expect(await findPeople("ada lovelace", [acme], context)).toEqual([
      expect.objectContaining({ confidence: "likely" }),
    ]);
    expect((await findPeople("Sam Hill", [acme], context)).map(({ confidence }) => confidence)).toEqual([
      "possible",
      "possible",
    ]);
    expect(await findPeople("lovel", [acme], context)).toEqual([
      expect.objectContaining({ confidence: "possible" }),
    ]);
  });

  it("finds a name in either spelling of its letters", async () => {
    const zoe = row({ n: 5, name: "Zoe\u0308 Dubois" });
    const { context } = within();
    for (const query of ["Zo\u00eb Dubois", "Zoe\u0308 Dubois"]) {
      expect(await findPeople(query, [snapshot([zoe])], context)).toEqual([
        expect.objectContaining({ confidence: "likely" }),
      ]);
    }
  });

  it("finds guests by name and username, whose names it reads only then", async () => {
    const { context, boardsRead } = within();
    expect(await findPeople("gus", [acme], context)).toEqual([
      expect.objectContaining({ confidence: "certain" }),
    ]);
    expect(await findPeople("Gus Guest", [acme], context)).toEqual([
      expect.objectContaining({ confidence: "likely" }),
    ]);
    expect(boardsRead.length).toBeGreaterThan(0);
  });

  it("counts somebody of two workspaces once, with both", async () => {
    const other = { ...snapshot([ada]), workspace: { ...acme.workspace, id: id(9_001), name: "beta" } };
    const { context } = within();
    expect(await findPeople("ada", [acme, other], context)).toEqual([
      expect.objectContaining({ workspaces: ["acme", "beta"] }),
    ]);
  });

  it("never calls anybody certain by a display name, which people choose themselves", async () => {
    const name = fc.oneof(
      fc.string({ unit: "grapheme", minLength: 2 }),
      fc.constantFrom("user9", id(9), "boss@x.org"),
    );
    await fc.assert(
      fc.asyncProperty(name, async (fullName) => {
        const impostor = row({ n: 5, name: fullName, username: "impostor" });
        const { context } = fakeContext();
        const found = await findPeople(fullName, [snapshot([impostor])], context);
        for (const { confidence } of found) expect(confidence).not.toBe("certain");
      }),
    );
  });
});

it("an email is no one's username, although usernames are chosen freely", async () => {
  const impostor = row({ n: 5, name: "Imke Postor", username: "boss@x.org" });
  const { context } = fakeContext();
  for (const query of ["boss@x.org", "BOSS@X.ORG", "@boss@x.org"])
    for (const { confidence } of await findPeople(query, [snapshot([impostor])], context))
      expect(confidence).not.toBe("certain");
});

describe("the one person meant", () => {
  it.each([
    ["Sam Hill", "AMBIGUOUS"],
    ["sam", "AMBIGUOUS"],
    ["nobody", "NOT_FOUND"],
    ["ada@x.org", "NOT_FOUND"],
    [id(77), "NOT_FOUND"],
  ])("is not %s: %s, with a next step", async (query, code) => {
    const { context } = within();
    await expect(requirePerson(query, [acme], context)).rejects.toMatchObject({
      code,
      next: expect.stringMatching(/find_member|`member`/),
    });
  });

  it.each([
    ["lovel", 1, /^If this candidate is the right person/, false],
    ["Sam Hill", 2, /^Call again/, false],
    ["Kim", 5, /^Call again/, true],
  ])("is not %s, of whom the error names %i", async (query, count, next, cut) => {
    const crowd = Array.from({ length: 7 }, (_, n) => row({ n: 20 + n, name: "Kim" }));
    const { context } = within();
    await expect(
      requirePerson(query, [snapshot([ada, ...twins, ...crowd], boards)], context),
    ).rejects.toMatchObject({
      code: "AMBIGUOUS",
      message: cut
        ? expect.stringContaining("The first 5 of 7 candidates")
        : expect.not.stringContaining("first"),
      next: expect.stringMatching(next),
      details: {
        candidates: Array.from({ length: count }, () => expect.objectContaining({ id: expect.any(String) })),
      },
    });
  });

  it.each(["Ada Lovelace", "ada  lovelace", "Gus Guest"])(
    "says why the exact full name %s is not enough, and what to pass",
    async (query) => {
      const { context } = within();
      const whyNoName = "the account may be another person's";
      await expect(requirePerson(query, [acme], context, { names: false, whyNoName })).rejects.toMatchObject({
        code: "AMBIGUOUS",
        message: `Exactly one person has this name, but a name is not enough: ${whyNoName}.`,
        next: expect.stringMatching(/`member` set to the @username, the id(?: or the email)?\.$/),
        retry: "corrected",
        details: { candidates: [expect.objectContaining({ id: expect.any(String) })] },
      });
    },
  );

  it("is the one who has the exact full name, as people type it, and then says so", async () => {
    const { context } = within();
    for (const query of ["Ada Lovelace", "ada  lovelace", "ADA LOVELACE", "\u00c1da Lovelac\u00e9"]) {
      expect(await requirePerson(query, [acme], context)).toMatchObject({
        idMember: id(1),
        identifiedBy: "name",
      });
    }
    expect(await requirePerson("Gus Guest", [acme], context)).toMatchObject({ idMember: id(4) });
    expect(await requirePerson("ada", [acme], context)).not.toHaveProperty("identifiedBy");
  });

  it.each([
    [
      "Łukasz Wiśniewski",
      ["lukasz wisniewski", "ŁUKASZ  WIŚNIEWSKI"],
      ["Lukasz Wisnewski", "Wiśniewski, Łukasz"],
    ],
    ["İbrahim Işık", ["ibrahim isik", "İBRAHİM IŞIK", "Ibrahim Işik"], ["Ibrahim", "ibrahim isk"]],
    ["Jürgen Weiß", ["Jurgen Weiss", "JÜRGEN WEISS"], ["Juergen Weiß", "J. Weiß"]],
    ["Siobhán O’Connor-Lévesque", ["Siobhan O'Connor-Levesque"], ["Siobhan O Connor Levesque", "siobhan"]],
    ["Nguyễn Thị Ánh", ["Nguyen Thi Anh"], ["Nguyen Anh", "Nguyen Thi Ahn"]],
    ["Đặng Văn Đức", ["dang van duc"], ["Duc Dang Van"]],
    ["山田 太郎", ["山田　太郎"], ["山田太郎", "太郎 山田"]],
    ["محمد الأحمد", ["محمد الاحمد"], ["محمد"]],
    ["Zoë 🎉 Party", ["zoe 🎉 party"], ["Zoe Party"]],
    ["Ann Lee", ["ANN LEE"], ["Anne Lee", "Ann Lea", "Lee, Ann"]],
  ])(
    "is %s by the same name in other letters, and never by one that is only near",
    async (fullName, same, near) => {
      const { context } = within();
      const there = snapshot([ada, row({ n: 6, name: fullName, username: "chosen6" })]);
      for (const query of same) {
        const found = await requirePerson(query, [there], context);
        expect(found).toMatchObject({ idMember: id(6), identifiedBy: "name" });
      }
      for (const query of near) {
        await expect(requirePerson(query, [there], context)).rejects.toMatchObject({
          code: expect.stringMatching(/^(NOT_FOUND|AMBIGUOUS)$/),
          details: { candidates: [expect.objectContaining({ id: id(6) })] },
        });
      }
    },
  );

  it("is a ghost by name for reads alone, because the inviter chose that name", async () => {
    const { context } = within();
    const there = snapshot([ada, row({ n: 7, name: "Elif Demir", ghost: true })]);
    expect(await requirePerson("Elif Demir", [there], context, { ghosts: true })).toMatchObject({
      idMember: id(7),
    });
    await expect(requirePerson("Elif Demir", [there], context)).rejects.toMatchObject({ code: "AMBIGUOUS" });
  });

  it("is nobody by a name where names are not enough", async () => {
    const { context } = within();
    for (const query of ["Ada Lovelace", "Gus Guest"]) {
      await expect(requirePerson(query, [acme], context, { names: false })).rejects.toMatchObject({
        code: "AMBIGUOUS",
      });
    }
  });

  it.each([
    ["a guest", [ada], [[row({ n: 6, name: "Ad\u00e1 Lovelace" })]]],
    ["a member", [ada, row({ n: 6, name: "ADA LOVELACE" })], []],
    ["a ghost", [ada, row({ n: 6, name: "Ada Lovelace", ghost: true })], []],
  ] as const)("is nobody by a name that %s has too", async (_who, members, people) => {
    const { context } = fakeContext({ people });
    await expect(
      requirePerson("Ada Lovelace", [snapshot([...members], people)], context),
    ).rejects.toMatchObject({ code: "AMBIGUOUS" });
  });

  it("is nobody in another workspace that has the name", async () => {
    const other = {
      ...snapshot([row({ n: 6, name: "Ada Lovelace" })]),
      workspace: { ...acme.workspace, id: id(9_001), name: "beta" },
    };
    await expect(requirePerson("Ada Lovelace", [acme, other], within().context)).rejects.toMatchObject({
      code: "AMBIGUOUS",
    });
  });

  it("is nobody for a bare word that is one person's username and another's name", async () => {
    const { context } = fakeContext();
    const place = snapshot([
      row({ n: 1, name: "Ada Lovelace", username: "robin" }),
      row({ n: 2, name: "Robin" }),
    ]);
    await expect(requirePerson("Robin", [place], context)).rejects.toMatchObject({ code: "AMBIGUOUS" });
    expect(await requirePerson("@robin", [place], context)).toMatchObject({ idMember: id(1) });
  });

  it("is nobody by a name that is an email, an id or a username, whatever the rest of it", async () => {
    const claims = [
      "boss@x.org",
      "BOSS@X.ORG",
      " boss@x.org ",
      "\uff42oss@x.org",
      id(9),
      `${id(9)} `,
      "@boss",
    ];
    for (const claim of claims) {
      const { context } = fakeContext();
      const place = snapshot([row({ n: 5, name: claim, username: "impostor" })]);
      for (const query of [claim, claim.trim(), claim.normalize("NFKC")]) {
        await expect(requirePerson(query, [place], context)).rejects.toMatchObject({
          code: expect.stringMatching(/^(AMBIGUOUS|NOT_FOUND)$/),
        });
      }
    }
  });

  it("is not to be chosen where an email was proven for two", async () => {
    const links = [1, 2].map((n) => ({ email: "shared@x.org", idMember: id(n), source: "enterprise" }));
    const { context } = fakeContext({ links });
    await expect(requirePerson("shared@x.org", [acme], context)).rejects.toMatchObject({ code: "AMBIGUOUS" });
  });
});
