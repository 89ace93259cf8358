import { expect, it } from "vitest";
import { SEED } from "../../../src/sandbox/index.ts";
import { CLIENTS } from "../../support/matrix.ts";
import { describeTool, errorOf } from "../describe-tool.ts";
import { memberIn, WORKSPACES, workspaceIn } from "../world.ts";

interface Row {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly status?: string;
}

const { standard, premium } = WORKSPACES;

describeTool(
  "list_workspace_members",
  (way) => {
    const list = async (args: Record<string, unknown> = {}) => {
      const reply = await way.call("list_workspace_members", { workspace: standard.id, ...args });
      return { ...reply, rows: (reply.structured["members"] ?? []) as readonly Row[] };
    };

    it("shows members and guests by name, 25 a page, in at most 3 requests and 4,000 bytes", async () => {
      const { rows, structured, text, isError } = await list();
      expect(structured).toMatchObject({ workspace: standard.id, total: 43, notes: [] });
      expect(rows).toHaveLength(25);
      const names = rows.map(({ name }) => name.toLowerCase());
      expect(names).toEqual([...names].sort());
      expect(way.product.sandbox.requests.length).toBeLessThanOrEqual(3);
      expect(JSON.stringify({ isError, structured }).length + text.length).toBeLessThan(4_000);
      expect(text).toMatch(/^25 of 43, more with cursor: [\w-]+\n/);
      expect(text).toContain(`more with cursor: ${String(structured["cursor"])}\n`);
    });

    it("brings everybody once over all pages, also where somebody leaves between two", async () => {
      const first = await list({ limit: 20 });
      const gone = first.rows[3]?.id;
      const workspace = workspaceIn(way.world, standard.id);
      workspace.memberships = workspace.memberships.filter(({ idMember }) => idMember !== gone);
      for (const board of way.world.trello.boards.values()) {
        board.memberships = board.memberships.filter(({ idMember }) => idMember !== gone);
      }
      const second = await list({ limit: 20, cursor: first.structured["cursor"] });
      const third = await list({ limit: 20, cursor: second.structured["cursor"] });
      const ids = [...first.rows, ...second.rows, ...third.rows].map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids).toHaveLength(43);
      expect(third.structured).not.toHaveProperty("cursor");
    });

    it("takes the slug, and writes roles and what is not active", async () => {
      const { rows } = await list({ workspace: standard.name, limit: 100 });
      const row = (id: string) => rows.find((each) => each.id === id);
      expect(row(SEED.admin.id)).toMatchObject({ role: "admin" });
      expect(row(SEED.leaver.id)).toEqual({
        id: SEED.leaver.id,
        username: SEED.leaver.username,
        name: SEED.leaver.fullName,
        role: "normal",
      });
      expect(row(SEED.deactivated.id)).toMatchObject({ status: "deactivated" });
      expect(row(SEED.ghosts.workspace.id)).toMatchObject({ status: "ghost" });
      expect(row(SEED.guest.id)).toMatchObject({ role: "guest", name: SEED.guest.fullName });
    });

    it.each([
      [{ kind: "guest" }, [SEED.guest.id, SEED.billableGuest.id]],
      [{ role: "admin" }, [SEED.deputy.id, SEED.admin.id]],
      [{ role: "guest" }, [SEED.guest.id, SEED.billableGuest.id]],
      [{ query: SEED.successor.fullName.normalize("NFD") }, [SEED.successor.id]],
      [{ status: "deactivated" }, [SEED.deactivated.id]],
      [{ query: "LINDQVIST" }, [SEED.leaver.id]],
      [{ query: SEED.hostile.username }, [SEED.hostile.id]],
      [{ query: "nobody is called this" }, []],
    ])("filters by %j", async (filter, ids) => {
      const { rows, structured } = await list(filter);
      expect(rows.map(({ id }) => id)).toEqual(ids);
      expect(structured).toMatchObject({ total: ids.length });
    });

    it("says of how many no source tells the last activity, rather than calling them active", async () => {
      const { rows, structured } = await list({ inactiveSince: "2020-01-01" });
      expect(rows).toEqual([]);
      expect(structured["notes"]).toEqual([
        expect.stringMatching(/^No source shows the last activity of \d people\. They are left out\.$/),
      ]);
    });

    it("tells more by fields: the email with its source, groups, last activity, day of joining, boards", async () => {
      const { rows, text } = await list({
        query: SEED.leaver.username,
        fields: ["email", "groups", "lastActive", "joined", "boards"],
      });
      const line = text.split("\n")[1] ?? "";
      expect(line).toContain(`email ${SEED.leaver.email} (enterprise)`);
      expect(line).toContain("groups All Staff; Operations; Meridian");
      expect(line).toMatch(/last active \d{4}-\d\d-\d\d in \w+, joined 2024-01-\d\d, on Logistics Backlog; /);
      expect(rows).toEqual([
        expect.objectContaining({
          email: SEED.leaver.email,
          emailSource: "enterprise",
          groups: ["All Staff", "Operations", "Meridian"],
          lastActive: expect.stringMatching(/^\d{4}-/),
          joined: expect.stringMatching(/^2024-01-/),
          boards: expect.arrayContaining(["Logistics Backlog"]),
        }),
      ]);
    });

    it("shows an email that only the same name in SCIM gives as likely, and none if two have the name", async () => {
      const fields = ["email", "groups"];
      const ask = async () =>
        (await list({ workspace: premium.id, query: SEED.observer.username, fields })).rows;
      expect(await ask()).toEqual([
        expect.objectContaining({
          email: SEED.observer.email,
          emailSource: "scim, likely: same name",
          groups: ["All Staff", "Design"],
        }),
      ]);
      memberIn(way.world, SEED.alexOfDesign.id).fullName = SEED.observer.fullName;
      expect(await ask()).toEqual([
        expect.objectContaining({ email: null, emailSource: "hidden by Trello", groups: null }),
      ]);
    });

    it("finds who was not in since a day, by the dates of every source, with the product, the longest away first", async () => {
      const all = (await list({ fields: ["lastActive"], limit: 100 })).rows as readonly (Row & {
        lastActive: string | null;
      })[];
      const known = all.flatMap(({ lastActive }) => lastActive ?? []).sort();
      const day = known[Math.floor(known.length / 2)]?.slice(0, 10) ?? "";
      way.product.sandbox.resetRequests();
      const { rows, structured, text } = await list({ inactiveSince: day, sort: "lastActive", limit: 100 });
      const dates = rows.map((row) => (row as Row & { readonly lastActive: string }).lastActive);
      expect(dates.length).toBeGreaterThan(0);
      expect(dates).toEqual([...dates].sort());
      for (const date of dates) expect(date < day).toBe(true);
      expect(dates).toHaveLength(known.filter((date) => date < day).length);
      expect(structured).toMatchObject({ total: rows.length });
      expect(text).toMatch(/last active \d{4}-\d\d-\d\d in \w+/);
      // The list, the enterprise, the directory, its guests' names, and the organization ten people a request.
      expect(way.product.sandbox.requests.length).toBeLessThanOrEqual(10);
    });

    it("fills the seven columns of everybody in few requests", async () => {
      const { rows } = await list({ fields: ["email", "groups", "lastActive", "joined"], limit: 100 });
      expect(rows).toHaveLength(43);
      const known = (field: string) =>
        rows.filter((row) => (row as unknown as Record<string, unknown>)[field]).length;
      expect(known("email")).toBeGreaterThan(30);
      expect(known("lastActive")).toBeGreaterThan(30);
      expect(way.product.sandbox.requests.length).toBeLessThanOrEqual(10);
      const ghost = rows.find(({ id }) => id === SEED.ghosts.workspace.id);
      expect(ghost).toMatchObject({ joined: null });
    });

    it("counts everybody who has not come yet as pending", async () => {
      const { rows } = await list({ status: "pending" });
      expect(rows.map(({ id }) => id)).toContain(SEED.ghosts.workspace.id);
      const guests = await list({ workspace: premium.id, status: "pending" });
      expect(guests.rows.map(({ id }) => id)).toContain(SEED.ghosts.board.id);
    });

    it("lists everybody of all workspaces once, without a workspace", async () => {
      const { rows, structured } = await list({ workspace: undefined, query: "Alex Morgan" });
      expect(rows.map(({ id }) => id).sort()).toEqual(
        [SEED.alexOfOperations.id, SEED.alexOfDesign.id].sort(),
      );
      expect(structured["read"]).toMatch(/^Read: \d workspaces, \d+ boards \(\d+ closed\)/);
      const { rows: leaver } = await list({ workspace: undefined, query: SEED.leaver.username });
      expect(leaver).toEqual([
        expect.objectContaining({ workspaces: expect.arrayContaining([`${standard.name} (normal)`]) }),
      ]);
    });

    it("tells the boards of guests unasked, some of them, and all when asked", async () => {
      const brief = await list({ query: SEED.billableGuest.username });
      const whole = await list({ query: SEED.billableGuest.username, fields: ["boards"] });
      for (const { rows, text } of [brief, whole]) {
        const [row] = rows as readonly (Row & { boards: readonly string[] })[];
        expect(row?.boards).toHaveLength(2);
        expect(text).toContain(`guest, billable, on ${row?.boards.join("; ")}`);
      }
      const guests = [...way.world.trello.boards.values()].filter(
        (each) => each.idOrganization === standard.id,
      );
      const seat = guests
        .flatMap(({ memberships }) => memberships)
        .find((row) => row.idMember === SEED.guest.id);
      for (const each of guests)
        if (seat)
          each.memberships = [...each.memberships.filter((row) => row.idMember !== SEED.guest.id), seat];
      const everywhere = await list({ query: SEED.guest.username });
      expect(everywhere.rows).toEqual([expect.objectContaining({ boardCount: 100 })]);
      expect(everywhere.text).toMatch(/guest, billable, on [^;]+; [^;]+ and 98 more/);
      const all = await list({ query: SEED.guest.username, fields: ["boards"] });
      expect(all.rows).toEqual([
        expect.objectContaining({ boards: expect.objectContaining({ length: 100 }) }),
      ]);
    });

    it.each([
      ["many guests", 0, "{n}"],
      ["long names", 60, "{n}"],
      ["names of several bytes a letter", 20, "美咲"],
      ["every workspace", 0, "{n}"],
    ])("stays under 4,000 bytes a page with %s, and brings everybody", async (what, letters, name) => {
      const longer = name === "{n}" ? "a".repeat(letters) : name.repeat(letters);
      for (const person of way.world.trello.members.values()) person.fullName += longer;
      const { memberships } = workspaceIn(way.world, standard.id);
      workspaceIn(way.world, standard.id).memberships = memberships.filter(
        ({ memberType }) => memberType === "admin",
      );
      const choice = what === "every workspace" ? { workspace: undefined } : { kind: "guest" };
      const ids: string[] = [];
      let cursor: unknown;
      let total: unknown;
      do {
        const page = await list({ ...choice, ...(cursor ? { cursor } : {}) });
        const { isError, structured, text } = page;
        expect(Buffer.byteLength(JSON.stringify({ isError, structured }) + text)).toBeLessThan(4_000);
        ids.push(...page.rows.map(({ id }) => id));
        ({ cursor, total } = structured);
      } while (cursor);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids).toHaveLength(Number(total));
      // A caller who says how many gets them.
      expect((await list({ ...choice, limit: 25 })).rows).toHaveLength(25);
    });

    it("stays under 4,000 bytes where the page is full of guests of many boards", async () => {
      const { memberships } = workspaceIn(way.world, standard.id);
      workspaceIn(way.world, standard.id).memberships = memberships.filter(
        ({ memberType }) => memberType === "admin",
      );
      const { rows, structured, text } = await list({ kind: "guest" });
      expect(rows.length).toBeGreaterThan(20);
      expect(JSON.stringify({ isError: false, structured }).length + text.length).toBeLessThan(4_000);
      const left = rows.filter((row) => !("boards" in row)).length;
      expect(structured["notes"]).toEqual([
        `Boards of ${left} guests are not shown. Ask for them with \`fields\`.`,
      ]);
    });

    it("pages on where names are made of the longest characters", async () => {
      for (const person of way.world.trello.members.values()) person.fullName = "🎉".repeat(98);
      const ids: string[] = [];
      let cursor: unknown;
      do {
        const page = await list({ limit: 10, ...(cursor ? { cursor } : {}) });
        expect(page.isError).toBe(false);
        ids.push(...page.rows.map(({ id }) => id));
        cursor = page.structured["cursor"];
      } while (cursor);
      expect(new Set(ids).size).toBe(43);
      expect(ids).toHaveLength(43);
    });

    it("says so where the token's owner is no admin, and so does not see private boards", async () => {
      const other = await way.other({ TRELLO_API_TOKEN: SEED.tokens.normalMember });
      const { structured, text } = await other.call("list_workspace_members", { workspace: standard.id });
      expect(structured["notes"]).toEqual([expect.stringContaining("this account is not an admin there")]);
      expect(text).toContain("this account is not an admin there");
    });

    it("sorts by the day of joining", async () => {
      const { rows } = await list({ kind: "member", sort: "joined", fields: ["joined"], limit: 100 });
      const days = rows.map((row) => (row as Row & { readonly joined: string }).joined);
      expect(days).toEqual([...days].sort());
    });

    it("brings hostile names back as data, cleaned and capped", async () => {
      memberIn(way.world, SEED.leaver.id).fullName = "\u200B\u202E\u0007 ";
      const { rows, text } = await list({ limit: 100 });
      const hostile = rows.find(({ id }) => id === SEED.hostile.id);
      expect([...(hostile?.name ?? "")]).toHaveLength(100);
      expect(rows.find(({ id }) => id === SEED.leaver.id)?.name).toBe("");
      expect(JSON.stringify(rows) + text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    });

    it.each([
      [{ workspace: "nosuchworkspace" }, "NOT_FOUND"],
      [{ workspace: "f".repeat(24) }, "NOT_FOUND"],
      [{ colour: "red" }, "INPUT_INVALID"],
      [{ role: "owner" }, "INPUT_INVALID"],
      [{ inactiveSince: "yesterday" }, "INPUT_INVALID"],
      [{ cursor: "bm90IG91cnM" }, "INPUT_INVALID"],
      [{ limit: 1_000 }, "INPUT_INVALID"],
    ])("refuses %j with %s and a next step", async (args, code) => {
      const reply = await list(args);
      expect(errorOf(reply)).toMatchObject({ code, next: expect.stringMatching(/\w+/) });
      expect(reply.text).toMatch(new RegExp(`^${code}: .+ Next: .+`));
    });
  },
  { clients: CLIENTS },
);
