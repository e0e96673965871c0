# syntax=docker/dockerfile:1
# Pages, then the program, then an image with nothing but the program, git and certificates.

FROM node:20-bookworm-slim AS pages
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json ./
RUN npm install --no-save --no-fund --no-audit
COPY frontend ./
RUN npm run build

FROM golang:1.26-bookworm AS program
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY cmd ./cmd
COPY server ./server
COPY repo ./repo
COPY realtime ./realtime
COPY frontend ./frontend
COPY --from=pages /src/frontend/dist ./frontend/dist
ARG VERSION=container
RUN go build -trimpath -tags sqlite_fts5 -ldflags "-s -w -X main.version=${VERSION}" -o /plenary ./cmd/plenary

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends git ca-certificates tini \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin plenary \
 && install -d -o plenary -g plenary -m 0700 /data
COPY --from=program /plenary /usr/local/bin/plenary
USER plenary
VOLUME /data
EXPOSE 8080
ENV PLENARY_DATA=/data PLENARY_LISTEN=0.0.0.0:8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["plenary", "health", "--address", "127.0.0.1:8080"]
ENTRYPOINT ["tini", "--", "plenary"]
CMD ["serve"]
