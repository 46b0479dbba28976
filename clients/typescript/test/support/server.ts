// A server as docs/protocol.md wants it, in the plainest words, and the network before it. Frames move by themselves, or one by one.
import { read, uuid, write, type Message } from '../../src/protocol.js';

type Fields = Record<string, any>;

/** One WebSocket, and the wire behind it. */
export class FakeSocket {
  readyState = 0;
  binaryType = '';
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: any }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  readonly up: (string | Uint8Array | { code: number })[] = [];
  readonly down: (string | ArrayBuffer | { code: number; reason: string })[] = [];
  readonly sent: string[] = [];
  isCut = false;

  constructor(
    readonly server: FakeServer,
    readonly url: string,
    readonly protocols: string[],
  ) {
    server.sockets.push(this);
    queueMicrotask(() => this.#dial());
  }

  get query(): URLSearchParams {
    return new URL(this.url).searchParams;
  }

  get token(): string | undefined {
    return this.protocols.find((name) => name.startsWith('helios.recover.'))?.slice('helios.recover.'.length);
  }

  #dial(): void {
    if (this.readyState !== 0) return;
    if (this.server.isDown) return this.end(1006);
    this.readyState = 1;
    this.onopen?.();
    if (this.server.isManual) return;
    this.server.link(this);
    this.pump();
  }

  send(data: string | Uint8Array): void {
    if (this.readyState !== 1) return;
    if (typeof data === 'string') this.sent.push(data);
    this.up.push(data);
    if (!this.server.isManual) this.pump();
  }

  close(code = 1005): void {
    if (this.readyState >= 2) return;
    this.readyState = 2;
    this.up.push({ code });
    if (!this.server.isManual) this.pump();
  }

  /** Moves all there is, both ways. */
  pump(): void {
    while (!this.isCut && (this.deliverUp() || this.deliverDown())) {
      // Until nothing moves.
    }
  }

  /** The next frame reaches the server. */
  deliverUp(): boolean {
    const frame = this.up.shift();
    if (frame === undefined || this.isCut) return false;
    this.server.receive(this, frame);
    return true;
  }

  /** The next frame reaches the client. */
  deliverDown(): boolean {
    const frame = this.down.shift();
    if (frame === undefined || this.isCut) return false;
    if (typeof frame === 'string' || frame instanceof ArrayBuffer) this.onmessage?.({ data: frame });
    else this.end(frame.code, frame.reason);
    return true;
  }

  /** The client loses it; what it has sent may still come. */
  lose(): void {
    this.end(1006);
  }

  /** The network takes it away, with what is on its way. */
  cut(): void {
    this.isCut = true;
    this.server.unlink(this);
    this.end(1006);
  }

  end(code: number, reason = ''): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.onclose?.({ code, reason });
  }
}

export interface Starling {
  id: string;
  epoch: string;
  received: number;
  /** What the client has not acknowledged, from number `acknowledged` + 1. */
  kept: (string | Uint8Array)[];
  acknowledged: number;
  cursor: number;
  handed: number;
  link: FakeSocket | undefined;
  instance: string | undefined;
  attempt: number;
  past: string[];
  isGone: boolean;
  open: Map<string, Message>;
}

export class FakeServer {
  readonly sockets: FakeSocket[] = [];
  readonly starlings = new Map<string, Starling>();
  /** What it was told, in order. */
  readonly received: Message[] = [];
  readonly texts: any[] = [];
  readonly methods: Record<string, (payload: any, message: Message, starling: Starling, server: FakeServer) => unknown> = {};
  readonly topics: Record<string, () => void> = {};
  isManual = false;
  isDown = false;
  /** Frames in place of the welcome. */
  instead: ((socket: FakeSocket) => void) | undefined;
  welcome: Fields = {};
  /** Messages to clients that no connection will bring any more: their epoch, or their server, is gone. */
  readonly dropped: (string | Uint8Array)[] = [];
  #next = 1;
  readonly WebSocket: any;

