import { get } from "node:http";
import { createServer } from "node:net";
import type { Config } from "../../config/config.ts";
import { AppError } from "../../domain/error.ts";
import { plural } from "../../domain/text.ts";
import { catalog, enabledTools } from "../../tools/catalog.ts";
import { isLoopback, requireLoopback, requirePublicUrl } from "../../transport/listening.ts";
import { confirmingBy, explainTools } from "../support/levels.ts";
import { terminalRefusal } from "../support/terminal.ts";
import type { Check } from "./upstreams.ts";

/** The checks that need no network. They find settings that have no effect. */
export function settingsChecks(config: Config, isSet: (variable: string) => boolean): readonly Check[] {
  // On a service with tenants, the rules of each tenant are checked separately.
  const rules = config.tenants.length === 0 ? ruleChecks(config, isSet) : [];
  return [
    { name: "Settings", inspect: async () => settingsText(config, isSet) },
    ...rules,
    { name: "HTTP address", inspect: () => addressText(config.http) },
  ];
}

/** Checks what the tools may do, for the service or for one of its tenants. */
export function ruleChecks(config: Config, isSet: (variable: string) => boolean): readonly Check[] {
  return [
    { name: "Tools", inspect: async () => toolsText(config, isSet("IDENTITY_TOOLSETS")) },
    { name: "Confirmation", inspect: async () => confirmationText(config) },
    { name: "Policy", inspect: async () => policyText(config) },
    ...webhookChecks(config),
  ];
}

/**
 * Checks that the server has the secrets that it needs to verify the signatures of Trello's webhooks. Returns no check
 * if this server receives no webhooks.
 */
function webhookChecks({ toolsets, trello }: Config): readonly Check[] {
  if (!trello || (!toolsets.includes("webhooks") && !trello.previousSecret)) return [];
  return [{ name: "Webhook secret", inspect: async () => webhookText(trello) }];
}

function webhookText({ apiSecret, previousSecret }: NonNullable<Config["trello"]>): string {
  if (apiSecret === null) {
    throw new AppError("CONFIG_INVALID", "The toolset webhooks needs TRELLO_API_SECRET.", {
      next: "Set TRELLO_API_SECRET to the app's secret, which https://trello.com/power-ups/admin shows under the API key. Or remove webhooks from IDENTITY_TOOLSETS.",
    });
  }
  if (previousSecret === null) return "one: TRELLO_API_SECRET";
  if (previousSecret.reveal() === apiSecret.reveal()) {
    throw new AppError(
      "CONFIG_INVALID",
      "TRELLO_API_SECRET_PREVIOUS and TRELLO_API_SECRET are the same, so webhooks signed with Trello's new secret are refused.",
      { next: "Set TRELLO_API_SECRET to the secret that Trello shows now, and restart." },
    );
  }
  return "two: webhooks signed with TRELLO_API_SECRET or TRELLO_API_SECRET_PREVIOUS are accepted; remove TRELLO_API_SECRET_PREVIOUS a day after the change";
}

function settingsText(config: Config, isSet: (variable: string) => boolean): string {
  if (
    isSet("ATLASSIAN_API_BASE_URL") &&
    ![config, ...config.tenants].some((each) => each.scim || each.organization)
  ) {
    throw new AppError(
      "CONFIG_INVALID",
      "ATLASSIAN_API_BASE_URL does nothing, because neither SCIM nor the organization API is configured.",
      { next: "Remove ATLASSIAN_API_BASE_URL, or set the ATLASSIAN_SCIM_* or ATLASSIAN_ORG_* settings." },
    );
  }
  return config.readOnly ? "valid; read-only" : "valid";
}

/**
 * The tools of each toolset. Throws if a toolset in the settings offers no tool, because that setting has no effect.
 */
