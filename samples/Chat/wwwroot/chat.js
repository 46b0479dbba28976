// The chat: what the page says to the server and what it does with the answers.
import { byId, element, mark } from './elements.js';
import { packFile, unpackFile, MAX_FILE } from './files.js';
import { HeliosClient } from './helios.js';
import { wireJob } from './job.js';
import { addEvent, addMessage, hasFile, scrollToEnd, showFile, showLog } from './log.js';
import { complain, notice } from './notices.js';
import { RoomsView, showPeople } from './rooms.js';
import { wireTyping } from './typing.js';
import { wireDraft } from './draft.js';

const TOKEN = 'token'; // with it a reloaded page comes back as the starling that it was; this tab only

const helios = new HeliosClient(new URL('helios', location.href.replace(/^http/, 'ws').split(/[?#]/)[0]).href, {
  onToken: (token) => sessionStorage.setItem(TOKEN, token),
});
const rooms = new RoomsView((room) => joinRoom(room).catch(complain));
const typing = wireTyping(helios);
const draft = wireDraft(helios);
let introduction; // { name, role } of the visitor
let you;          // the person that the server made of it
let room;         // the id of the room that is open
let presence;     // who is in it

// ---- Coming in -------------------------------------------------------------

// The server asks who is here; it greets by the time of day there, and shows the others what time it is.
helios.method('ui:introduce', () => ({ ...introduction, timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone }));

async function enter() {
  you = undefined;
  await helios.connect(sessionStorage.getItem(TOKEN) ?? undefined);
  await comeIn();
}

// The server knows who this is if it is the starling of before: then it asks nothing, and remembers room and draft.
async function comeIn() {
  const welcome = await helios.request('chat:enter', {});
  you = welcome.you;
  byId('welcome').hidden = true;
  byId('app').hidden = false;
  byId('you-name').textContent = you.name;
  byId('you-role').textContent = you.role;
  byId('you-mark').replaceChildren(mark(you.name));
  byId('announce').hidden = you.role !== 'admin';
  rooms.reset(welcome.rooms);
  await joinRoom(room ?? welcome.room ?? (location.hash.slice(1) || 'lobby')).catch(() => joinRoom('lobby'));
  draft.restore(welcome.draft);
  if (welcome.greeting) addEvent(welcome.greeting);
  byId('text').focus();
}

byId('enter').onsubmit = async (event) => {
  event.preventDefault();
  const form = new FormData(event.target);
  await tryEnter({ name: form.get('name'), role: form.get('role') });
};

async function tryEnter(as) {
  introduction = as;
  byId('enter-error').textContent = '';
  try {
    await enter();
    sessionStorage.setItem('introduction', JSON.stringify(as)); // this tab only: a reload comes back in
  } catch (error) {
    helios.close();
    byId('enter-error').textContent = error.message;
  }
}

byId('leave').onclick = () => {
  sessionStorage.clear();
  location.reload();
};

// ---- The connection --------------------------------------------------------

helios.onState((state, info) => {
  const label = { open: 'Connected', connecting: 'Connecting…', reconnecting: 'Reconnecting…', closed: 'Offline' }[state];
  const shown = byId('state');
  shown.dataset.state = state;
  shown.replaceChildren(label);
  byId('drop').disabled = state !== 'open';
  // Whoever goes on where it was cut has missed nothing. Else the room's history tells what happened meanwhile.
  if (state === 'open' && you && !info.continues) comeIn().catch(complain);
  if (state !== 'closed') return;
  shown.append(element('button', { type: 'button', onclick: () => enter().catch(complain) }, 'Reconnect'));
});

helios.on('connection:missed', () => joinRoom(room).catch(complain));

byId('drop').onclick = () => helios.drop();

// ---- Rooms -----------------------------------------------------------------

async function joinRoom(id) {
  const view = await helios.request('room:join', { room: id });
  room = view.room.id;
  location.replace(`#${room}`);
  presence = view.presence;
  rooms.open(view.room);
  showPeople(presence.people, you, wave);
  showLog(view.messages);
  typing.clear(room);
  view.messages.forEach(fetchFile);
}

helios.on('room:changed', (changed) => rooms.change(changed));

helios.on('room:people', (news) => {
  if (news.room !== room || news.version <= presence.version) return;
  presence = news;
  showPeople(news.people, you, wave);
  if (news.joined) addEvent(`${news.joined.name} came in`);
  if (news.left) addEvent(`${news.left.name} left`);
  if (news.left) typing.stopped(news.left.id);
});

helios.on('room:message', (message) => {
  if (message.room !== room) return;
  typing.stopped(message.from);
  addMessage(message);
  if (message.from === you.id) scrollToEnd();
});

byId('composer').onsubmit = async (event) => {
  event.preventDefault();
  const field = byId('text');
  const text = field.value.trim();
  if (!text) return;
  field.value = '';
  typing.sent();
  draft.sent();
  try {
    await helios.request('room:send', { room, text });
  } catch (error) {
    field.value ||= text; // nothing that was written is lost
    complain(error);
  }
};

byId('text').onkeydown = (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  byId('composer').requestSubmit();
};

// ---- Files -----------------------------------------------------------------

async function share(file) {
  if (!file) return;
  if (file.size > MAX_FILE) return complain(new Error(`${file.name} is larger than ${MAX_FILE / 1024} KB.`));
  try {
    helios.sendBinary(await packFile(file, room));
  } catch (error) {
    complain(error);
  }
}

// Whoever comes in later asks for the files in the history.
function fetchFile({ file }) {
  if (!file || hasFile(file.id)) return;
  helios.request('file:fetch', { id: file.id }).catch(() => {}); // an old one is no longer kept: its name stays
}

helios.onBinary((packet) => {
  const { header, address } = unpackFile(packet);
  showFile(header.id, address);
});

helios.on('file:refused', ({ name, reason }) => complain(new Error(`${name}: ${reason}`)));

byId('attach').onclick = () => byId('file').click();
byId('file').onchange = async ({ target }) => { await share(target.files[0]); target.value = ''; };
byId('text').onpaste = ({ clipboardData }) => share(clipboardData.files[0]);
const main = document.querySelector('.conversation');
main.ondragover = (event) => { event.preventDefault(); main.classList.add('dropping'); };
main.ondragleave = () => main.classList.remove('dropping');
main.ondrop = (event) => { event.preventDefault(); main.classList.remove('dropping'); share(event.dataTransfer.files[0]); };

// ---- People ----------------------------------------------------------------

async function wave(person) {
  openPanel(false);
  const waiting = notice('You wave', `Waiting for ${person.name}…`, {});
  try {
    const { answered, back } = await helios.request('person:wave', { id: person.id }, { timeout: 25_000 });
    const did = back ? 'waves back' : answered ? 'has no time just now' : 'did not answer';
    notice('You waved', `${person.name} ${did}.`, undefined, 8_000);
  } catch (error) {
    complain(error);
  } finally {
    waiting();
  }
}

// The server asks on behalf of somebody else; the answer is whichever button is pressed.
helios.method('ui:wave', ({ name }, { signal }) => new Promise((answer) => {
  const remove = notice(`${name} waves at you`, 'Will you wave back?', {
    'Wave back': () => answer({ answered: true, back: true }),
    'Not now': () => answer({ answered: true, back: false }),
  });
  signal.onabort = () => { remove(); answer({ answered: false, back: false }); };
}));

helios.on('announce:new', ({ from, text }) => notice(`${from} to all moderators`, text));

byId('announce').onsubmit = async (event) => {
  event.preventDefault();
  const field = byId('announce-text');
  try {
    const { count } = await helios.request('announce:moderators', { text: field.value });
    field.value = '';
    byId('announce-result').textContent = count === 1 ? 'One moderator was told.' : `${count} moderators were told.`;
  } catch (error) {
    complain(error);
  }
};

// ---- Panel and start -------------------------------------------------------

// On a narrow screen, people and tools are a sheet over the conversation.
function openPanel(open) {
  if (open === byId('panel').classList.contains('open')) return;
  byId('panel').classList.toggle('open', open);
  byId('show-panel').setAttribute('aria-expanded', open);
  byId(open ? 'hide-panel' : 'show-panel').focus();
}
byId('show-panel').onclick = () => openPanel(true);
byId('hide-panel').onclick = () => openPanel(false);
byId('panel').onkeydown = ({ key }) => { if (key === 'Escape') openPanel(false); };

setInterval(() => presence && showPeople(presence.people, you, wave), 60_000); // their clocks go on
wireJob(helios);

const remembered = sessionStorage.getItem('introduction');
if (remembered) await tryEnter(JSON.parse(remembered));
else byId('name').focus();
