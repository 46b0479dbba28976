// Reads and writes protocol messages: docs/protocol.md sections 2 to 4. tests/vectors says what each frame means.

export const PROTOCOL = 'helios-starling';

/** A protocol message that keeps all rules. Where null means absent it may be null, and `peer` false. */
export interface Message {
  type: 'request' | 'response' | 'notification' | 'error' | 'ack' | 'ping';
  timestamp: number;
  metadata?: Record<string, unknown> | null;
  peer?: unknown;
  requestId?: string | null;
  messageId?: string | null;
  method?: string;
  payload?: unknown;
  notification?: { topic?: string | null; data?: any };
  data?: unknown;
  success?: boolean;
  received?: number | null;
  error?: { code: string; message: string; details?: unknown; severity?: string };
}

/** A text frame: a protocol message, one that breaks rules, other JSON, or any other text. */
export type Incoming =
  | { status: 'message'; message: Message }
  | { status: 'invalid'; message: Message; code: string; details: { violations: string[] } | { supported: string[]; received: string } }
  | { status: 'json'; value: unknown }
  | { status: 'text'; value: string };

type Fields = Record<string, any>;
type Rule = (value: any) => boolean;

const matches =
  (pattern: RegExp): Rule =>
  (value) =>
    typeof value === 'string' && pattern.test(value);

export const isObject = (value: unknown): value is Fields => typeof value === 'object' && !!value && !Array.isArray(value);
export const isUuid = matches(/^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/i);
export const isMethod = matches(/^(?=.{3,128}$)[A-Za-z]\w*(:[A-Za-z]\w*)+$/);
export const isTopic = matches(/^(?=.{1,256}$)\w[\w.-]*(:\w[\w.-]*)*$/);
export const isCode = matches(/^(?=.{1,63}$)[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/);
const isVersion = matches(/^\d+\.\d+\.\d+$/);
const isType = matches(/^(request|response|notification|error|ack|ping)$/);
const isText = matches(/^/);
const isBoolean: Rule = (value) => typeof value === 'boolean';

const DEEPEST = 64;
const MAX_MESSAGE = 1024;
const LARGEST = '9223372036854775807';
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{}]|[-\d][\d.eE+-]*/g;
const METHOD_FAULT = 'method: is malformed';

/** An error message as long as it may be: not cut inside a character. */
export const cut = (message: string): string =>
  message
    .toWellFormed()
    .slice(0, MAX_MESSAGE)
    .replace(/[\ud800-\udbff]$/, '');

/** Says what a text frame is. */
export function read(text: string): Incoming {
  let fields: Fields;
  try {
    fields = JSON.parse(text);
  } catch {
    return { status: 'text', value: text };
  }
  if (!isObject(fields) || fields.protocol !== PROTOCOL) return { status: 'json', value: fields };
  const message = fields as Message;
  const { version, type } = fields;
  if (isVersion(version) && parseInt(version) !== 1) {
    const received = version.length > DEEPEST ? `${version.slice(0, DEEPEST)}...` : version;
    return { status: 'invalid', message, code: 'PROTOCOL_VERSION_MISMATCH', details: { supported: ['1.x'], received } };
  }
  const { faults, isDeep } = faultsOf(fields, text);
  if (!faults.length) return { status: 'message', message };
  const code =
    type !== 'request' || isDeep || !isUuid(fields.requestId)
      ? 'PROTOCOL_VIOLATION'
      : faults.join() === METHOD_FAULT && isText(fields.method)
        ? 'METHOD_INVALID_NAME'
        : 'PROTOCOL_INVALID_MESSAGE';
  return { status: 'invalid', message, code, details: { violations: faults } };
}

