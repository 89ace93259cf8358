import { styleText } from "node:util";
import { Presets, SingleBar } from "cli-progress";
import { print } from "../support/command.ts";
import { terminalWidth, wrap } from "../support/wrap.ts";

/**
 * What the demo prints: headings, lines and a progress bar. Long lines are broken at the width of the terminal. If the
 * output is no terminal, plain lines replace the bar.
 */
export interface Screen {
  heading(text: string): void;
  lines(...lines: readonly string[]): void;
  verdict(passed: boolean, text: string): void;
  /** A bar that shows how many changes are made. After `end`, the bar stays on the screen and is not drawn again. */
  progress(): { update(done: number, total: number): void; end(): void };
}

export function createScreen(
  stdout: NodeJS.WriteStream,
  env: Readonly<Record<string, string | undefined>>,
): Screen {
  const colour = stdout.isTTY && !env["NO_COLOR"];
  const styled = (style: Parameters<typeof styleText>[0], text: string) =>
    colour ? styleText(style, text) : text;
  const fitted = (text: string, hanging: number) => wrap(text, terminalWidth(stdout), hanging);
  return {
    heading: (text) => print(stdout, "", ...fitted(text, 3).map((line) => styled("bold", line))),
    lines: (...lines) => print(stdout, ...lines.flatMap((line) => fitted(`  ${line}`, 4))),
    verdict: (passed, text) => {
      const style = ["bold", passed ? "green" : "red"] as const;
      print(stdout, "", ...fitted(text, 2).map((line) => styled([...style], line)));
    },
    progress: () => (stdout.isTTY ? bar(stdout) : plain(stdout)),
  };
}

/** The width of the progress bar, and of the numbers beside it. */
const WIDEST_BAR = 40;
const BESIDE_BAR = 20;

function bar(stream: NodeJS.WriteStream): ReturnType<Screen["progress"]> {
  const width = terminalWidth(stream) ?? WIDEST_BAR + BESIDE_BAR;
  const barsize = Math.max(1, Math.min(WIDEST_BAR, width - BESIDE_BAR));
  const bar = new SingleBar(
    { stream, format: "  {bar} {value}/{total} writes", barsize, hideCursor: true },
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
    // If the output is a log and not a terminal, the progress is printed at most twice: after half of the changes and
    // after all of them.
    update(done, total) {
      const half = Math.floor((done * 2) / total);
      if (half === told || total === 1) return;
      told = half;
      print(stream, `  ${done} of ${total} writes done`);
    },
    end: () => {},
  };
}
