# The server over stdio: docker run -i --rm -v identity:/data --env-file settings.env trello-identity-mcp
# `http` accepts connections from other machines only if callers sign in at an issuer; compose.yaml has that service.
FROM node:20-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY scripts scripts
RUN node scripts/setup.mjs
COPY . .
RUN npm run --silent build && npm prune --omit=dev --no-audit --no-fund

FROM node:20-slim
ENV NODE_ENV=production XDG_DATA_HOME=/data
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
RUN mkdir /data && chown node:node /data
VOLUME /data
USER node
ENTRYPOINT ["node", "/app/dist/main.js"]
CMD ["stdio"]
