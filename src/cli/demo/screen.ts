import { styleText } from "node:util";
import { Presets, SingleBar } from "cli-progress";
import { print } from "../support/command.ts";

/**
 * What the demo prints: headings, lines and a progress bar. If the output is no terminal, plain lines replace the bar.
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
    // If the output is a log and not a terminal, two lines are enough: one in the middle and one at the end.
    update(done, total) {
      const half = Math.floor((done * 2) / total);
      if (half === told || total === 1) return;
      told = half;
      print(stream, `  ${done} of ${total} writes done`);
    },
    end: () => {},
  };
}
