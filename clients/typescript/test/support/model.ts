// Both ends and the network between them, moved step by step; and what must hold of what was said and heard.
import { HeliosClient } from '../../src/client.js';
import { persistIn } from '../../src/persist.js';
import { FakeClock, settle } from './clock.js';
import { FakeServer, type FakeSocket } from './server.js';

export type Step =
  | 'tell'
  | 'ask'
  | 'askSlow'
  | 'answer'
  | 'serverTells'
  | 'serverAsks'
  | 'cancel'
  | 'up'
  | 'down'
  | 'accept'
  | 'acceptLate'
  | 'cut'
  | 'lose'
  | 'tick'
  | 'wait'
  | 'freeze'
  | 'reload'
  | 'crash'
  | 'restart';

const globals = globalThis as any;

/** Always free: one life at a time. */
const locks = {
  request: (async (_name: string, _options: unknown, callback: () => Promise<void>) => callback()) as unknown as LockManager['request'],
};

export class Model {
  readonly server = new FakeServer();
  readonly clock = new FakeClock();
  readonly #store = new Map<string, string>();
  helios!: HeliosClient;
  // What dies with a page.
  #page = new EventTarget();
  #timers = new Set<() => void>();
  #number = 0;
  #life = 0;
  // To the server.
  readonly #told: number[] = [];
  readonly #unconfirmed = new Set<number>();
  readonly #ran: number[] = [];
  // To the client.
  readonly #serverTold: number[] = [];
  readonly #heard: number[] = [];
  readonly #asked: string[] = [];
  readonly #answering: string[] = [];
  // Requests of the client, by their number.
  readonly #open = new Map<number, { life: number; ended: number; error?: string }>();
  readonly #slow: string[] = [];
  /** Whether anything has happened after which nobody knows of what was on its way. */
  isUncertain = false;
  readonly faults: string[] = [];

  constructor() {
    this.server.isManual = true;
    this.server.methods['a:echo'] = (payload) => this.#run(payload);
    this.server.methods['a:slow'] = (payload, { requestId }) => {
      this.#run(payload);
      this.#slow.push(requestId!);
    };
  }

  async start(): Promise<void> {
    this.#begin();
    await settle();
  }

