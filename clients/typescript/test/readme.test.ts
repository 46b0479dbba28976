// Every sample of the README runs, and prints what stands below it.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, test } from 'node:test';
import { inspect } from 'node:util';
import { transform } from 'esbuild';
import { FakeServer, settle } from './support/world.js';

const FOLDER = new URL('../../', import.meta.url);
const readme = readFileSync(new URL('README.md', FOLDER), 'utf8');
const samples = [...readme.matchAll(/^## (.+?)$|^```ts\n(.*?)^```\n(?:\n```text\n(.*?)^```)?/gms)];

const globals = globalThis as any;
const before: Record<string, unknown> = {};
const put = (values: object): void => {
  for (const [name, value] of Object.entries(values)) {
    before[name] ??= globals[name];
    Object.defineProperty(globals, name, { value, configurable: true, writable: true });
  }
};

afterEach(() => {
  for (const [name, value] of Object.entries(before)) Object.defineProperty(globals, name, { value, configurable: true, writable: true });
});

function shop(): FakeServer {
  const server = new FakeServer();
  const { methods } = server;
  methods['cart:add'] = ({ count }) => count * 2.5;
  methods['cart:pay'] = (_payload, { requestId }, starling) =>
    server.answer(starling, requestId!, undefined, {
      code: 'CART_EMPTY',
      message: 'Put something into the cart first.',
      details: { articles: 0 },
    });
  methods['order:pack'] = (_payload, { requestId }, starling) => {
    for (const step of ['packed', 'labelled']) server.notify('progress', step, requestId!, starling);
    return 'Parcel 7';
  };
  methods['order:lines'] = (_payload, { requestId }, starling) => {
    for (const line of ['1 tea', '2 cups']) server.notify('stream:item', line, requestId!, starling);
    server.answer(starling, requestId!, undefined);
  };
  methods['sale:propose'] = (price, { requestId }, starling) => {
    const asked = server.request('sale:confirm', { price }, starling);
    const look = setInterval(() => {
      const answer = server.received.find((message) => message.type === 'response' && message.requestId === asked);
      if (!answer) return;
      clearInterval(look);
      server.answer(starling, requestId!, answer.data ? 'sold' : 'not sold');
    }, 1);
  };
  methods['chat:done'] = () => {
    for (const { notification } of server.received)
      if (notification?.topic?.startsWith('chat:')) server.notify(notification.topic, notification.data);
    for (const bytes of server.texts) server.send(bytes);
    return true;
  };
  methods['account:name'] = () => (server.last.query.get('access_token') === 'ticket-of-ada' ? 'ada' : 'nobody');
  methods['job:run'] = (_payload, { requestId }, starling) => {
    setTimeout(() => {
      for (const percent of [50, 100]) server.notify('progress', percent, requestId!, starling);
      server.answer(starling, requestId!, 'done');
    }, 50);
  };
  server.topics['demo:drop'] = () => server.close(3000, 'come back');
  return server;
}

let heading = '';
let number = 0;
for (const [, title, code, expected] of samples) {
  if (title) heading = title;
  if (!code) continue;
  number++;
  const file = new URL(`dist/readme/${number}.mjs`, FOLDER);
  test(`The sample of "${heading}" prints what the README says`, async (t) => {
    const server = shop();
    const page = new EventTarget();
    const store = new Map<string, string>();
    put({
      WebSocket: server.WebSocket,
      window: page,
      addEventListener: page.addEventListener.bind(page),
      removeEventListener: page.removeEventListener.bind(page),
      sessionStorage: {
        getItem: (key: string) => store.get(key) ?? null,
        setItem: (key: string, value: string) => store.set(key, value),
        removeItem: (key: string) => store.delete(key),
      },
      fetch: async () => new Response('ticket-of-ada'),
    });
    const printed: string[] = [];
    t.mock.method(console, 'log', (...all: unknown[]) =>
      printed.push(all.map((one) => (typeof one === 'string' ? one : inspect(one))).join(' ')),
    );
    mkdirSync(new URL('.', file), { recursive: true });
    writeFileSync(file, (await transform(code, { loader: 'ts', format: 'esm', target: 'es2022' })).code);
    await import(file.href);
    await settle();
    assert.equal(printed.map((line) => `${line}\n`).join(''), expected ?? '');
  });
}

test('The README has a sample for each feature', () => assert.ok(number >= 9, `${number}`));
