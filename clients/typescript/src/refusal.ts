import { failure, type ConnectionFailure } from './errors.js';
import { isCode } from './protocol.js';

// As long as a refusal may take that is worth knowing.
const PATIENCE = 5_000;
const MAX_MESSAGE = 500;

/**
 * Asks with a plain GET why an upgrade failed, which a browser does not tell: the server answers as it has answered the upgrade.
 * @returns undefined when there is no answer, or none that refuses.
 */
export async function askWhy(address: string): Promise<ConnectionFailure | undefined> {
  try {
    const response = await fetch(address.replace('ws', 'http'), { signal: AbortSignal.timeout(PATIENCE), cache: 'no-store' });
    const { status, headers } = response;
    // 400 and 426 are what a GET is told that asks for no upgrade.
    if (status < 401 || status === 426) return undefined;
    const { error } = await response.json().catch(() => ({}));
    const code = isCode(error?.code) ? error.code : undefined;
    const wait = headers.get('retry-after') ?? '';
    return failure(`the server answered ${[status, code, error?.message].filter(Boolean).join(' ').slice(0, MAX_MESSAGE)}`, {
      status,
      code,
      retryAfter: (+wait ? +wait * 1000 : Date.parse(wait) - Date.now()) || undefined,
    });
  } catch {
    return undefined;
  }
}