  constructor() {
    const server = this;
    this.WebSocket = class extends FakeSocket {
      constructor(url: string, protocols: string[]) {
        super(server, url, protocols);
      }
    };
  }

  get last(): FakeSocket {
    return this.sockets.at(-1)!;
  }

  get starling(): Starling {
    return [...this.starlings.values()].at(-1)!;
  }

  #make(id = `starling-${this.#next++}`): Starling {
    const starling: Starling = {
      id,
      epoch: `epoch-${this.#next++}`,
      received: 0,
      kept: [],
      acknowledged: 0,
      cursor: 0,
      handed: 0,
      link: undefined,
      instance: undefined,
      attempt: 0,
      past: [],
      isGone: false,
      open: new Map(),
    };
    this.starlings.set(id, starling);
    return starling;
  }

  /** A new connection: recovery, resume and takeover (section 7, rules 3 and 5). */
  link(socket: FakeSocket): void {
    if (this.instead) return this.instead(socket);
    const { query, token } = socket;
    const [instance, attempt] = [query.get('instance')!, Number(query.get('attempt'))];
    const held = token ? this.starlings.get(token.split('.')[0]!) : undefined;
    if (held?.isGone) return void socket.down.push({ code: 4002, reason: '' });
    const starling = held ?? this.#make(token?.split('.')[0]);
    const isLate = starling.past.includes(instance) || (starling.instance === instance && attempt < starling.attempt);
    if (isLate) return void socket.down.push({ code: 4000, reason: '' });
    if (starling.link) {
      starling.link.down.length = 0;
      starling.link.down.push({ code: 4000, reason: '' });
      starling.link = undefined;
    }
    if (starling.instance !== undefined && starling.instance !== instance) starling.past.push(starling.instance);
    Object.assign(starling, { instance, attempt, link: socket });
    const said = query.get('received');
    const continues = !!held && query.get('epoch') === starling.epoch;
    if (continues) {
      const claimed = Number(said);
      if (!Number.isInteger(claimed) || claimed < starling.acknowledged || claimed > starling.acknowledged + starling.handed)
        throw new Error(`the client claims ${said}, acknowledged ${starling.acknowledged}, handed ${starling.handed}`);
      this.#acknowledge(starling, claimed);
    } else {
      this.dropped.push(...starling.kept.splice(0, starling.handed));
      Object.assign(starling, { epoch: `epoch-${this.#next++}`, received: 0, acknowledged: 0, handed: 0 });
      starling.open.clear();
    }
    starling.cursor = 0;
    const data = {
      starlingId: starling.id,
      token: `${starling.id}.${this.#next++}`,
      expiresIn: 3600,
      epoch: starling.epoch,
      received: starling.received,
      window: { messages: 1000, bytes: 1 << 24 },
      limits: { maxMessageSize: 1 << 20, maxRequests: 100, maxRequestBytes: 1 << 24 },
      keepAlive: 15_000,
      ...(token ? { timestamp: 0, recoveredFrom: 0, resumed: continues, ...(continues && { missed: 0 }) } : {}),
      ...this.welcome,
    };
    socket.down.push(write('notification', { notification: { topic: `connection:${token ? 'recovered' : 'established'}`, data } }));
    this.#flush(starling);
  }

  unlink(socket: FakeSocket): void {
    for (const starling of this.starlings.values()) if (starling.link === socket) starling.link = undefined;
  }

  receive(socket: FakeSocket, frame: string | Uint8Array | { code: number }): void {
    const starling = [...this.starlings.values()].find(({ link }) => link === socket);
    if (!starling) {
      if (typeof frame === 'object' && 'code' in frame) socket.down.push({ code: frame.code, reason: '' });
      return;
    }
    if (typeof frame === 'object' && 'code' in frame) return this.#closed(starling, socket, frame.code);
    const incoming = typeof frame === 'string' ? read(frame) : undefined;
    const message = incoming?.status === 'message' ? incoming.message : undefined;
    if (message?.type === 'ack') {
      if (message.received != null) this.#acknowledge(starling, message.received);
      return;
    }
    if (message?.type === 'ping') return void socket.down.push(write('ack', { messageId: message.messageId, received: starling.received }));
    starling.received++;
    if (!message) return void this.texts.push(frame);
    this.received.push(message);
    this.#handle(starling, message);
  }

  #handle(starling: Starling, message: Message): void {
    if (
      message.type === 'notification' &&
      message.requestId &&
      message.notification?.topic === 'system:cancel' &&
      starling.open.delete(message.requestId)
    )
      this.answer(starling, message.requestId, undefined, { code: 'REQUEST_CANCELLED', message: 'cancelled' });
    if (message.type === 'notification') this.topics[message.notification!.topic ?? '']?.();
    if (message.type !== 'request') return;
    starling.open.set(message.requestId!, message);
    const method = this.methods[message.method!];
    if (!method) return this.answer(starling, message.requestId!, undefined, { code: 'METHOD_NOT_FOUND', message: 'not found' });
    const data = method(message.payload, message, starling, this);
    if (data !== undefined) this.answer(starling, message.requestId!, data);
  }

  #closed(starling: Starling, socket: FakeSocket, code: number): void {
    starling.link = undefined;
    if (code === 1000) {
      starling.isGone = true;
      starling.kept = [];
    }
    socket.down.push({ code, reason: '' });
  }

  #acknowledge(starling: Starling, received: number): void {
    const count = received - starling.acknowledged;
    if (count <= 0) return;
    if (count > starling.handed) throw new Error(`the client acknowledges ${received}, handed ${starling.acknowledged + starling.handed}`);
    starling.kept.splice(0, count);
    starling.acknowledged = received;
    starling.handed -= count;
    starling.cursor = Math.max(0, starling.cursor - count);
  }

  #flush(starling: Starling): void {
    const { link } = starling;
    if (!link) return;
    while (starling.cursor < starling.kept.length) {
      const frame = starling.kept[starling.cursor++]!;
      link.down.push(typeof frame === 'string' ? frame : (frame.buffer.slice(0) as ArrayBuffer));
      starling.handed = Math.max(starling.handed, starling.cursor);
    }
    if (!this.isManual) link.pump();
  }

  send(frame: string | Uint8Array, starling = this.starling): void {
    if (starling.isGone) return;
    starling.kept.push(frame);
    this.#flush(starling);
  }

  notify(topic: string, data: unknown, requestId?: string, starling = this.starling): void {
    this.send(write('notification', { notification: { topic, data }, requestId }), starling);
  }

  request(method: string, payload?: unknown, starling = this.starling): string {
    const requestId = uuid();
    this.send(write('request', { requestId, method, payload }), starling);
    return requestId;
  }

  answer(starling: Starling, requestId: string, data: unknown, error?: object): void {
    starling.open.delete(requestId);
    this.send(write('response', { requestId, success: !error, data, error }), starling);
  }

  /** What does not count, to the client that is linked. */
  sendUncounted(frame: string, starling = this.starling): void {
    starling.link!.down.push(frame);
    starling.link!.pump();
  }

  close(code: number, reason = '', starling = this.starling): void {
    const { link } = starling;
    starling.link = undefined;
    if (code === 4002) starling.isGone = true;
    link!.down.push({ code, reason });
    if (!this.isManual) link!.pump();
  }

  /** The process dies: no starling is held any more. */
  restart(): void {
    for (const socket of this.sockets) if (socket.readyState < 3) socket.cut();
    for (const { kept } of this.starlings.values()) this.dropped.push(...kept);
    this.starlings.clear();
  }

  /** The network breaks. */
  cut(): void {
    this.last.cut();
  }
}
