import type { Config } from "../config/config.ts";
import { AppError, sentenceOf, toAppError } from "../domain/error.ts";
import { plural } from "../domain/text.ts";
import { protectedGroupsChecks } from "./doctor/protected-groups.ts";
import { ruleChecks, settingsChecks } from "./doctor/settings.ts";
import { signInCheck } from "./doctor/sign-in.ts";
import { type Check, gatewayChecks, runsCheck, upstreamChecks } from "./doctor/upstreams.ts";
import { type Command, type CommandIo, print } from "./support/command.ts";
import { clock, type Product, wire } from "./support/product.ts";
import { sandboxWorld, startSandboxed } from "./support/sandboxed.ts";
import { configure, readFlags } from "./support/settings.ts";
import { terminalWidth, wrap } from "./support/wrap.ts";

/**
 * Checks the settings, the store and each upstream (Trello, Atlassian and the other services), and prints a line for
 * each check. The exit code is 1 if a check fails.
 */
export const run: Command = async (io) => {
  const flags = readFlags("doctor", io.args);
  const { settings } = flags;
  const world = sandboxWorld(flags, io.env);
  const sandboxed = world ? await startSandboxed(io.env, world) : null;
  try {
    const env = sandboxed?.env ?? io.env;
    const config = await configure({ ...io, env }, settings, { trello: true });
    const given: Readonly<Record<string, string | undefined>> = { ...env, ...settings };
    const tell = createTeller(io);
    // Checks without network come first, so that mistakes in the settings are found even if there is no network.
    for (const check of settingsChecks(config, (variable) => !!given[variable])) await tell.run(check);
    if (config.tenants.length > 0) await tell.run(signInCheck(config, fetch));
    for (const each of config.tenants.length === 0 ? [config] : config.tenants) {
      if (each.tenant !== null) {
        print(io.stdout, `Tenant ${each.tenant}`);
        for (const check of ruleChecks(each, () => false)) await tell.run(check);
      }
      const quiet: Config = { ...each, logLevel: "error" };
      await examine(io, quiet, tell);
    }
    return tell.broken() ? 1 : 0;
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    const { problems } = thrown.details;
    const name = thrown.code === "STORE_FAILED" ? "Store" : "Settings";
    for (const found of Array.isArray(problems) ? problems : [sentenceOf(thrown)])
      report(io, "FAIL", name, found);
    return 1;
  } finally {
    await sandboxed?.close();
  }
};

async function examine(io: CommandIo, config: Config, tell: Teller): Promise<void> {
  let product: Product;
  try {
    product = await wire(config, { tools: [], writeLog: (line) => io.stderr.write(line) });
  } catch (thrown) {
    if (config.tenant === null) throw thrown;
    // If one tenant's settings are wrong, the other tenants are still checked.
    return await tell.run({ name: "Store", inspect: () => Promise.reject(toAppError(thrown)) });
  }
  try {
    await inspect(io, product, tell);
  } finally {
    await product.close();
  }
}

async function inspect(io: CommandIo, product: Product, tell: Teller): Promise<void> {
  const { config, gateway, engine, store } = product;
  await tell.run({
    name: "Store",
    inspect: async () =>
      `can be opened; ${plural((await engine.waiting()).length, "plan")} waiting for a decision`,
  });
  const reads = gateway.reads({ priority: "interactive", signal: io.stop });
  // The checks run one after the other, in the order in which a person should repair problems. The checks of clock and
  // budgets come last, because they use the replies to the earlier checks.
  for (const check of [
    ...(config.tenant === null ? [signInCheck(config, fetch)] : []),
    ...upstreamChecks(config, reads, clock.now),
    ...protectedGroupsChecks(config, reads),
    runsCheck(store, reads, clock.now),
    ...gatewayChecks(gateway),
  ])
    await tell.run(check);
}

interface Teller {
  run(check: Check): Promise<void>;
  /** Whether a check has found something that does not work. */
  broken(): boolean;
}

/**
 * Runs checks and prints their results. If a server cannot be reached, that is printed once, and the server is not
 * asked again.
 */
function createTeller(io: CommandIo): Teller {
  /** For each server that could not be reached: the name of the check that noticed it first. */
  const unreachable = new Map<string, string>();
  /**
   * For each failure message that was printed: the name of the first check with this message. Later checks with the
   * same message only name that check.
   */
  const told = new Map<string, string>();
  let broken = false;
  return {
    async run({ name, address, inspect }) {
      const before = address === undefined ? undefined : unreachable.get(address);
      if (before !== undefined) return report(io, "--", name, `not checked, because ${before} failed`);
      try {
        report(io, "ok", name, await inspect());
      } catch (thrown) {
        broken = true;
        const error = toAppError(thrown);
        const sentence = sentenceOf(error);
        const first = told.get(sentence);
        told.set(sentence, first ?? name);
        report(io, "FAIL", name, first === undefined ? sentence : `for the same reason as ${first}`);
        const { origin } = error.details;
        if (typeof origin === "string") unreachable.set(origin, name);
      }
    },
    broken: () => broken,
  };
}

function report(io: CommandIo, mark: "ok" | "FAIL" | "--", name: string, found: string): void {
  const start = `${mark.padEnd(5)}${name.padEnd(19)}`;
  print(io.stdout, ...wrap(`${start}${found}`, terminalWidth(io.stdout), start.length));
}