  async step(step: Step): Promise<void> {
    const { server } = this;
    switch (step) {
      case 'tell':
        this.#tell();
        break;
      case 'ask':
        this.#ask('a:echo');
        break;
      case 'askSlow':
        this.#ask('a:slow');
        break;
      case 'cancel':
        this.#cancel();
        break;
      case 'answer':
        this.#answer();
        break;
      case 'serverTells':
        if (this.#isKnown) server.notify('s:n', this.#say(this.#serverTold), undefined, server.starlings.get(this.#known!));
        break;
      case 'serverAsks':
        if (this.#isKnown) this.#asked.push(server.request('ui:ask', 0, server.starlings.get(this.#known!)));
        break;
      case 'up':
        this.#any((socket) => socket.up.length > 0 && !socket.isCut)?.deliverUp();
        break;
      case 'down':
        this.#any((socket) => socket.down.length > 0 && !socket.isCut && socket.readyState < 3)?.deliverDown();
        break;
      case 'accept':
        this.#accept(server.last);
        break;
      case 'acceptLate':
        this.#accept(server.sockets.find((socket) => !this.#accepted.has(socket))!);
        break;
      case 'cut':
        server.last.cut();
        break;
      case 'lose':
        server.last.lose();
        break;
      case 'tick':
        await this.clock.advance(120);
        break;
      case 'wait':
        await this.clock.advance(1_000);
        break;
      case 'freeze':
        this.#page.dispatchEvent(new Event('pagehide'));
        this.#page.dispatchEvent(new Event('pageshow'));
        break;
      case 'reload':
        this.#reload(true);
        break;
      case 'crash':
        this.#reload(false);
        break;
      case 'restart':
        this.isUncertain = true;
        server.restart();
        this.#accepted = new Set(server.sockets);
        break;
    }
    await settle();
  }

  /** Lets all that is on its way arrive. */
  async end(): Promise<void> {
    const { server, helios, clock } = this;
    for (let round = 0; round < 60; round++) {
      this.#accept(server.last);
      for (const socket of server.sockets.slice(-3)) socket.pump();
      while (this.#slow.length) this.#answer();
      await settle();
      const starling = server.starlings.get(helios.starlingId!);
      if (helios.status === 'connected' && starling?.link === server.last && !starling.kept.length && !server.last.up.length && round > 3)
        break;
      await clock.advance(1_100);
    }
    if (helios.status !== 'connected') this.faults.push(`the client is ${helios.status} in the end`);
    this.#check();
    this.#page.dispatchEvent(new Event('pagehide'));
    helios.disconnect();
    await settle();
    if (clock.timers) this.faults.push(`${clock.timers} timers are left`);
  }

  #accepted = new Set<FakeSocket>();
  #known: string | undefined;

  // A client that has never heard its welcome does not know that it is this starling.
  get #isKnown(): boolean {
    return this.server.starlings.has(this.#known!);
  }

  #begin(): void {
    const life = ++this.#life;
    const page = (this.#page = new EventTarget());
    globals.addEventListener = page.addEventListener.bind(page);
    globals.removeEventListener = page.removeEventListener.bind(page);
    for (const cancel of this.#timers) cancel();
    const timers = (this.#timers = new Set());
    const clock = {
      now: () => this.clock.now(),
      after: (milliseconds: number, callback: () => void) => {
        const cancel = this.clock.after(milliseconds, callback);
        timers.add(cancel);
        return cancel;
      },
    };
    const store = {
      getItem: (key: string) => this.#store.get(key) ?? null,
      setItem: (key: string, value: string) => void this.#store.set(key, value),
      removeItem: (key: string) => void this.#store.delete(key),
    };
    const isLiving = (): boolean => life === this.#life;
    const helios = (this.helios = new HeliosClient('ws://server', {
      WebSocket: this.server.WebSocket,
      clock,
      persist: persistIn(store, { locks }),
      keepTrying: true,
      requestTimeout: Infinity,
      logger: { warn: () => {}, error: (_what, error) => void this.faults.push(String(error)) },
    }));
    helios.on('s:n', (number) => {
      if (!isLiving()) this.faults.push('an old life has heard something');
      this.#heard.push(number);
    });
    helios.method('ui:ask', () => 'answer');
    helios.events.on('unconfirmed', ({ messages }) => {
      for (const text of messages) this.#unconfirmed.add(JSON.parse(text as string).notification?.data);
    });
    helios.events.on('connected', ({ starlingId }) => void (this.#known = starlingId));
    helios.events.on('recovered', ({ continued }) => {
      if (!continued && !this.isUncertain) this.faults.push('a new epoch without a reason');
    });
    void helios.connect().then(
      () => this.#reattach(life),
      () => {},
    );
  }

  #say(where: number[]): number {
    where.push(++this.#number);
    return this.#number;
  }

  #run(payload: number): number {
    this.#ran.push(payload);
    return payload;
  }

  #tell(): void {
    try {
      this.helios.notify('c:n', this.#number + 1);
      this.#say(this.#told);
    } catch {
      // Full.
    }
  }

  #ask(method: string): void {
    const number = ++this.#number;
    const entry = { life: this.#life, ended: 0 };
    this.#open.set(number, entry);
    this.#follow(number, this.helios.request(method, number, { key: String(number) }));
  }

  #follow(number: number, request: PromiseLike<unknown>): void {
    const entry = this.#open.get(number)!;
    const { life } = entry;
    request.then(
      (value) => {
        if (life !== this.#life) return;
        entry.ended++;
        if (value !== number) this.faults.push(`${number} is answered ${value}`);
      },
      ({ code }) => {
        if (life !== this.#life) return;
        entry.ended++;
        entry.error = code;
      },
    );
  }

  // The page finds its requests again; those that a crash has taken are nobody's.
  #reattach(life: number): void {
    if (life !== this.#life) return;
    for (const [number, entry] of this.#open) {
      if (entry.ended || entry.life === life) continue;
      const again = this.helios.reattach(String(number));
      if (!again) {
        if (!this.isUncertain) this.faults.push(`request ${number} is not found again`);
        this.#open.delete(number);
        continue;
      }
      entry.life = life;
      this.#follow(number, again);
    }
  }

  #cancel(): void {
    const [number] = [...this.#open].find(([, { ended, life }]) => !ended && life === this.#life) ?? [];
    if (number !== undefined) this.helios.reattach(String(number))?.cancel();
  }

  #answer(): void {
    const id = this.#slow.shift();
    const starling = [...this.server.starlings.values()].find(({ open }) => open.has(id!));
    if (starling) this.server.answer(starling, id!, starling.open.get(id!)!.payload);
  }

  #any(isFit: (socket: FakeSocket) => boolean): FakeSocket | undefined {
    return this.server.sockets.findLast(isFit);
  }

  #accept(socket: FakeSocket | undefined): void {
    if (!socket || this.#accepted.has(socket) || socket.isCut || socket.readyState === 0) return;
    this.#accepted.add(socket);
    const starling = this.server.starlings.get(socket.token?.split('.')[0]!);
    // A life that is dead sends no pong.
    const isOther = starling?.instance !== undefined && starling.instance !== socket.query.get('instance');
    if (isOther && socket.readyState !== 1) return;
    try {
      this.server.link(socket);
    } catch (error) {
      this.faults.push(String(error));
    }
  }

  #reload(keeps: boolean): void {
    if (!this.server.starlings.size || !this.#store.size) return;
    if (keeps) this.#page.dispatchEvent(new Event('pagehide'));
    else this.isUncertain = true;
    const isKept = keeps && [...this.#store.values()].some((text) => JSON.parse(text).state);
    if (!isKept) this.isUncertain = true;
    // Its memory is gone: what it had not kept, nobody tells of.
    if (!isKept) for (const number of this.#told) this.#unconfirmed.add(number);
    const { last } = this.server;
    last.onmessage = last.onclose = last.onopen = null;
    last.close();
    this.#begin();
  }

  #check(): void {
    const server = this.server.received
      .map(({ notification }) => notification?.topic === 'c:n' && notification.data)
      .filter((number) => number !== false);
    this.#inOrder('client to server', server);
    this.#inOrder('server to client', this.#heard);
    const dropped = new Set(this.server.dropped.map((text) => JSON.parse(text as string).notification?.data));
    for (const number of this.#told)
      if (!server.includes(number) && !this.#unconfirmed.has(number))
        this.faults.push(`client to server: ${number} is lost without a word`);
    for (const number of this.#serverTold)
      if (!this.#heard.includes(number) && !dropped.has(number)) this.faults.push(`server to client: ${number} is lost`);
    if (!this.isUncertain && this.#unconfirmed.size) this.faults.push('unconfirmed without a reason');
    for (const number of this.#ran)
      if (this.#ran.filter((other) => other === number).length > 1) this.faults.push(`request ${number} ran twice`);
    for (const [number, { ended, error, life }] of this.#open) {
      if (life === this.#life && ended !== 1) this.faults.push(`request ${number} has ended ${ended} times`);
      if (error && error !== 'REQUEST_CANCELLED' && !this.isUncertain) this.faults.push(`request ${number} has failed with ${error}`);
    }
    const answers = this.server.received.filter(({ type }) => type === 'response').map(({ requestId }) => requestId!);
    if (new Set(answers).size !== answers.length) this.faults.push('the server was answered twice');
    if (!this.isUncertain) for (const id of this.#asked) if (!answers.includes(id)) this.faults.push('the server was not answered');
  }

  #inOrder(way: string, numbers: number[]): void {
    numbers.forEach((number, index) => {
      if (index && number <= numbers[index - 1]!) this.faults.push(`${way}: ${number} came after ${numbers[index - 1]}`);
    });
  }
}
