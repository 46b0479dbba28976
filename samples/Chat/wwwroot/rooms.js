// The list of rooms, with what is unread, and the people of the room that is open.
import { byId, element, localTime, mark } from './elements.js';

export class RoomsView {
  #rooms = new Map();
  #seen = new Map();
  #open;

  constructor(onOpen) { this.onOpen = onOpen; }

  /** All rooms at once: nothing in them is unread yet. */
  reset(rooms) {
    this.#rooms = new Map(rooms.map((room) => [room.id, room]));
    this.#seen = new Map(rooms.map((room) => [room.id, this.#seen.get(room.id) ?? room.lastMessage]));
    this.#render();
  }

  open(room) {
    this.#open = room.id;
    this.change(room);
    byId('room-name').textContent = room.name;
    byId('room-about').textContent = room.about;
    byId('text').placeholder = `Write to ${room.name}`;
  }

  change(room) {
    this.#rooms.set(room.id, room);
    if (room.id === this.#open || room.lastMessage < this.#seen.get(room.id)) this.#seen.set(room.id, room.lastMessage);
    this.#render();
  }

  #unread(room) { return Math.max(0, room.lastMessage - this.#seen.get(room.id)); }

  #render() {
    const focused = document.activeElement?.dataset?.room;
    byId('rooms').replaceChildren(...[...this.#rooms.values()].map((room) => element('li', {}, this.#button(room))));
    if (focused) byId('rooms').querySelector(`[data-room="${focused}"]`)?.focus();
    const unread = [...this.#rooms.values()].reduce((sum, room) => sum + this.#unread(room), 0);
    document.title = `${unread ? `(${unread}) ` : ''}${this.#rooms.get(this.#open)?.name ?? 'Welcome'} · Helios Chat`;
  }

  #button(room) {
    const unread = this.#unread(room);
    const button = element('button', { type: 'button', className: 'room', onclick: () => this.onOpen(room.id) },
      room.name,
      unread > 0 && element('span', { className: 'unread', 'aria-label': `${unread} unread`, role: 'img' }, String(unread)),
      room.people > 0 && element('span', { className: 'count', 'aria-label': `${room.people} here`, role: 'img' }, String(room.people)));
    button.dataset.room = room.id;
    if (room.id === this.#open) button.setAttribute('aria-current', 'page');
    return button;
  }
}

export function showPeople(people, you, onWave) {
  byId('people-count').textContent = people.length;
  byId('people').replaceChildren(...people.map((person) => {
    const isYou = person.id === you.id;
    return element('li', { className: 'person' },
      mark(person.name),
      element('span', { className: 'person-text' },
        element('b', {}, element('bdi', {}, person.name), person.role !== 'guest' && element('span', { className: 'role' }, person.role)),
        element('small', {}, isYou ? 'you' : whereabouts(person))),
      !isYou && waveButton(person, onWave));
  }));
}

function waveButton(person, onWave) {
  const label = `Wave at ${person.name}`;
  return element('button', { type: 'button', className: 'outline', 'aria-label': label, onclick: () => onWave(person) }, 'Wave');
}

function whereabouts({ timeZone }) {
  return `${localTime(timeZone)} in ${timeZone.split('/').at(-1).replaceAll('_', ' ')}`;
}
