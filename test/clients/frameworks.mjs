// Run by scripts/other-clients.mjs in a folder that has the frameworks. Each connects over stdio, converts every tool in its own
// way, and calls one. Prints a line of JSON for each.
import process from "node:process";

const [command, ...args] = JSON.parse(process.env.SERVER ?? "[]");
const { PATH = "", HOME = "" } = process.env;
const server = { command, args, env: { PATH, HOME, IDENTITY_OPEN_BROWSER: "false" } };
const CALLED = "list_workspaces";

const FRAMEWORKS = {
  async "AI SDK"() {
    const { experimental_createMCPClient, createMCPClient } = await import("@ai-sdk/mcp");
    const { Experimental_StdioMCPTransport } = await import("@ai-sdk/mcp/mcp-stdio");
    const { asSchema } = await import("ai");
    const client = await (createMCPClient ?? experimental_createMCPClient)({
      transport: new Experimental_StdioMCPTransport(server),
    });
    try {
      const tools = await client.tools();
      const schemas = Object.values(tools).map(({ inputSchema }) => asSchema(inputSchema).jsonSchema);
      const answer = await tools[CALLED].execute({}, { toolCallId: "1", messages: [] });
      return { schemas, answer };
    } finally {
      await client.close();
    }
  },
  async LangChain() {
    const { MultiServerMCPClient } = await import("@langchain/mcp-adapters");
    const { toJsonSchema } = await import("@langchain/core/utils/json_schema");
    const client = new MultiServerMCPClient({ mcpServers: { identity: { transport: "stdio", ...server } } });
    try {
      const tools = await client.getTools();
      const schemas = tools.map(({ schema }) => toJsonSchema(schema));
      const answer = await tools.find(({ name }) => name === CALLED).invoke({});
      return { schemas, answer };
    } finally {
      await client.close();
    }
  },
  async Mastra() {
    const { MCPClient } = await import("@mastra/mcp");
    const client = new MCPClient({ servers: { identity: server } });
    try {
      const tools = await client.getTools();
      const schemas = Object.values(tools).map(({ inputSchema }) => inputSchema);
      const tool = tools[`identity_${CALLED}`];
      const answer = await tool.execute({ context: {} }, {});
      return { schemas, answer };
    } finally {
      await client.disconnect();
    }
  },
  async "OpenAI Agents"() {
    const { MCPServerStdio, getAllMcpTools, RunContext, Agent } = await import("@openai/agents");
    const mcp = new MCPServerStdio(server);
    await mcp.connect();
    try {
      const runContext = new RunContext({});
      const agent = new Agent({ name: "check" });
      const tools = await getAllMcpTools({ mcpServers: [mcp], runContext, agent });
      const schemas = tools.map(({ parameters }) => parameters);
      const answer = await tools.find(({ name }) => name === CALLED).invoke(runContext, "{}");
      return { schemas, answer };
    } finally {
      await mcp.close();
    }
  },
  async "google/genai"() {
    const { mcpToTool } = await import("@google/genai");
    const { Client } = await import("@modelcontextprotocol/sdk/client/index.js");
    const { StdioClientTransport } = await import("@modelcontextprotocol/sdk/client/stdio.js");
    const client = new Client({ name: "check", version: "1" });
    await client.connect(new StdioClientTransport(server));
    try {
      const callable = mcpToTool(client);
      const { functionDeclarations } = await callable.tool();
      const schemas = functionDeclarations.map(
        ({ parametersJsonSchema, parameters }) => parametersJsonSchema ?? parameters,
      );
      const answer = await callable.callTool([{ name: CALLED, args: {} }]);
      return { schemas, answer };
    } finally {
      await client.close();
    }
  },
};
for (const [name, run] of Object.entries(FRAMEWORKS)) {
  try {
    const { schemas, answer } = await run();
    const isConverted = (schema) => typeof schema === "object" && schema !== null;
    const text = JSON.stringify(answer);
    print({
      name,
      tools: schemas.length,
      converted: schemas.every(isConverted),
      answered: /northwind/i.test(text),
    });
  } catch (thrown) {
    print({ name, error: String(thrown?.stack ?? thrown) });
  }
}
// Some frameworks keep a process alive after they were closed.
process.exit(0);

function print(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
