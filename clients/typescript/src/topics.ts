import { invalid } from './errors.js';
import { isTopic } from './protocol.js';

export type TopicHandler = (data: any, topic: string | undefined) => void;

/** Makes a test of a pattern: `*` is one segment, a final `**` one or more; `**` alone is everything, a message without topic too. */
export function pattern(text: string): (topic: string | undefined) => boolean {
  const takesRest = /^(.*:)?\*\*$/.test(text);
  const wanted = (takesRest ? text.slice(0, -3) : text).split(':');
  if (text === '**') return () => true;
  // What a pattern is made of is a topic, once each * is a letter.
  if (text.length > 256 || !isTopic(wanted.map((segment) => (segment === '*' ? 'x' : segment)).join(':')))
    throw invalid(`'${text}' is no topic pattern`);
  if (!text.includes('*')) return (topic) => topic === text;
  return (topic) => {
    const segments = topic?.split(':') ?? [];
    return (
      (takesRest ? segments.length > wanted.length : segments.length === wanted.length) &&
      wanted.every((segment, index) => segment === '*' || segment === segments[index])
    );
  };
}