function faultsOf(fields: Fields, text: string): { faults: string[]; isDeep: boolean } {
  const faults: string[] = [];
  let scanned: ReturnType<typeof scan> | undefined;
  const check = (name: string, rule: Rule, from = fields, prefix = ''): void => {
    if (!rule(from[name])) faults.push(`${prefix}${name}: is ${from[name] === undefined ? 'missing' : 'malformed'}`);
  };
  const allow = (name: string, rule: Rule): void => check(name, (value) => value == null || rule(value));
  // JSON.parse makes 1 of 1.0 and of 1e0. What is written in the usual way needs no second look.
  const count =
    (name: string): Rule =>
    (value) => {
      if (typeof value !== 'number') return false;
      const usual = `"${name}":${value}`;
      const written =
        value >= 0 && value <= 2 ** 53 && (text.includes(`${usual},`) || text.includes(`${usual}}`))
          ? String(value)
          : (scanned ??= scan(text)).numbers[name]!;
      return /^\d{1,19}$/.test(written) && written.padStart(19, '0') <= LARGEST;
    };

  check('version', isVersion);
  check('timestamp', count('timestamp'));
  check('type', isType);
  allow('metadata', isObject);
  allow('peer', (value) => isBoolean(value) || isObject(value));
  const { type, error, notification } = fields;
  if (type === 'request' || type === 'response') check('requestId', isUuid);
  if (type === 'request') check('method', isMethod);
  if (type === 'response') check('success', isBoolean);
  if (type === 'response' && fields.success === true) allow('error', () => false);
  if (type === 'error' || (type === 'response' && fields.success === false)) {
    check('error', isObject);
    if (isObject(error)) {
      check('code', isCode, error, 'error.');
      check('message', isText, error, 'error.');
      if (isText(error.message)) error.message = cut(error.message);
      if (type === 'error') check('severity', matches(/^(protocol|application)$/), error, 'error.');
    }
  }
  if (type === 'notification') {
    allow('requestId', isUuid);
    check('notification', isObject);
    if (isObject(notification) && notification.topic != null) check('topic', isTopic, notification, 'notification.');
  }
  if (type === 'ack') check('messageId', isUuid);
  if (type === 'ack') allow('received', count('received'));
  if (type === 'ping') allow('messageId', isUuid);
  const isDeep = text.split(/[[{]/, DEEPEST + 2).length > DEEPEST + 1 && (scanned ?? scan(text)).depth > DEEPEST;
  if (isDeep) faults.push('message: is nested too deep');
  return { faults, isDeep };
}

/** Walks the text once: how deep it nests, and how the numbers among the message's own fields are written. */
function scan(text: string): { depth: number; numbers: Record<string, string> } {
  const numbers: Record<string, string> = {};
  let [depth, level, key] = [0, 0, ''];
  for (const [token] of text.matchAll(TOKENS)) {
    if ('{['.includes(token)) depth = Math.max(depth, ++level);
    else if ('}]'.includes(token)) level--;
    else if (token[0] === '"') key = token;
    else if (level === 1) numbers[JSON.parse(key)] = token;
  }
  return { depth, numbers };
}

/** Writes a protocol message. Throws what JSON.stringify throws. */
export const write = (type: Message['type'], fields: Fields): string =>
  JSON.stringify({ protocol: PROTOCOL, version: '1.0.0', timestamp: Date.now(), type, ...fields });

/** How many bytes a text takes as UTF-8. */
export function sizeOf(data: string | Uint8Array): number {
  let size = data.length;
  if (typeof data !== 'string') return size;
  for (let at = data.length; at--;) {
    const character = data.charCodeAt(at);
    // A surrogate is half of four bytes.
    if (character > 127) size += character > 2047 && (character & 0xf800) !== 0xd800 ? 2 : 1;
  }
  return size;
}

/** Random text, of as many hexadecimal digits. */
export const randomName = (length = 24): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) => (byte & 15).toString(16)).join('');

// crypto.randomUUID exists on https and localhost only; a phone on the same network opens plain http.
export const uuid = (): string => randomName(32).replace(/^(.{8})(.{4}).(.{3}).(.{3})(.*)$/, '$1-$2-4$3-a$4-$5');
