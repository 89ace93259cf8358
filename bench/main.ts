// What the product costs, as ratios against something measured in the same run: loopback only, nothing of the network.
// Prints one block a measurement and ends with 1 where something that has to hold did not; no time is ever judged.
import { directory } from "./directory.ts";
import { invitations } from "./invitations.ts";
import { offboarding } from "./offboarding.ts";
import { review } from "./review.ts";
import { startUp } from "./start-up.ts";
import type { Measurement } from "./measurement.ts";

const MEASUREMENTS: Readonly<Record<string, () => Promise<Measurement>>> = {
  "start-up": startUp,
  offboarding,
  directory,
  invitations,
  review,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(MEASUREMENTS, name));
if (unknown.length > 0) {
  console.error(
    `There is no measurement ${unknown.join(", ")}; there are ${Object.keys(MEASUREMENTS).join(", ")}.`,
  );
  process.exit(2);
}
for (const [name, measure] of Object.entries(MEASUREMENTS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const { title, lines, broken } = await measure();
  console.log([`${name}: ${title}`, ...lines.map((line) => `  ${line}`)].join("\n"));
  for (const promise of broken) console.log(`  BROKEN: ${promise}`);
  if (broken.length > 0) process.exitCode = 1;
}
