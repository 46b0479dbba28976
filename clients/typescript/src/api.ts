// What a server can do, as types: connect<Api>() checks names, payloads and results against it.

/**
 * Describes a server. All parts may be left out.
 * - `methods`: what can be asked. A function from payload to result; one that returns an `AsyncIterable` streams its answer.
 * - `topics`: what the server tells, as data. `*` and `**` in a name stand for what they stand for in `on`.
 * - `sends`: what this client tells by `notify`.
 * - `handles`: what the server may ask of this client.
 */
export interface ApiShape {
  methods?: object;
  topics?: object;
  sends?: object;
  handles?: object;
}

/** A server that nothing is known of: any name and any payload compiles. */
export interface AnyApi {
  methods: Record<string, (payload?: any) => any>;
  topics: Record<string, any>;
  sends: Record<string, any>;
  handles: Record<string, (payload?: any) => any>;
}

type Part<Api, Name extends keyof AnyApi> = Api extends { [name in Name]: infer Found } ? Found : {};

export type MethodsOf<Api> = Part<Api, 'methods'>;
export type TopicsOf<Api> = Part<Api, 'topics'>;
export type SendsOf<Api> = Part<Api, 'sends'>;
export type HandlesOf<Api> = Part<Api, 'handles'>;

type Fn = (payload: any) => unknown;
type IsAny<T> = 0 extends 1 & T ? true : false;

export type PayloadOf<F> = F extends (...parameters: infer P) => unknown ? (P extends [] ? undefined : P[0]) : never;

type Answer<F> = F extends (...parameters: any) => infer R ? Awaited<R> : never;

/** What awaiting a request gives. */
export type ResultOf<F> = IsAny<Answer<F>> extends true ? any : Answer<F> extends AsyncIterable<any> ? void : Answer<F>;

/** What the loop over a request gives: `never` when the answer is no stream. */
export type ItemOf<F> = IsAny<Answer<F>> extends true ? any : Answer<F> extends AsyncIterable<infer Item> ? Item : never;

/** Payload and options of a request; the payload may be left out where the method takes none. */
export type ArgumentsOf<F, Options> = F extends (...parameters: infer P) => unknown
  ? P extends []
    ? [payload?: undefined, options?: Options]
    : undefined extends P[0]
      ? [payload?: P[0], options?: Options]
      : [payload: P[0], options?: Options]
  : never;

/** What a method of this client may return. */
export type AnswerOf<F> = F extends Fn ? Answer<F> | Promise<Answer<F>> | (void extends Answer<F> ? void : never) : never;

type Glob<Name extends string> = Name extends `${infer Before}**`
  ? `${Glob<Before>}${string}`
  : Name extends `${infer Before}*${infer After}`
    ? `${Before}${string}${Glob<After>}`
    : Name;

// The described topics whose names fit what is subscribed to.
type Fitting<Topics, Pattern extends string> = {
  [Name in keyof Topics & string]: Pattern extends Glob<Name> ? Name : Name extends Glob<Pattern> ? Name : never;
}[keyof Topics & string];

/** The data of the topics that a pattern fits; `never` when it fits none. */
export type DataOf<Topics, Pattern extends string> = Pattern extends keyof Topics ? Topics[Pattern] : Topics[Fitting<Topics, Pattern>];

/** A pattern that fits a described topic. Any other one does not compile. */
export type PatternOf<Topics, Pattern extends string> = string extends keyof Topics
  ? string
  : Pattern extends keyof Topics
    ? Pattern
    : [Fitting<Topics, Pattern>] extends [never]
      ? never
      : Pattern;

// The described names that a topic fits.
type Allowing<Sends, Topic extends string> = { [Name in keyof Sends & string]: Topic extends Glob<Name> ? Name : never }[keyof Sends &
  string];

type SendDataOf<Sends, Topic extends string> = Topic extends keyof Sends ? Sends[Topic] : Sends[Allowing<Sends, Topic>];

/** A topic that the client may send. Any other one does not compile. */
export type SendTopicOf<Sends, Topic extends string> = string extends keyof Sends
  ? string
  : [Allowing<Sends, Topic>] extends [never]
    ? never
    : Topic;

/** The data of a notification, which may be left out where it may be undefined. */
export type SendArgumentsOf<Sends, Topic extends string> =
  undefined extends SendDataOf<Sends, Topic> ? [data?: SendDataOf<Sends, Topic>] : [data: SendDataOf<Sends, Topic>];
