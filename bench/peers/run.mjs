// Measures live editing beside its peers: the same people type at the same pace into each server in turn, in one run.
//
//     node run.mjs PLENARY [--people 20] [--rooms 1] [--seconds 15] [--rounds 3]
//
// PLENARY is the program to measure. Each server is a process of its own; all clients are in this one. Of each room two
// clients note how long the others' characters took to reach them. With y-websocket and Hocuspocus a character is in
// memory when it is passed on; with Plenary it is on disk.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { HocuspocusProvider, HocuspocusProviderWebsocket } from "@hocuspocus/provider";
import WebSocket from "ws";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    people: { type: "string", default: "20" },
    rooms: { type: "string", default: "1" },
    seconds: { type: "string", default: "15" },
    rounds: { type: "string", default: "3" },
  },
});
const [people, rooms, seconds, rounds] = [values.people, values.rooms, values.seconds, values.rounds].map(Number);
const binary = positionals[0];
if (!binary) throw new Error("name the program to measure: node run.mjs ../../bin/plenary");
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const text = Array.from({ length: 300 }, (_, i) => `${i + 1}. that the working methods of group ${i + 1} are kept under review;`).join("\n");

/** Everybody types a character of their own, so that whoever receives it knows when it was typed. */
class Clock {
  typed = new Map();
  seen = new Map();
  took = [];
  character(person) {
    return String.fromCharCode(0x4e00 + person);
  }
  press(person) {
    const c = this.character(person);
    if (!this.typed.has(c)) this.typed.set(c, []);
    this.typed.get(c).push(performance.now());
    return c;
  }
  read(reader, words) {
    const now = performance.now();
    for (const c of words) {
      const times = this.typed.get(c);
      if (!times) continue;
      const key = `${reader}${c}`;
      const n = this.seen.get(key) ?? 0;
      this.seen.set(key, n + 1);
      if (n < times.length) this.took.push(now - times[n]);
    }
  }
}

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

async function answers(port) {
  for (let i = 0; i < 300; i++) {
    const up = await fetch(`http://127.0.0.1:${port}/healthz`).then(() => true, () => false);
    if (up) return;
    await pause(50);
  }
  throw new Error(`nothing answers on port ${port}`);
}

/** A server in Node, and editors with Yjs. */
const yjs = (name, script, connect) => ({
  name,
  async open(clock) {
    const port = await freePort();
    const child = spawn(process.execPath, [script], { env: { ...process.env, PORT: `${port}`, HOST: "127.0.0.1" }, stdio: "ignore" });
    await answers(port);
    const editors = [];
    for (let i = 0; i < people; i++) {
      const doc = new Y.Doc();
      const close = await connect(port, `room-${i % rooms}`, doc);
      const words = doc.getText("text");
      if (i < rooms) {
        words.insert(0, text);
        await pause(50);
      } else {
        for (let n = 0; words.length < text.length && n < 400; n++) await pause(5);
      }
      if (i < 2 * rooms) {
        words.observe((event) => {
          if (!event.transaction.local) for (const d of event.changes.delta) if (typeof d.insert === "string") clock.read(i, d.insert);
        });
      }
      editors.push({ type: () => words.insert(i % 2 ? words.length : 0, clock.press(i)), close });
    }
    return { pid: child.pid, editors, settled: async () => pause(1000), close: () => child.kill("SIGKILL") };
  },
});

const yWebsocket = yjs("y-websocket 2.1.0", join(import.meta.dirname, "node_modules/y-websocket/bin/server.cjs"), async (port, room, doc) => {
  const provider = new WebsocketProvider(`ws://127.0.0.1:${port}`, room, doc, { WebSocketPolyfill: WebSocket, disableBc: true });
  if (!provider.synced) await new Promise((done) => provider.once("sync", done));
  return () => provider.destroy();
});

const hocuspocus = yjs("Hocuspocus 4.7.0", join(import.meta.dirname, "hocuspocus.mjs"), async (port, room, doc) => {
  const line = new HocuspocusProviderWebsocket({ url: `ws://127.0.0.1:${port}`, WebSocketPolyfill: WebSocket });
  const provider = new HocuspocusProvider({ websocketProvider: line, name: room, document: doc });
  provider.attach();
  if (!provider.synced) await new Promise((done) => provider.on("synced", done));
  return () => {
    provider.destroy();
    line.destroy();
  };
});

