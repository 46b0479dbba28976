// The counting of the browser client (samples/Chat/wwwroot/resume.js), rule by rule: section 7 of the wire contract.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

// In a browser the page decides whether a script is a module, in Node.js the folder does.
const source = readFileSync(new URL('../../../samples/Chat/wwwroot/resume.js', import.meta.url), 'utf8');
const { Resume } = await import(`data:text/javascript,${encodeURIComponent(source)}`);

const established = (epoch = 'e1') => ({ epoch, received: 0 });

function sent(resume) {
  const frames = [];
  for (let frame = resume.next(); frame !== undefined; frame = resume.next()) frames.push(frame);
  return frames;
}

function connected(...frames) {
  const resume = new Resume();
  resume.welcome(established());
  frames.forEach((frame) => resume.add(frame));
  return resume;
}

test('resume: a new client claims nothing', () => {
  assert.deepEqual(new Resume().claim, {});
});

test('resume: what was counted is claimed in its epoch', () => {
  const resume = connected();
  resume.count(10);
  resume.count(10);
  assert.deepEqual(resume.claim, { epoch: 'e1', received: 2 });
});

test('resume: a report of a gap counts as many messages as are missing', () => {
  const resume = connected();
  resume.count(10, 7);
  assert.equal(resume.claim.received, 7);
});

test('resume: the same epoch sends again from behind what the server counted, and new messages behind that', () => {
  const resume = connected('a', 'b', 'c');
  sent(resume);
  resume.add('d');
  const { continues } = resume.welcome({ epoch: 'e1', received: 1 });
  assert.equal(continues, true);
  assert.deepEqual(sent(resume), ['b', 'c', 'd']);
});

test('resume: what is acknowledged is not sent again', () => {
  const resume = connected('a', 'b', 'c');
  sent(resume);
  assert.equal(resume.acknowledge(2), true);
  resume.welcome({ epoch: 'e1', received: 2 });
  assert.deepEqual(sent(resume), ['c']);
});

test('resume: another epoch sends only what was never sent, and counts from the start', () => {
  const resume = connected('a', 'b');
  sent(resume);
  resume.count(10);
  resume.add('c');
  const { continues, unsent } = resume.welcome(established('e2'));
  assert.deepEqual([continues, unsent], [false, ['c']]);
  assert.deepEqual(resume.claim, { epoch: 'e2', received: 0 });
  assert.deepEqual(sent(resume), ['c']);
  assert.equal(resume.acknowledge(1), true);
});

test('resume: what the server has not counted is unsent again, and can be withdrawn', () => {
  const resume = connected('a', 'b');
  sent(resume);
  assert.equal(resume.withdraw('b'), false);
  resume.welcome({ epoch: 'e1', received: 1 });
  assert.equal(resume.withdraw('b'), true);
  assert.deepEqual(sent(resume), []);
});

test('resume: a message withdrawn takes no number', () => {
  const resume = connected('a', 'b');
  assert.equal(resume.withdraw('a'), true);
  assert.deepEqual(sent(resume), ['b']);
  assert.equal(resume.acknowledge(1), true);
  assert.equal(resume.acknowledge(2), false);
});

test('resume: a server that counted what cannot be is not believed', () => {
  const resume = connected('a', 'b');
  sent(resume);
  resume.acknowledge(1);
  for (const received of [0, 3, -1, 1.5, '1', undefined]) assert.equal(resume.welcome({ epoch: 'e1', received }), undefined);
  resume.forget();
  assert.deepEqual(resume.claim, {});
});

test('resume: an ack of what was never sent is refused and not applied', () => {
  const resume = connected('a');
  sent(resume);
  assert.equal(resume.acknowledge(2), false);
  resume.welcome({ epoch: 'e1', received: 0 });
  assert.deepEqual(sent(resume), ['a']);
});

test('resume: a lower ack is ignored', () => {
  const resume = connected('a', 'b');
  sent(resume);
  resume.acknowledge(2);
  assert.equal(resume.acknowledge(1), true);
  assert.equal(resume.welcome({ epoch: 'e1', received: 2 }).continues, true);
});

test('resume: an ack is due after 32 messages or a quarter of a megabyte', () => {
  const resume = connected();
  for (let i = 0; i < 31; i++) resume.count(1);
  assert.equal(resume.isAckDue, false);
  resume.count(1);
  assert.equal(resume.isAckDue, true);
  assert.equal(resume.takeAck(), 32);
  assert.equal(resume.takeAck(), undefined);
  resume.count(256 * 1024);
  assert.equal(resume.isAckDue, true);
});

test('resume: when full it refuses what is new and drops nothing', () => {
  const resume = connected();
  for (let i = 0; i < 1000; i++) assert.equal(resume.add(i), true);
  assert.equal(resume.add('more'), false);
  assert.equal(sent(resume).length, 1000);
});
