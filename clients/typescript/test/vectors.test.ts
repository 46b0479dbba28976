import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { read, type Message } from '../src/protocol.js';

const FOLDER = new URL('../../../../tests/vectors/', import.meta.url);

// What the reader leaves as it was written, under the names and rules of tests/vectors/README.md.
const FIELDS: Record<string, string[]> = {
  request: ['requestId', 'method', 'payload'],
  response: ['requestId', 'success', 'data', 'error'],
  notification: ['requestId'],
  error: ['error'],
  ack: ['messageId', 'received'],
  ping: ['messageId'],
};

function plain(message: Message): Record<string, unknown> {
  const all: any = { ...message };
  if (all.type === 'response' && !all.success) delete all.data;
  const result: any = {};
  for (const name of ['type', 'timestamp', 'metadata', 'peer', ...FIELDS[all.type]!]) {
    const isAbsent =
      all[name] === undefined || (all[name] === null && !['payload', 'data'].includes(name)) || (name === 'peer' && !all.peer);
    if (!isAbsent) result[name] = all[name];
  }
  if (result.error) {
    const { code, message: text, details, severity } = result.error;
    result.error = { code, message: text, ...(details != null && { details }), ...(all.type === 'error' && { severity }) };
  }
  if (all.type === 'notification') {
    const { topic, data } = all.notification;
    if (topic != null) result.topic = topic;
    if (data !== undefined) result.data = data;
  }
  return result;
}

const isUuid = (text: unknown): boolean => typeof text === 'string' && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text);

for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.json'))) {
  test(`vectors of ${file}`, () => {
    for (const { name, frame, frameBase64, expect } of JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'))) {
      const text = frame ?? new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.from(frameBase64, 'base64'));
      const incoming = read(text);
      assert.equal(incoming.status, expect.status, name);
      if (incoming.status === 'message') assert.deepEqual(plain(incoming.message), expect.message, name);
      if (incoming.status !== 'invalid') continue;
      const { type, code, details, requestId } = expect.answer;
      const { message } = incoming;
      assert.equal(incoming.code, code, name);
      if (details.violations) assert.equal((incoming.details as any).violations.length, details.violations.length, name);
      else assert.deepEqual(incoming.details, details, name);
      // What client.ts makes of it.
      const answer = message.type === 'error' ? 'none' : message.type === 'request' && isUuid(message.requestId) ? 'response' : 'error';
      assert.equal(answer, type, name);
      if (type === 'response') assert.equal(message.requestId, requestId, name);
      const fails = ['response', 'notification'].includes(message.type) && isUuid(message.requestId) ? message.requestId : undefined;
      assert.equal(fails, expect.fails, name);
    }
  });
}
