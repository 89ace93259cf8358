import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { MAIN } from "../support/product.ts";

/** The built program in a folder of its own. */
export interface HastyProgram {
  readonly main: string;
  close(): Promise<void>;
}

/** How long the windows of the rate budgets are, as the build writes them: Trello's two, its small one, Atlassian's. */
const WINDOWS: readonly (readonly [RegExp, string])[] = [
  [/\bWINDOW_MS=1e4\b/g, "WINDOW_MS=1"],
  [/\bwindowMs:9e5\b/g, "windowMs:1"],
  [/\blimit:10,windowMs:1e3\b/g, "limit:10,windowMs:1"],
];

/**
 * A copy of the built program whose rate budgets are filled again at once. With Trello's own, a hundred thousand messages
 * would take days. Nothing else is changed.
 */
export async function copyWithoutWaits(): Promise<HastyProgram> {
  const folder = await mkdtemp(join(tmpdir(), "trello-identity-fuzzed-"));
  const dist = join(folder, "dist");
  await cp(dirname(MAIN), dist, { recursive: true });
  await writeFile(join(folder, "package.json"), '{"type":"module"}');
  await symlink(fileURLToPath(new URL("../../node_modules", import.meta.url)), join(folder, "node_modules"));
  const found = WINDOWS.map(() => 0);
  for (const name of (await readdir(dist)).filter((each) => each.endsWith(".js"))) {
    const before = await readFile(join(dist, name), "utf8");
    let text = before;
    for (const [index, [pattern, short]] of WINDOWS.entries()) {
      found[index] = (found[index] ?? 0) + (text.match(pattern)?.length ?? 0);
      text = text.replaceAll(pattern, short);
    }
    if (text !== before) await writeFile(join(dist, name), text);
  }
  if (found.includes(0))
    throw new Error(`the build writes its rate windows in another way: ${found.join(", ")}`);
  return { main: join(dist, "main.js"), close: () => rm(folder, { recursive: true, force: true }) };
}
