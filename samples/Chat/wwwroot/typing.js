// Who is writing. Told at most every two seconds, and forgotten after five without news.
import { byId } from './elements.js';

const TELL_EVERY = 2_000;
const FORGET_AFTER = 5_000;

export function wireTyping(helios) {
  const writers = new Map(); // id → { name, timer }
  let room;
  let told = 0;

  const tell = (active) => {
    if (helios.state !== 'open') return;
    told = active ? Date.now() : 0;
    helios.notify('room:typing', { room, active });
  };

  const stopped = (id) => {
    clearTimeout(writers.get(id)?.timer);
    writers.delete(id);
    show(writers);
  };

  byId('text').addEventListener('input', ({ target }) => {
    if (!target.value) tell(false);
    else if (Date.now() - told > TELL_EVERY) tell(true);
  });

  helios.on('room:typing', ({ room: where, id, name, active }) => {
    if (where !== room) return;
    stopped(id);
    if (active) writers.set(id, { name, timer: setTimeout(() => stopped(id), FORGET_AFTER) });
    show(writers);
  });

  return {
    stopped,
    sent() { told = 0; },
    clear(newRoom) {
      room = newRoom;
      told = 0;
      [...writers.keys()].forEach(stopped);
    },
  };
}

function show(writers) {
  const names = [...writers.values()].map(({ name }) => name);
  byId('typing').textContent =
    names.length === 0 ? ''
    : names.length === 1 ? `${names[0]} is writing…`
    : names.length === 2 ? `${names[0]} and ${names[1]} are writing…`
    : 'Several people are writing…';
}