/** Plenary, with an assembly of its own on disk. */
const plenary = {
  name: "Plenary",
  async open(clock) {
    const dir = mkdtempSync(join(tmpdir(), "plenary-peers-"));
    const made = execFileSync(binary, ["bench", "assembly", "--data", dir, "--people", `${people}`, "--rooms", `${rooms}`]);
    const stage = JSON.parse(made.toString());
    const port = await freePort();
    const child = spawn(binary, ["serve", "--data", dir, "--listen", `127.0.0.1:${port}`, "--log-level", "error"], { stdio: "ignore" });
    await answers(port);
    const editors = [];
    for (let i = 0; i < people; i++) {
      const { resolution, ref } = stage.drafts[i % rooms];
      const editor = new Editor(clock, i);
      await editor.join(`ws://127.0.0.1:${port}/api/v1/resolutions/${resolution}/live?ref=${encodeURIComponent(ref)}`, stage.tokens[i]);
      editors.push(editor);
    }
    return {
      pid: child.pid,
      editors,
      settled: async () => {
        for (let i = 0; i < 200 && editors.some((e) => e.waiting.length > 0); i++) await pause(50);
        const left = editors.reduce((n, e) => n + e.waiting.length, 0);
        if (left > 0) throw new Error(`${left} characters were not acknowledged`);
      },
      close: async () => {
        child.kill("SIGKILL");
        await new Promise((done) => child.once("exit", done));
        rmSync(dir, { recursive: true, force: true });
      },
    };
  },
};

/** An editor of plenary.v1 that only puts characters in at the beginning of the text. */
class Editor {
  waiting = [];
  flying = 0;
  constructor(clock, person) {
    this.clock = clock;
    this.person = person;
    this.watches = person < 2 * rooms;
  }
  join(url, token) {
    this.socket = new WebSocket(url, ["plenary.v1"], { headers: { Authorization: `Bearer ${token}` } });
    return new Promise((done, failed) => {
      this.socket.on("error", failed);
      this.socket.on("open", () => this.socket.send('{"t":"join"}'));
      this.socket.on("message", (data) => {
        const frame = JSON.parse(data.toString());
        if (frame.t === "init") {
          [this.v, this.length, this.id] = [frame.v, frame.doc.length, frame.clientID];
          done();
        } else if (frame.t === "up") this.take(frame.u);
        else if (frame.t === "error") throw new Error(`refused: ${data}`);
      });
    });
  }
  take(updates) {
    for (const u of updates) {
      this.v++;
      this.length++;
      if (u.clientID === this.id) {
        this.waiting.shift();
        this.flying--;
      } else if (this.watches) {
        for (const part of u.changes) if (Array.isArray(part)) this.clock.read(this.person, part[1]);
      }
    }
    this.push();
  }
  type() {
    this.waiting.push(this.clock.press(this.person));
    this.push();
  }
  push() {
    if (this.flying > 0 || this.waiting.length === 0) return;
    this.flying = this.waiting.length;
    const u = this.waiting.map((c, i) => ({ clientID: this.id, changes: [[0, c], this.length + i] }));
    this.socket.send(JSON.stringify({ t: "push", v: this.v, u }));
  }
  close() {
    this.socket.terminate();
  }
}

function cpu(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
const memory = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;

/** One server, one time. */
async function measure(server) {
  const clock = new Clock();
  const run = await server.open(clock);
  try {
    await pause(500);
    const before = cpu(run.pid);
    let typed = 0;
    const end = performance.now() + seconds * 1000;
    await Promise.all(
      run.editors.map(async (e) => {
        await pause(Math.random() * 200);
        for (let at = performance.now(); at < end; at += 200) {
          await pause(Math.max(0, at - performance.now()));
          e.type();
          typed++;
        }
      }),
    );
    await run.settled();
    const used = cpu(run.pid) - before;
    const took = clock.took.sort((a, b) => a - b);
    const at = (share) => took[Math.floor(share * (took.length - 1))];
    return { p50: at(0.5), p95: at(0.95), p99: at(0.99), cpu: (used * 1000) / typed, memory: memory(run.pid), seen: took.length, typed };
  } finally {
    for (const e of run.editors) e.close();
    await run.close();
  }
}

const servers = [plenary, yWebsocket, hocuspocus];
const results = new Map(servers.map((s) => [s.name, []]));
for (let round = 0; round < rounds; round++) {
  for (const s of servers) results.get(s.name).push(await measure(s));
}
const median = (all, key) => all.map((r) => r[key]).sort((a, b) => a - b)[Math.floor(all.length / 2)];
console.log(`${people} people in ${rooms} texts, ${seconds} s, the median of ${rounds} rounds; ${cpus().length} cores, load ${loadavg().map((l) => l.toFixed(1)).join(" ")}\n`);
console.log("| | p50 | p95 | p99 | CPU s per 1,000 | memory MiB |\n| --- | --- | --- | --- | --- | --- |");
for (const [name, all] of results) {
  const f = (key, digits) => median(all, key).toFixed(digits);
  console.log(`| ${name} | ${f("p50", 1)} ms | ${f("p95", 1)} ms | ${f("p99", 1)} ms | ${f("cpu", 2)} | ${f("memory", 0)} |`);
}
process.exit(0);
