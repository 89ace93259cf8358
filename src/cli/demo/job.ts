import type { Sandbox } from "../../sandbox/index.ts";
import type { CommandIo } from "../support/command.ts";
import { approve, type OpenPage } from "./browser.ts";
import type { DemoClient } from "./client.ts";
import type { Screen } from "./screen.ts";

/** What a job of the demo (an offboarding or an access review) gets from the command `demo`. */
export interface JobIo {
  readonly client: DemoClient;
  readonly screen: Screen;
  /** The folder for the report. */
  readonly folder: string;
  readonly sandbox: Sandbox;
  /**
   * Whether the demo itself decides on the page, in place of a person. If not, the user of the demo decides in a
   * browser.
   */
  readonly isActing: boolean;
  /** The settings of the server's process. */
  readonly env: CommandIo["env"];
}

/** A job that the demo shows, from the first call to the report: an offboarding or an access review. */
export interface Job {
  /** The settings that the server needs for this job. */
  readonly env?: Readonly<Record<string, string>>;
  /** Decides, as the person would, on a page that the server opened in the demo's own browser. */
  answer(page: OpenPage): Promise<void>;
  run(io: JobIo): Promise<{ readonly verdict: string; readonly isPassed: boolean }>;
}

/** Approves a plan on its page, as the person would, and prints the main facts on the page. */
export async function approveAsPerson(page: OpenPage, screen: Screen): Promise<void> {
  const said = await approve(page);
  screen.lines(
    "the demo answers in your place (run it with --browser to decide yourself); the page says:",
    ...said.map((line) => `| ${line}`),
    "demo presses: Approve",
  );
}
