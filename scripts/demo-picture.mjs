// Draws docs/demo.svg, the picture of the demo in the README, from what the demo prints (`npm run picture`).
// test/cli/demo.test.ts holds the picture to the texts of today's demo.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const COLUMNS = 104;
const LINE = 18;
const LETTER = 7.83;

/** Not drawn, because it differs from run to run or from machine to machine. */
const PASSING =
  /^ *(?:\d+ of \d+ writes done|report: |\d+ upstream requests|trello-identity-mcp \d)|digest |plan_[0-9a-f]/;

const printed = readFileSync(0, "utf8").trimEnd().split("\n");
if (!printed.at(-1)?.startsWith("Evidence: "))
  throw new Error("Pipe the whole output of the demo into this script.");
const lines = ["$ npx -y trello-identity-mcp demo", "", ...printed.filter((line) => !PASSING.test(line))]
  .filter((line, index, all) => line !== "" || (index > 0 && all[index - 1] !== ""))
  .flatMap((line) => folded(line).map((piece) => ({ piece, kind: kind(line) })));

const width = Math.ceil(COLUMNS * LETTER) + 40;
const height = lines.length * LINE + 62;
const text = lines
  .map(
    ({ piece, kind: drawn }, index) =>
      `<text${drawn} x="20" y="${58 + index * LINE}">${escaped(piece)}</text>`,
  )
  .filter((drawn) => !drawn.endsWith("></text>"))
  .join("\n");
writeFileSync(
  fileURLToPath(new URL("../docs/demo.svg", import.meta.url)),
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="The demo in a terminal: a person is found, what they can reach, the plan, the decision on the page, the run and what was read afterwards. It ends with ${printed.at(-1)}.">
<style>
rect { fill: #ffffff; stroke: #d0d7de } circle { fill: #d0d7de }
text { fill: #1f2328; font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre }
.step { font-weight: 700 } .typed { fill: #0550ae } .pass { fill: #116329; font-weight: 700 } .quiet { fill: #57606a }
@media (prefers-color-scheme: dark) {
rect { fill: #0d1117; stroke: #30363d } circle { fill: #30363d }
text { fill: #e6edf3 } .typed { fill: #79c0ff } .pass { fill: #56d364 } .quiet { fill: #9198a1 }
}
</style>
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>
<circle cx="22" cy="20" r="5"/><circle cx="40" cy="20" r="5"/><circle cx="58" cy="20" r="5"/>
${text}
</svg>
`,
);

/** A line in pieces of at most COLUMNS letters, cut between words; the later ones are indented. */
function folded(line) {
  if (line.length <= COLUMNS) return [line];
  const cut = line.lastIndexOf(" ", COLUMNS);
  return [line.slice(0, cut), ...folded(`    ${line.slice(cut + 1)}`)];
}

function kind(line) {
  if (line.startsWith("$ ")) return ' class="typed"';
  if (line.startsWith("Evidence: ")) return ' class="pass"';
  if (/^\d+\. /.test(line)) return ' class="step"';
  return line.includes("not visible: ") ? ' class="quiet"' : "";
}

function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