function toolsText(config: Config, named: boolean): string {
  const tools = enabledTools(catalog, config);
  const empty = config.toolsets.filter((name) => !tools.some(({ toolset }) => toolset === name));
  if (named && empty.length > 0) {
    throw new AppError(
      "CONFIG_INVALID",
      `IDENTITY_TOOLSETS names ${empty.join(", ")}, and ${empty.length === 1 ? "that toolset offers" : "these toolsets offer"} no tool with these settings.`,
      {
        next: empty.includes("enterprise")
          ? "Set TRELLO_ENTERPRISE_ID, or remove enterprise."
          : `Remove ${empty.join(", ")} from IDENTITY_TOOLSETS, or remove IDENTITY_READ_ONLY.`,
      },
    );
  }
  const counts = config.toolsets.map(
    (name) => `${name} ${tools.filter(({ toolset }) => toolset === name).length}`,
  );
  return `${plural(tools.length, "tool")}: ${counts.join(", ")}`;
}

/** How plans are confirmed. Throws if no person could give the confirmation, because every plan would wait for ever. */
function confirmationText({ confirmation, policy, http }: Config): string {
  if (http.approver !== null) return `${confirmation}; people sign in on the approval pages`;
  const refusal = terminalRefusal({ approvers: policy.approvers, requires: confirmation });
  if (refusal) {
    throw new AppError("CONFIG_INVALID", `No plan can be decided with these settings. ${refusal.message}`, {
      next: "Choose another confirmation: set IDENTITY_CONFIRMATION, or `confirmation` and `approvers` in the policy file.",
    });
  }
  return confirmation;
}

/** The policy in one line: how many tools need which confirmation, and the daily limits. */
function policyText(config: Config): string {
  const tools = explainTools(confirmingBy(config));
  const levels = ["four_eyes", "approval", "client", "two_step", "none"] as const;
  const byLevel = levels.flatMap((level) => {
    const names = tools.flatMap(({ tool, most }) => (most === level ? [tool] : []));
    return names.length === 0 ? [] : [`up to ${level}: ${names.join(", ")}`];
  });
  const { peoplePerDay, percentOfWorkspace, destructiveEffectsPerDay } = config.policy.limits;
  return [
    ...byLevel,
    `a day: ${peoplePerDay} people, ${percentOfWorkspace} percent of a workspace, ${destructiveEffectsPerDay} changes`,
  ].join("; ");
}

/** The address on which `http` listens. Throws if the settings do not allow it, or if it cannot be used. */
async function addressText({ host, port, publicUrl, authorization }: Config["http"]): Promise<string> {
  if (authorization === null) requireLoopback(host);
  else requirePublicUrl(host, publicUrl);
  const failure = await listenFailure(host, port);
  const where = `${host}:${port}`;
  if (failure === null) return `${where}, for ${isLoopback(host) ? "this machine only" : "other machines"}`;
  if (failure === "EADDRINUSE" && (await isServing(host, port)))
    return `${where}; a server runs there already`;
  throw new AppError("CONFIG_INVALID", `\`http\` cannot listen on ${where} (${failure}).`, {
    next: "Set IDENTITY_HTTP_HOST and IDENTITY_HTTP_PORT to a free address of this machine.",
  });
}

/**
 * Why no server can listen on the address, as an error code of the operating system; null if a server can listen there.
 */
function listenFailure(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", ({ code = "unknown" }: NodeJS.ErrnoException) => resolve(code));
    server.listen(port, host, () => server.close(() => resolve(null)));
  });
}

const HEALTH_TIMEOUT_MS = 1_000;

/**
 * Whether the program that listens at the address is a server of this product. All such servers answer `/healthz` with
 * the same text.
 */
function isServing(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ host, port, path: "/healthz", timeout: HEALTH_TIMEOUT_MS }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text = (text + part).slice(0, 100)));
      response.on("end", () => resolve(response.statusCode === 200 && text === '{"status":"ok"}'));
      response.on("error", () => resolve(false));
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
  });
}
