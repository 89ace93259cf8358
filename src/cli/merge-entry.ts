import { constants } from "node:fs";
import { copyFile, mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { AppError } from "../domain/error.ts";

type JsonObject = Record<string, unknown>;

/**
 * Sets `file[section][name]` in a JSON file, keeps everything else and the settings (`env`) that an earlier entry had,
 * and leaves a copy of the file as it was (`backup`; null where there was none). CONFIG_INVALID where it is not JSON.
 */
export async function mergeEntry(
  path: string,
  section: string,
  name: string,
  entry: { readonly env?: Readonly<Record<string, string>> },
): Promise<{ readonly backup: string | null }> {
  const text = await readIfThere(path);
  const file = text === null || text.trim() === "" ? {} : parse(text, path);
  const servers = member(file, section, path);
  const env = { ...entry.env, ...member(member(servers, name, path), "env", path) };
  servers[name] = { ...entry, ...(Object.keys(env).length > 0 ? { env } : {}) };
  file[section] = servers;

  const backup = text === null ? null : await backUp(path);
  await mkdir(dirname(path), { recursive: true });
  // Beside it and renamed, so that a client never reads half a file; it will hold secrets, so it is the owner's alone.
  const draft = `${path}.${process.pid}.new`;
  const mode = text === null ? 0o600 : (await stat(path)).mode & 0o777;
  await writeFile(draft, `${JSON.stringify(file, null, 2)}\n`, { mode });
  await rename(draft, path);
  return { backup };
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new AppError("CONFIG_INVALID", `${path} cannot be read.`, {
      next: "Give this user the right to read it, or leave out --write and paste the configuration by hand.",
      cause: thrown,
    });
  }
}

function parse(text: string, path: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // Some clients accept comments, which would be lost here.
  }
  throw new AppError("CONFIG_INVALID", `${path} is not plain JSON, so nothing was changed.`, {
    next: "Leave out --write and paste the configuration by hand.",
  });
}

function member(object: JsonObject, name: string, path: string): JsonObject {
  const value = object[name];
  if (value === undefined) return {};
  if (isObject(value)) return value;
  throw new AppError("CONFIG_INVALID", `${name} in ${path} is not an object, so nothing was changed.`, {
    next: "Leave out --write and paste the configuration by hand.",
  });
}

/** Copies the file to the first free name `<path>.backup-<n>`. */
async function backUp(path: string): Promise<string> {
  for (let n = 1; ; n += 1) {
    const backup = `${path}.backup-${n}`;
    try {
      await copyFile(path, backup, constants.COPYFILE_EXCL);
      return backup;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== "EEXIST") throw thrown;
    }
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
