/** The real server with an assembly to try, killed and started again, and what is done to it beside the editors. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Stage {
  readonly drafts: readonly { readonly resolution: string; readonly ref: string }[];
  readonly tokens: readonly string[];
}

/** Where a comment's words are, in UTF-16 units of the live text. */
export interface Placed {
  readonly id: number;
  readonly words: string;
  readonly from: number;
  readonly to: number;
  readonly gone: boolean;
}

interface Comments {
  readonly threads: readonly (Omit<Placed, "id" | "words"> & { readonly comment: { readonly id: number; readonly words: string } })[];
}

const placed = (c: Comments): Placed[] => c.threads.map((t) => ({ ...t, id: t.comment.id, words: t.comment.words }));

/** One server and its data. */
export class House {
  private child: ChildProcess | undefined;
  private readonly dir = mkdtempSync(join(tmpdir(), "plenary-soak-"));
  private readonly data = join(this.dir, "house");
  private readonly desk = join(this.dir, "desk");
  private readonly cookies = new Map<string, string>();
  log = "";
  readonly tokens: readonly string[];
  readonly draft: { readonly resolution: string; readonly ref: string };

  private constructor(
    private readonly binary: string,
    private readonly port: number,
    people: number,
  ) {
    const made = execFileSync(binary, ["bench", "assembly", "--data", this.data, "--people", `${people}`], { encoding: "utf8" });
    const stage = JSON.parse(made) as Stage;
    this.tokens = stage.tokens;
    this.draft = stage.drafts[0]!;
  }

  /** Makes an assembly and serves it. */
  static async open(binary: string, people: number): Promise<House> {
    const house = new House(binary, await freePort(), people);
    await house.start();
    return house;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The address of the draft's room. */
  get room(): string {
    return `${this.url}/api/v1/resolutions/${this.draft.resolution}/live?ref=${encodeURIComponent(this.draft.ref)}`;
  }

  /** Starts the server and waits until it answers. */
  async start(): Promise<void> {
    const child = spawn(this.binary, ["serve", "--data", this.data, "--listen", `127.0.0.1:${this.port}`, "--log-level", "warn"], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.child = child;
    child.stderr.on("data", (d: Buffer) => {
      this.log += d.toString();
    });
    for (;;) {
      if (child.exitCode !== null) throw new Error(`the server ended:\n${this.log}`);
      const up = await fetch(`${this.url}/healthz`).then(
        (r) => r.ok,
        () => false,
      );
      if (up) return;
      await new Promise((done) => setTimeout(done, 20));
    }
  }

  /** Ends the server's process. */
  async end(how: NodeJS.Signals): Promise<void> {
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((done) => child.once("exit", done));
    child.kill(how);
    await gone;
  }

  /** Ends everything and removes the data. */
  async close(): Promise<void> {
    await this.end("SIGTERM");
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** Why the draft cannot be reached, as a browser asks. */
  probe(token: string): Promise<number> {
    return fetch(this.room, { headers: { Authorization: `Bearer ${token}` } }).then(
      (r) => r.status,
      () => 0,
    );
  }

  /** Takes a person into the delegation, or out of it, in the secretariat's name. */
  async change(person: number, what: "join" | "leave"): Promise<void> {
    const answer = await this.post(`/people/${person}/${what}`, { circle: "usa" }, await this.signIn("secretariat"));
    if (answer.status >= 400) throw new Error(`${what} ${person}: ${answer.status} ${await answer.text()}`);
  }

  /** Gives the cookies of somebody who is signed in. */
  private async signIn(login: string): Promise<string> {
    const known = this.cookies.get(login);
    if (known) return known;
    const answer = await this.post("/signin", { login, password: "measured-in-public" }, "");
    const cookie = answer.headers
      .getSetCookie()
      .map((c) => c.split(";")[0]!)
      .join("; ");
    this.cookies.set(login, cookie);
    return cookie;
  }

  /** Comments on words of the draft in the first typist's name, or fails. Gives the comment's number. */
  async comment(version: number, from: number, to: number, quote: string): Promise<number> {
    const answer = await fetch(this.comments, {
      method: "POST",
      headers: { cookie: await this.signIn("typist-1"), "content-type": "application/json" },
      body: JSON.stringify({
        text: this.draft.ref,
        clause: "resolves-1",
        audience: "own",
        words: `on ${quote}`,
        quote,
        version,
        from,
        to,
      }),
    });
    const made = answer.ok ? placed((await answer.json()) as Comments).find((t) => t.words === `on ${quote}` && t.to > t.from) : undefined;
    if (!made) throw new Error(`comment: ${answer.status}`);
    return made.id;
  }

  /** Where the comments' words are in the live text. */
  async commented(): Promise<Placed[]> {
    const answer = await fetch(`${this.comments}?text=${encodeURIComponent(this.draft.ref)}`, {
      headers: { cookie: await this.signIn("typist-1") },
    });
    return placed((await answer.json()) as Comments);
  }

  private get comments(): string {
    return `${this.url}/api/v1/resolutions/${this.draft.resolution}/comments`;
  }

  private post(path: string, fields: Record<string, string>, cookie: string): Promise<Response> {
    return fetch(this.url + path, {
      method: "POST",
      redirect: "manual",
      headers: { cookie, "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(fields),
    });
  }

  /** Changes the text with stock git and pushes it. False when somebody was faster, or the server was down. */
  push(change: (file: string) => string): boolean {
    try {
      this.fetch();
      const path = join(this.desk, "resolution.md");
      writeFileSync(path, change(readFileSync(path, "utf8")));
      this.git("commit", "-q", "-a", "-m", "Words from git");
      this.git("push", "-q", "origin", `HEAD:refs/heads/${this.draft.ref}`);
      return true;
    } catch {
      return false;
    }
  }

  /** What the draft's last commit holds. */
  committed(): string {
    this.fetch();
    return readFileSync(join(this.desk, "resolution.md"), "utf8");
  }

  /** The canonical file of a live text. */
  canonical(live: string): string {
    const path = join(this.dir, "live.md");
    writeFileSync(path, `${live.split("\n").join("\n\n")}\n`);
    execFileSync(this.binary, ["fmt", path]);
    return readFileSync(path, "utf8");
  }

  private fetch(): void {
    const origin = `${this.url.replace("//", `//typist-1:${this.tokens[0]}@`)}/git/desks/usa/${this.draft.resolution}.git`;
    try {
      this.git("fetch", "-q", "origin");
    } catch (problem) {
      if (!String(problem).includes("not a git repository") && !String(problem).includes("ENOENT")) throw problem;
      rmSync(this.desk, { recursive: true, force: true });
      git(this.dir, "clone", "-q", origin, this.desk);
    }
    this.git("checkout", "-q", "--detach", "-f", `origin/${this.draft.ref}`);
  }

  private git(...args: string[]): string {
    return git(this.desk, ...args);
  }
}

function git(dir: string, ...args: string[]): string {
  return execFileSync("git", args, {
    cwd: dir,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 20_000,
    env: {
      PATH: process.env.PATH ?? "",
      HOME: dir,
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_TERMINAL_PROMPT: "0",
      GIT_AUTHOR_NAME: "A Delegate",
      GIT_AUTHOR_EMAIL: "delegate@example.org",
      GIT_COMMITTER_NAME: "A Delegate",
      GIT_COMMITTER_EMAIL: "delegate@example.org",
    },
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
