// What wants attention, above the conversation: announcements, waves, and what went wrong.
import { byId, element } from './elements.js';

/** Shows a notice; actions are { label: handler }. Returns a function that takes it away. */
export function notice(title, text, actions = { Close: () => {} }, forMs = 0) {
  const buttons = Object.entries(actions).map(([label, handler]) =>
    element('button', { type: 'button', className: 'outline', onclick: () => { remove(); handler(); } }, label));
  const shown = element('section', { className: 'notice' },
    element('p', { dir: 'auto' }, element('b', {}, title), text),
    element('div', { className: 'actions' }, ...buttons));
  const remove = () => shown.remove();
  byId('notices').append(shown);
  if (forMs) setTimeout(remove, forMs);
  return remove;
}

/** Something did not work: says why. */
export const complain = (error) => notice('That did not work', error.message, undefined, 8_000);
