// The conversation of the room that is open: messages by number, people coming and going, files.
import { byId, day, element, mark, size, time } from './elements.js';

const list = byId('log');
const scroller = byId('scroller');
const toEnd = byId('to-end');
const addresses = new Map(); // file id → address of its bytes

/** Shows a room from its first message on. */
export function showLog(messages) {
  list.replaceChildren();
  messages.forEach(addMessage);
  byId('nothing-yet').hidden = messages.length > 0;
  scrollToEnd();
}

/** Adds a message where its number says; one that is there already stays as it is. */
export function addMessage(message) {
  if (list.querySelector(`[data-number="${message.number}"]`)) return;
  const next = firstAfter(message.number);
  const before = next ? next.previousElementSibling : list.lastElementChild;
  keepingEnd(() => {
    byId('nothing-yet').hidden = true;
    const item = messageItem(message, before);
    for (const line of [...dayBetween(before, item), item]) list.insertBefore(line, next);
  });
}

/** A line in small print: somebody came or went. */
export function addEvent(text) {
  keepingEnd(() => list.append(element('li', { className: 'event' }, text, ' ', time(new Date()))));
}

/** The bytes of a file are here: shows them wherever the file is mentioned. */
export function showFile(id, address) {
  addresses.set(id, address);
  for (const holder of list.querySelectorAll('.file')) if (holder.dataset.file === id) fillFile(holder);
}

export const hasFile = (id) => addresses.has(id);

function messageItem(message, before) {
  const at = new Date(message.at);
  const follows = before?.dataset.from === message.from
    && at - new Date(before.dataset.at) < 5 * 60_000 && day(at) === day(new Date(before.dataset.at));
  const item = element('li', { className: follows ? 'message follows' : 'message' },
    mark(message.name),
    element('div', { className: 'who' }, element('b', { dir: 'auto' }, message.name), time(at)),
    message.file ? fileHolder(message.file) : element('div', { className: 'body', dir: 'auto' }, message.text));
  Object.assign(item.dataset, { number: message.number, from: message.from, at: message.at });
  return item;
}

function fileHolder(file) {
  const holder = element('div', { className: 'file' });
  Object.assign(holder.dataset, { file: file.id, name: file.name, size: file.size, type: file.type });
  fillFile(holder);
  return holder;
}

function fillFile(holder) {
  const { file, name, type } = holder.dataset;
  const label = [element('span', { dir: 'auto' }, name), element('small', {}, size(Number(holder.dataset.size)))];
  const address = addresses.get(file);
  if (!address) return holder.replaceChildren(element('span', { className: 'file-name' }, ...label));
  const picture = type.startsWith('image/') && element('img', { src: address, alt: name });
  holder.replaceChildren(...picture ? [picture] : [], element('a', { className: 'file-name', href: address, download: name }, ...label));
}

function dayBetween(before, item) {
  const name = day(new Date(item.dataset.at));
  if (before) return !before.dataset.at || day(new Date(before.dataset.at)) === name ? [] : [element('li', { className: 'day' }, name)];
  return name === 'Today' ? [] : [element('li', { className: 'day' }, name)];
}

// Mostly there is none: the number is the highest so far.
function firstAfter(number) {
  let next = null;
  for (let item = list.lastElementChild; item && !(item.dataset.number <= number); item = item.previousElementSibling)
    if (item.dataset.number) next = item;
  return next;
}

// Who reads older messages is not pulled away from them; everyone else stays at the end, whatever grows or shrinks.
let atEnd = true;
let lastTop = 0;

function keepingEnd(change) {
  change();
  if (atEnd) scrollToEnd();
  else toEnd.hidden = false;
}

export function scrollToEnd() {
  atEnd = true;
  scroller.scrollTop = scroller.scrollHeight;
  toEnd.hidden = true;
}

const sizes = new ResizeObserver(() => { if (atEnd) scrollToEnd(); });
sizes.observe(scroller);
sizes.observe(list);

scroller.onscroll = () => {
  const isAtEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 60;
  // A picture that has just grown moves the end away, which is nobody's wish to read older messages.
  if (isAtEnd || scroller.scrollTop < lastTop) atEnd = isAtEnd;
  if (atEnd) toEnd.hidden = true;
  lastTop = scroller.scrollTop;
};
toEnd.onclick = scrollToEnd;
