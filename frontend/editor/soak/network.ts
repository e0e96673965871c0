/** A bad conference network: frames come late, lines break with frames on the way, frames are sent twice. */
import WebSocket from "ws";
import { protocol, type Socket, socketURL } from "../livewire";

/** What the network does. Its numbers may be changed while it runs. */
export interface Weather {
  /** The longest that one frame takes, in milliseconds; frames of one direction keep their order. */
  delay: number;
  /** Of 1,000 frames, how many break the line. */
  breaks: number;
  /** Of 1,000 pushes, how many are sent twice. */
  twice: number;
}

/** Opens a line through the weather. */
export function openThrough(weather: Weather, url: string, token: string): Socket {
  return new Line(weather, new WebSocket(socketURL(url), [protocol], { headers: { Authorization: `Bearer ${token}` } }));
}

class Line implements Socket {
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;
  private there = Promise.resolve();
  private back = Promise.resolve();
  private broken = false;

  constructor(
    private readonly weather: Weather,
    private readonly socket: WebSocket,
  ) {
    socket.on("open", () => this.onopen?.());
    socket.on("close", () => this.onclose?.());
    socket.on("error", () => {}); // close follows
    socket.on("message", (data: Buffer) => {
      const text = data.toString();
      this.back = this.carry(this.back, () => this.onmessage?.({ data: text }));
    });
  }

  send(data: string): void {
    const times = data.startsWith('{"t":"push"') && happens(this.weather.twice) ? 2 : 1;
    for (let i = 0; i < times; i++)
      this.there = this.carry(this.there, () => this.socket.readyState === WebSocket.OPEN && this.socket.send(data));
  }

  close(): void {
    if (this.socket.readyState === WebSocket.CONNECTING) this.socket.once("open", () => this.socket.terminate());
    else this.socket.terminate();
  }

  /** Brings one frame after those before it, or breaks the line with everything that is on it. */
  private async carry(before: Promise<void>, arrive: () => void): Promise<void> {
    const way = new Promise((done) => setTimeout(done, Math.random() * this.weather.delay));
    await before;
    await way;
    if (happens(this.weather.breaks)) {
      this.broken = true;
      this.socket.terminate();
    }
    if (!this.broken) arrive();
  }
}

const happens = (ofThousand: number) => Math.random() * 1000 < ofThousand;
