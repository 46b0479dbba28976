// What must compile, and what must not. Compiled, never run.
import { connect, HeliosClient, HeliosError, type HeliosRequest } from '../src/index.js';

interface Message {
  text: string;
  from: string;
}

interface Chat {
  methods: {
    'room:join'(payload: { room: string }): { members: string[] };
    'room:leave'(): void;
    'room:history'(payload: { room: string; limit?: number }): AsyncIterable<Message>;
    'room:find'(payload?: { name: string }): Promise<string | null>;
  };
  topics: { 'room:*': Message; presence: string[]; 'job:**': number };
  sends: { 'cursor:moved': { x: number }; 'typing:*': boolean; 'ping:me': undefined };
  handles: { 'ui:ask'(question: string): boolean; 'ui:list'(): AsyncIterable<number> };
}

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <_A extends true>(): void => {};

export async function described(helios: HeliosClient<Chat>): Promise<void> {
  const joined = await helios.request('room:join', { room: 'tea' });
  same<Equal<typeof joined, { members: string[] }>>();
  joined.members.join();
  // @ts-expect-error: no such part of the result
  joined.member;
  // @ts-expect-error: no such method
  void helios.request('room:joins', { room: 'tea' });
  // @ts-expect-error: the payload is missing
  void helios.request('room:join');
  // @ts-expect-error: the payload is another one
  void helios.request('room:join', { room: 5 });
  // @ts-expect-error: the method takes no payload
  void helios.request('room:leave', { room: 'tea' });
  void helios.request('room:leave', undefined, { timeout: 5 });
  same<Equal<Awaited<ReturnType<typeof helios.request<'room:leave'>>>, void>>();
  const found = await helios.request('room:find');
  same<Equal<typeof found, string | null>>();
  // @ts-expect-error: no such option
  void helios.request('room:leave', undefined, { timeOut: 5 });

  for await (const message of helios.request('room:history', { room: 'tea' })) {
    same<Equal<typeof message, Message>>();
    // @ts-expect-error: no such part of an item
    message.txt;
  }
  for await (const none of helios.request('room:join', { room: 'tea' })) same<Equal<typeof none, never>>();

  helios.on('room:*', ({ text }) => text.trim());
  helios.on('room:42', ({ text }) => text.trim());
  helios.on('presence', (names) => names.join());
  helios.on('job:a:b', (percent) => percent.toFixed());
  helios.on('**', () => {});
  // @ts-expect-error: no such topic
  helios.on('rooms:42', () => {});
  // @ts-expect-error: no such part of the data
  helios.on('room:42', ({ txt }) => txt);

  helios.notify('cursor:moved', { x: 1 });
  helios.notify('typing:42', true);
  helios.notify('ping:me');
  // @ts-expect-error: the data are missing
  helios.notify('cursor:moved');
  // @ts-expect-error: the data are others
  helios.notify('cursor:moved', { x: '1' });
  // @ts-expect-error: the client sends no such topic
  helios.notify('room:42', { text: '' });

  helios.method('ui:ask', (question) => question.length > 3);
  helios.method('ui:ask', async (question, { signal }) => !signal.aborted && question === '');
  helios.method('ui:list', async function* () {
    yield 1;
  });
  // @ts-expect-error: the server asks no such thing
  helios.method('ui:asks', () => true);
  // @ts-expect-error: another answer
  helios.method('ui:ask', () => 'yes');

  helios.events.on('recovered', ({ continued }) => continued);
  helios.events.on('closed', ({ confirmed, failure }) => confirmed && failure?.reason);
  // @ts-expect-error: no such event
  helios.events.on('recovers', () => {});
  // @ts-expect-error: the status is read only
  helios.status = 'closed';

  const again: HeliosRequest<string> | undefined = helios.reattach<string>('key');
  same<Equal<Awaited<NonNullable<typeof again>>, string>>();
}

export async function free(): Promise<void> {
  const helios = await connect('ws://server/helios', { getToken: async () => 'ticket', setup: (helios) => helios.on('a', () => {}) });
  const total: number = await helios.request('cart:add', { article: 'tea' });
  total.toFixed();
  for await (const line of helios.request('order:lines')) line.anything;
  helios.on('any:topic', (data, topic) => data.x + topic.length);
  helios.notify('any:topic', 5);
  helios.notify('any:topic');
  helios.method('any:method', (payload) => payload.x);
  await connect<Chat>('ws://server/helios', {
    setup: (helios) => {
      helios.method('ui:ask', (question) => question === '');
      // @ts-expect-error: no such topic
      helios.on('rooms:42', () => {});
    },
  });
  // @ts-expect-error: no such option
  await connect('ws://server/helios', { getTicket: () => '' });
  // @ts-expect-error: no string
  await connect('ws://server/helios', { getToken: () => 5 });
  const error = new HeliosError('CODE', 'message');
  // @ts-expect-error: read only
  error.code = 'OTHER';
}

export const opened: Promise<HeliosClient<Chat>> = connect<Chat>('ws://server/helios');
// @ts-expect-error: no description of a server
export const wrong = connect<{ methods: string }>('ws://server/helios');
