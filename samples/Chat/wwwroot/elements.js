// Making elements. Text from other people only ever becomes text nodes, so none of it can become markup.

export const byId = (id) => document.getElementById(id);

/** element('p', { className: 'hint' }, 'text', child, …); what is null or false is left out. */
export function element(tag, properties, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.includes('-')) made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** The round mark of a person: initials on a colour that belongs to the name. */
export function mark(name) {
  const words = name.trim().split(/\s+/);
  const initials = [words[0], words.length > 1 ? words.at(-1) : ''].map((word) => [...word][0] ?? '').join('').toUpperCase();
  let hue = 0;
  for (const letter of name) hue = (hue * 31 + letter.codePointAt(0)) % 360;
  const made = element('span', { className: 'mark', 'aria-hidden': 'true' }, initials);
  made.style.setProperty('--hue', hue);
  return made;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const calendar = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });

export const time = (date) => element('time', { dateTime: date.toISOString() }, clock.format(date));

export function day(date) {
  return date.toDateString() === new Date().toDateString() ? 'Today' : calendar.format(date);
}

export function localTime(timeZone) {
  return new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit', timeZone }).format(new Date());
}

export function size(bytes) {
  return bytes < 1024 ? `${bytes} bytes` : `${Math.ceil(bytes / 1024)} KB`;
}
