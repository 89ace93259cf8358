import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import Libsql from "libsql";
import { describe, expect, it } from "vitest";
import { toAppError } from "../../src/domain/error.ts";
import { newFolder, opened } from "./backends.ts";
import { aPlan, NOON } from "./fixtures.ts";

async function refusal(url: string) {
  try {
    await opened(url);
  } catch (thrown) {
    return toAppError(thrown);
  }
  throw new Error("the store opened");
}

describe("opening a store", () => {
  it.runIf(process.platform !== "win32")("makes folder and files for this user alone", async () => {
    const folder = join(await newFolder(), "a", "b");
    const store = await opened(`sqlite:${join(folder, "store.db")}`);
    await store.plans.put(aPlan());
    const mode = async (path: string) => (await stat(path)).mode & 0o777;
    expect(await mode(folder)).toBe(0o700);
    const files = await readdir(folder);
    expect(files).toEqual(expect.arrayContaining(["store.db", "store.db-budget", "store.db-wal"]));
    for (const file of files) expect([file, await mode(join(folder, file))]).toEqual([file, 0o600]);
  });

  it("finds what was kept before", async () => {
    const url = `sqlite:${join(await newFolder(), "store.db")}`;
    const plan = aPlan();
    const first = await opened(url);
    await first.plans.put(plan);
    await first.close();
    expect((await (await opened(url)).plans.get(plan.id))?.plan).toEqual(plan);
  });

  it("keeps a store in memory apart from every other", async () => {
    const [one, two] = [await opened("sqlite::memory:"), await opened("sqlite::memory:")];
    const plan = aPlan();
    await one.plans.put(plan);
    expect(await one.plans.get(plan.id)).not.toBeNull();
    expect(await two.plans.get(plan.id)).toBeNull();
    expect(await one.ledger.take([{ budget: { id: "b", limit: 1, windowMs: 10 }, cost: 1 }])).toBe(0);
  });

  it.each(["mysql://hunter2@x", "sqlite:", ""])(
    "refuses %j as a setting and repeats nothing of it",
    async (url) => {
      const error = await refusal(url);
      expect(error.code).toBe("CONFIG_INVALID");
      expect(error.next).toContain("IDENTITY_STORE_URL");
      expect(`${error.message} ${error.next} ${error.stack}`).not.toContain("hunter2");
    },
  );

  it("refuses a file that is no database", async () => {
    const path = join(await newFolder(), "store.db");
    await writeFile(path, "These are notes and no database at all. ".repeat(300));
    expect(await refusal(`sqlite:${path}`)).toMatchObject({
      code: "STORE_FAILED",
      message: "The store is damaged or is not a database.",
      retry: "never",
    });
  });

  it("refuses a path that cannot be a file", async () => {
    const folder = await newFolder();
    await mkdir(join(folder, "taken"));
    await writeFile(join(folder, "note"), "");
    // Under /proc no folder can be made, and Node's own recursive mkdir does not come back from there.
    const nowhere = process.platform === "linux" ? ["/proc/none/deeper/store.db"] : [];
    for (const path of [join(folder, "taken"), join(folder, "note", "store.db"), ...nowhere]) {
      expect(await refusal(`sqlite:${path}`)).toMatchObject({
        code: "STORE_FAILED",
        message: "The store cannot be opened.",
      });
    }
  });

  it("refuses a store that a newer version wrote, and leaves it alone", async () => {
    const path = join(await newFolder(), "store.db");
    await (await opened(`sqlite:${path}`)).close();
    const file = new Libsql(path);
    file.exec(`INSERT INTO schema_version VALUES (99, '${NOON}')`);
    file.close();
    const error = await refusal(`sqlite:${path}`);
    expect(error).toMatchObject({ code: "STORE_FAILED" });
    expect(error.message).toContain("newer version");
  });
});
