import type { Sandbox } from "../../sandbox/index.ts";
import type { CommandIo } from "../support/command.ts";
import { approve, type OpenPage } from "./browser.ts";
import type { DemoClient } from "./client.ts";
import type { Screen } from "./screen.ts";

/** What a job of the demo gets. */
export interface JobIo {
  readonly client: DemoClient;
  readonly screen: Screen;
  /** Where the report goes. */
  readonly folder: string;
  readonly sandbox: Sandbox;
  /** Whether the demo acts as the person. Otherwise a person decides in a browser. */
  readonly isActing: boolean;
  /** The settings of the server's process. */
  readonly env: CommandIo["env"];
}

/** One job of the demo, from the first question to its report. */
export interface Job {
  /** Settings that the server needs for the job. */
  readonly env?: Readonly<Record<string, string>>;
  /** Acts as the person on a page that the server opened in the stand-in's browser. */
  answer(page: OpenPage): Promise<void>;
  run(io: JobIo): Promise<{ readonly verdict: string; readonly isPassed: boolean }>;
}

/** Approves a plan on its page as the person would, and prints the page's main facts. */
export async function approveAsPerson(page: OpenPage, screen: Screen): Promise<void> {
  const said = await approve(page);
  screen.lines(
    "the demo acts as your browser (--browser: decide yourself); the page says:",
    ...said.map((line) => `| ${line}`),
    "demo presses: Approve",
  );
}
