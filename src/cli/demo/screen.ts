import { styleText } from "node:util";
import { Presets, SingleBar } from "cli-progress";
import { print } from "../support/command.ts";

/** What the demo shows: headings, lines and a progress bar. If the output is not a terminal, the bar is plain lines. */
export interface Screen {
  heading(text: string): void;
  lines(...lines: readonly string[]): void;
  verdict(passed: boolean, text: string): void;
  /** A bar for the writes that are done. `end` leaves it on the screen. */
  progress(): { update(done: number, total: number): void; end(): void };
}

export function createScreen(
  stdout: NodeJS.WriteStream,
  env: Readonly<Record<string, string | undefined>>,
): Screen {
  const colour = stdout.isTTY && !env["NO_COLOR"];
  const styled = (style: Parameters<typeof styleText>[0], text: string) =>
    colour ? styleText(style, text) : text;
  return {
    heading: (text) => print(stdout, "", styled("bold", text)),
    lines: (...lines) => print(stdout, ...lines.map((line) => `  ${line}`)),
    verdict: (passed, text) => print(stdout, "", styled(["bold", passed ? "green" : "red"], text)),
    progress: () => (stdout.isTTY ? bar(stdout) : plain(stdout)),
  };
}

function bar(stream: NodeJS.WriteStream): ReturnType<Screen["progress"]> {
  const bar = new SingleBar(
    { stream, format: "  {bar} {value}/{total} writes", barsize: 40, hideCursor: true },
    Presets.shades_classic,
  );
  let started = false;
  return {
    update(done, total) {
      if (!started) bar.start(total, 0);
      started = true;
      bar.update(done);
    },
    end: () => {
      if (started) bar.stop();
      started = false;
    },
  };
}

function plain(stream: NodeJS.WriteStream): ReturnType<Screen["progress"]> {
  let told = 0;
  return {
    // One line at the middle and one at the end are enough for a log.
    update(done, total) {
      const half = Math.floor((done * 2) / total);
      if (half === told || total === 1) return;
      told = half;
      print(stream, `  ${done} of ${total} writes done`);
    },
    end: () => {},
  };
}

const WIDTH = 110;
/** Two neighbouring lines that are shorter than this share a line. */
const SHORT = 40;

/** Folds a question of the server for a small screen: each list with a title becomes one line of at most 110 characters. */
export function foldQuestion(question: string): readonly string[] {
  const folded: string[] = [];
  for (const line of question.split("\n")) {
    const last = folded.length - 1;
    if (line.trim() === "") continue;
    if (!line.startsWith("- ") || last < 0) folded.push(line);
    else folded[last] += `${folded[last]?.endsWith(":") ? " " : "; "}${line.slice(2)}`;
  }
  return joinShort(folded).map((line) => (line.length <= WIDTH ? line : `${line.slice(0, WIDTH - 1)}…`));
}

function joinShort(lines: readonly string[]): readonly string[] {
  const joined: string[] = [];
  for (const line of lines) {
    const last = joined.at(-1);
    if (last !== undefined && last.length < SHORT && line.length < SHORT)
      joined[joined.length - 1] = `${last}. ${line}`;
    else joined.push(line);
  }
  return joined;
}
