FROM node:20.20.2-bookworm-slim AS node
WORKDIR /app
COPY package.json package-lock.json ./

# Install scripts are off in both stages: every native module comes prebuilt, and `prepare` would build before the sources are here.
FROM node AS build
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build

FROM node AS dependencies
# The Temporal SDK ships its native library for five platforms, 110 MB of which no container can load.
RUN npm ci --omit=dev --ignore-scripts && \
    find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 -type d \
      ! -name "$(uname -m)-unknown-linux-gnu" -exec rm -r {} +

FROM node
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
RUN ln -s /app/dist/cli/tidewatch.js /usr/local/bin/tidewatch

# The git commit that was built; every stored result names it.
ARG TIDEWATCH_REVISION=""
# Two arenas: by default each thread of the Temporal SDK keeps memory of its own that it has given back. Fixed thresholds: by default
# they grow with what was last given back, and up to as much again is kept.
ENV NODE_ENV=production \
    MALLOC_ARENA_MAX=2 \
    MALLOC_MMAP_THRESHOLD_=131072 \
    MALLOC_TRIM_THRESHOLD_=131072 \
    TIDEWATCH_REVISION=$TIDEWATCH_REVISION \
    TIDEWATCH_HTTP_HOST=0.0.0.0 \
    TIDEWATCH_HTTP_PORT=9464
# The worker; the console.
EXPOSE 9464 9465

USER node
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=10s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.TIDEWATCH_HTTP_PORT}/readyz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["tidewatch"]
CMD ["worker"]
