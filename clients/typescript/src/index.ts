export { connect, HeliosClient, type HeliosEvents } from './client.js';
export type { AnyApi, ApiShape } from './api.js';
export type { Clock } from './clock.js';
export type { Ending, Status } from './events.js';
export { HeliosError, type ConnectionFailure } from './errors.js';
export type { MethodContext, MethodHandler } from './methods.js';
export type { HeliosOptions, Logger, Persistence, WebSocketClass } from './options.js';
export type { HeliosRequest, RequestOptions } from './requests.js';
export type { GetToken, TokenRequest } from './tickets.js';
