// What is written and not sent: the server remembers it, so that it survives a reload and a restart.
import { byId } from './elements.js';

const TELL_AFTER = 300;

export function wireDraft(helios) {
  const field = byId('text');
  let timer;

  const tell = () => {
    clearTimeout(timer);
    timer = undefined;
    if (helios.state !== 'closed') helios.notify('room:draft', { text: field.value });
  };

  field.addEventListener('input', () => { timer ??= setTimeout(tell, TELL_AFTER); });

  return {
    sent: tell,
    // What stands there already is newer than what the server has.
    restore(text) { field.value ||= text ?? ''; },
  };
}
