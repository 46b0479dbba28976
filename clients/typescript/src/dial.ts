import type { HeliosOptions } from './options.js';
import { PROTOCOL } from './protocol.js';

/** Opens a WebSocket. Returns it, and the address at which a plain GET tells why it was refused. */
export function dial(
  url: URL,
  options: HeliosOptions<any>,
  token: string | undefined,
  ticket: string | undefined,
  resume: object,
): { socket: any; asked: string } {
  const WebSocketClass = options.WebSocket ?? (globalThis as any).WebSocket;
  if (!WebSocketClass) throw new Error('there is no WebSocket: set the option WebSocket');
  const address = new URL(url);
  const set = (parameters: object): void => {
    for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
  };
  set({ limit: options.maxMessageSize ?? 16 * 1024 * 1024, ...(ticket && { access_token: ticket }) });
  const asked = address.href;
  set(resume);
  // As a subprotocol the token stands in no access log.
  const socket = new WebSocketClass(address.href, [PROTOCOL, ...(token ? [`helios.recover.${token}`] : [])]);
  socket.binaryType = 'arraybuffer';
  return { socket, asked };
}
