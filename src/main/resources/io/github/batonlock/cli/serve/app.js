'use strict';

// What the server sends is data: it is written with textContent, never as markup.

const byId = (id) => document.getElementById(id);

const LIVES = {
  'alive': ['● alive', 'good', 'The holder renews its lease.'],
  'held': ['◐ held', '', 'A client holds the lock. This page has not seen a heartbeat of it yet.'],
  'suspect': ['▲ suspect', 'warning', 'The holder was silent for half of its lease.'],
  'dead': ['✖ dead', 'bad', 'The holder was silent for its lease: the next client that wants the lock takes it.'],
  'not-a-lock': ['✖ no lock', 'bad', 'Another program or an edit has made this row.'],
  'frozen': ['❄ frozen', 'ice', 'An operator has closed the lock.'],
  'closed': ['◼ closed', '', 'The holder has released the lock and left it closed for a while.'],
  'free': ['○ free', '', 'No client holds the lock.'],
  'absent': ['○ no item', '', 'The table has no item: no client holds the lock.'],
};
const GROUPS = { all: 'All', held: 'Held', trouble: 'Trouble', asked: 'Asked for', frozen: 'Frozen', free: 'Free' };
const LINE_MILLIS = 15 * 60 * 1000;
const SVG = 'http://www.w3.org/2000/svg';

const view = { filter: '', group: 'all', sort: 'key', order: 'asc', page: 0, open: null };
let state = null;
let received = 0;
let source = null;
let isLost = false;
let isWaiting = true;
let token = readToken();
let spokenOf = '';
let meant = null;
let isSending = false;

// The token of this start comes with the address, and does not stay in it.

function readToken() {
  const given = /[#&]token=([0-9a-f]+)/.exec(location.hash);
  if (given) {
    sessionStorage.setItem('baton-token', given[1]);
    history.replaceState(null, '', location.pathname);
  }
  return sessionStorage.getItem('baton-token') || '';
}

// Elements

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key === 'text') {
      made.textContent = value;
    } else {
      made.setAttribute(key, value);
    }
  }
  made.append(...children);
  return made;
}

function write(target, text) {
  if (target.textContent !== text) {
    target.textContent = text;
  }
}

// Time

function since(age) {
  return age + performance.now() - received;
}

function words(millis) {
  const seconds = Math.max(0, Math.floor(millis / 1000));
  const units = [[86400, 'd', 3600, 'h'], [3600, 'h', 60, 'min'], [60, 'min', 1, 's']];
  for (const [size, name, small, smallName] of units) {
    if (seconds >= size) {
      const rest = seconds < 10 * size ? Math.floor((seconds % size) / small) : 0;
      return Math.floor(seconds / size) + ' ' + name + (rest ? ' ' + rest + ' ' + smallName : '');
    }
  }
  return seconds + ' s';
}

const isHeld = (lock) => ['alive', 'held', 'suspect', 'dead'].includes(lock.life);
const idOf = (lock) => JSON.stringify([lock.key, lock.sortKey === undefined ? null : lock.sortKey]);

function heldWords(lock) {
  if (!isHeld(lock)) {
    return '';
  }
  return (lock.isBeginSeen ? '' : '≥ ') + words(since(lock.heldFor));
}

function signWords(lock) {
  if (!isHeld(lock)) {
    return lock.rest !== undefined && lock.life !== 'free' ? words(lock.rest - (since(0))) + ' left' : '';
  }
  const age = lock.age === undefined ? lock.silent : Math.min(lock.age, lock.life === 'held' ? lock.age : lock.silent);
  return words(since(age)) + ' ago';
}

function askedWords(lock) {
  if (!lock.asked.length) {
    return '';
  }
  const longest = Math.max(...lock.asked.map((asker) => asker.age || 0));
  return (lock.asked.length > 1 ? lock.asked.length + ' × ' : '') + words(since(longest));
}

// The time line

function colorOf(span) {
  if (span.life !== 'alive' && span.life !== 'held') {
    return 's-' + span.life;
  }
  let hash = 0;
  for (const char of span.holder) {
    hash = (hash * 31 + char.codePointAt(0)) % 997;
  }
  return 'h' + (hash % 6);
}

function line(lock, millis) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'line');
  svg.setAttribute('viewBox', '0 0 1000 10');
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', lineWords(lock));
  for (const span of lock.spans) {
    const from = Math.max(0, 1000 - (span.from / millis) * 1000);
    const to = 1000 - (span.to / millis) * 1000;
    if (to > 0) {
      const part = document.createElementNS(SVG, 'rect');
      part.setAttribute('x', from.toFixed(1));
      part.setAttribute('width', Math.max(3, to - from).toFixed(1));
      part.setAttribute('y', '0');
      part.setAttribute('height', '10');
      part.setAttribute('class', colorOf(span));
      const title = document.createElementNS(SVG, 'title');
      title.textContent = spanWords(span);
      part.append(title);
      svg.append(part);
    }
  }
  return svg;
}

function spanWords(span) {
  const what = span.holder ? span.holder + (span.life === 'alive' || span.life === 'held' ? '' : ' ' + span.life) : span.life;
  return what + ' for ' + words(span.from - span.to);
}

function lineWords(lock) {
  return 'Time line: ' + lock.spans.slice(-6).map(spanWords).join(', then ');
}

// Rows: kept by their lock, so that the focus stays where it is. With roles, which the layout for
// narrow screens would take away otherwise.

const rows = new Map();

function newRow(id) {
  const button = element('button', { type: 'button' });
  const pill = element('span', { class: 'pill' });
  const cells = ['state', 'holder', 'held', 'sign', 'asked', 'line'].map(() => element('td', { role: 'cell' }));
  cells[0].append(pill);
  cells[2].className = cells[3].className = cells[4].className = 'age';
  const row = element('tr', { role: 'row' }, element('th', { scope: 'row', role: 'rowheader' }, button), ...cells);
  row.addEventListener('click', () => open(rows.get(id).lock));
  return { row, button, pill, cells, lock: null, drawn: '' };
}

function drawRows() {
  const body = byId('rows');
  const wanted = state.locks.map(idOf);
  for (const [id, kept] of rows) {
    if (!wanted.includes(id)) {
      kept.row.remove();
      rows.delete(id);
    }
  }
  state.locks.forEach((lock, index) => {
    const id = wanted[index];
    const kept = rows.get(id) || newRow(id);
    rows.set(id, kept);
    kept.lock = lock;
    const [name, tone, title] = LIVES[lock.life];
    write(kept.button, lock.label);
    write(kept.pill, name);
    kept.pill.className = 'pill ' + tone;
    kept.pill.title = title;
    write(kept.cells[1], lock.holder || (lock.frozenBy && lock.life === 'frozen' ? 'by ' + lock.frozenBy : ''));
    const drawn = JSON.stringify(lock.spans.map((span) => [span.life, Math.round(span.from / 5000)]));
    if (drawn !== kept.drawn) {
      kept.cells[5].replaceChildren(line(lock, LINE_MILLIS));
      kept.drawn = drawn;
    }
    if (body.children[index] !== kept.row) {
      body.insertBefore(kept.row, body.children[index] || null);
    }
  });
  drawAges();
}

function drawAges() {
  for (const kept of rows.values()) {
    write(kept.cells[2], heldWords(kept.lock));
    write(kept.cells[3], signWords(kept.lock));
    write(kept.cells[4], askedWords(kept.lock));
    const isOpen = view.open !== null && idOf(kept.lock) === view.open.id;
    kept.row.classList.toggle('open', isOpen);
    kept.button.setAttribute('aria-expanded', String(isOpen));
  }
}

// Around the rows

function drawGroups() {
  const groups = byId('groups');
  if (!groups.children.length) {
    for (const [code, name] of Object.entries(GROUPS)) {
      const button = element('button', { type: 'button', 'data-group': code }, name, element('b'));
      button.addEventListener('click', () => show({ group: code, page: 0 }));
      groups.append(button);
    }
  }
  for (const button of groups.children) {
    button.setAttribute('aria-pressed', String(button.dataset.group === view.group));
    write(button.lastChild, String(state ? state.counts[button.dataset.group] : ''));
  }
}

function drawSort() {
  for (const head of document.querySelectorAll('th[data-column]')) {
    if (head.dataset.column === view.sort) {
      head.setAttribute('aria-sort', view.order === 'desc' ? 'descending' : 'ascending');
    } else {
      head.removeAttribute('aria-sort');
    }
  }
}

function drawFrame() {
  write(byId('table'), state.table);
  document.title = 'Baton: locks of ' + state.table;
  const mayBreak = state.mayBreak && token;
  write(byId('mode'), mayBreak ? 'may break locks' : state.mayBreak ? 'token missing: read-only' : 'read-only');
  byId('mode').className = 'pill ' + (mayBreak ? 'warning' : 'quiet');
  const first = state.page * state.pageSize;
  write(byId('range'), state.matches
    ? (first + 1) + '–' + (first + state.locks.length) + ' of ' + state.matches + (state.isCut ? ' (the table has more)' : '')
    : '0 locks');
  byId('previous').disabled = state.page === 0;
  byId('next').disabled = state.page + 1 >= state.pages;
  byId('empty').hidden = state.matches > 0;
  byId('locks').hidden = state.matches === 0;
  write(byId('empty'), view.filter || view.group !== 'all' ? 'No lock matches.' : 'The table has no locks.');
  write(byId('cost'), 'Requests in the last minute: ' + state.lastMinute.pages + ' pages of the table, '
    + state.lastMinute.reads + ' reads. Locks on this page are read each ' + words(state.lookMillis)
    + ', all others once a minute.');
}

function drawConnection() {
  const pill = byId('connection');
  const problem = byId('problem');
  if (isLost) {
    write(pill, '▲ no connection to baton serve');
    pill.className = 'pill bad';
  } else if (state && state.problem) {
    write(pill, '▲ the table does not answer');
    pill.className = 'pill bad';
  } else {
    write(pill, state ? '● live' : 'connecting');
    pill.className = 'pill ' + (state ? 'good' : '');
  }
  problem.hidden = isLost || !state || !state.problem;
  if (!problem.hidden) {
    write(problem, 'The page may be out of date: ' + state.problem.text);
  }
}

function eventItem(event, isShort) {
  const item = element('li', { class: event.tone });
  if (!isShort) {
    item.append(element('b', { text: event.label }), ' ');
  }
  const age = element('span', { class: 'soft', text: words(since(event.age)) + ' ago' });
  item.append(event.text, isShort ? ' ' : '', age);
  return item;
}

function drawEvents() {
  byId('events').replaceChildren(...(state.events.length
    ? state.events.map((event) => eventItem(event, false))
    : [element('li', { class: 'soft', text: 'Nothing has happened since the page began to look.' })]));
}

// One lock

function fact(list, name, value, kind) {
  if (value) {
    list.append(element('dt', { text: name }), element('dd', { class: kind || '', text: value }));
  }
}

function openLock() {
  return [state.open, ...state.locks].find((lock) => lock && idOf(lock) === view.open.id);
}

function drawDetails() {
  const panel = byId('details');
  panel.hidden = view.open === null;
  if (view.open === null) {
    return;
  }
  const lock = openLock();
  if (!lock) {
    write(byId('details-title'), view.open.label);
    byId('details-body').replaceChildren(
      element('p', { class: 'soft', text: isWaiting ? 'Loading' : 'The table has no such lock.' }));
    byId('break').hidden = true;
    return;
  }
  const [name, tone, title] = LIVES[lock.life];
  write(byId('details-title'), lock.label);
  const body = element('div', {}, element('span', { class: 'pill ' + tone, text: name }),
    element('p', { class: 'note', text: lock.problem || title }));
  const facts = element('dl');
  fact(facts, isHeld(lock) ? 'holder' : 'last holder', lock.holder || lock.lastHolder);
  fact(facts, 'held for', heldWords(lock) && heldWords(lock) + (lock.isBeginSeen ? '' : ', since before this page looked'));
  fact(facts, 'last sign', signWords(lock));
  fact(facts, 'token', lock.token, 'mono');
  fact(facts, 'lease', isHeld(lock) && lock.lease ? words(lock.lease) : '');
  fact(facts, 'session', lock.session, 'mono');
  fact(facts, 'frozen by', lock.life === 'frozen' ? lock.frozenBy : '');
  fact(facts, 'reason', lock.life === 'frozen' ? lock.reason : '');
  fact(facts, 'version', lock.version, 'mono');
  fact(facts, 'read', words(since(lock.seen)) + ' ago');
  body.append(facts);
  if (isHeld(lock)) {
    body.append(element('h3', { text: 'Clients that ask for it' }), askedList(lock));
  }
  const shown = Math.max(60000, Math.min(LINE_MILLIS * 4, lock.spans[0].from));
  body.append(element('h3', { text: 'Time line' }), element('div', { class: 'tall' }, line(lock, shown)),
    element('p', { class: 'scale' }, element('span', { text: words(shown) + ' ago' }), element('span', { text: 'now' })),
    legend(lock));
  if (state.open === lock && state.ofOpen.length) {
    body.append(element('h3', { text: 'Its events' }),
      element('ol', {}, ...state.ofOpen.slice(0, 12).map((event) => eventItem(event, true))));
  }
  byId('details-body').replaceChildren(body);
  byId('break').hidden = !(state.mayBreak && token && isHeld(lock));
  drawBreak(lock);
}

/** The form is for the hold that was shown when the reason was begun, not for one that follows. */
function drawBreak(lock) {
  if (!meant || meant.id !== idOf(lock) || !byId('reason').value) {
    meant = { id: idOf(lock), key: lock.key, sortKey: lock.sortKey, token: lock.token, version: lock.version };
  }
  const isSame = meant.token === lock.token && (meant.token !== '' || meant.version === lock.version);
  byId('break-button').disabled = !isSame || isSending;
  write(byId('break-what'), isSame
    ? 'Takes the lock from ' + lock.holder + (lock.token ? ' (token ' + lock.token + ')' : '')
      + ': it is asked to finish, and has its lease of ' + words(lock.lease) + ' for that.'
    : 'Another holder has the lock now: ' + lock.holder + '. To break this one, clear the reason first.');
}

function askedList(lock) {
  if (!lock.asked.length) {
    return element('p', { class: 'note soft', text: 'No client has asked the holder to finish. '
      + 'Clients that wait without asking leave no trace in the table.' });
  }
  return element('ul', { class: 'asked' }, ...lock.asked.map((asker) => element('li', {
    text: asker.name + (asker.waits ? ' waits' : ' asks')
      + (asker.age === undefined ? '' : ' for ' + words(since(asker.age))) + ': ' + asker.reason })));
}

function legend(lock) {
  const list = element('ul', { class: 'legend' });
  for (const span of lock.spans.slice(-6).reverse()) {
    const box = document.createElementNS(SVG, 'svg');
    box.setAttribute('viewBox', '0 0 10 10');
    box.setAttribute('aria-hidden', 'true');
    const part = document.createElementNS(SVG, 'rect');
    part.setAttribute('width', '10');
    part.setAttribute('height', '10');
    part.setAttribute('class', colorOf(span));
    box.append(part);
    list.append(element('li', {}, box, element('span', { text: spanWords(span) })));
  }
  return list;
}

function open(lock) {
  const id = idOf(lock);
  if (view.open !== null && view.open.id === id) {
    closeDetails();
    return;
  }
  byId('reason').value = '';
  write(byId('break-answer'), '');
  meant = null;
  show({ open: { id, key: lock.key, sortKey: lock.sortKey, label: lock.label } });
  // On a narrow screen, the details are above the list.
  if (matchMedia('(max-width: 1280px)').matches) {
    byId('details').scrollIntoView();
  }
}

function closeDetails() {
  const id = view.open && view.open.id;
  show({ open: null });
  if (rows.has(id)) {
    rows.get(id).button.focus();
  }
}

// A break

byId('reason').addEventListener('input', () => state && view.open !== null && drawDetails());

byId('break').addEventListener('submit', async (submit) => {
  submit.preventDefault();
  const reason = byId('reason').value.trim();
  const answer = byId('break-answer');
  if (!meant || byId('break-button').disabled) {
    return;
  }
  if (!reason) {
    write(answer, 'Give a reason: colleagues and the holder read it.');
    byId('reason').focus();
    return;
  }
  const { key, sortKey, token: shown, version } = meant;
  isSending = true;
  drawDetails();
  try {
    const response = await fetch('api/break', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Baton-Token': token },
      body: JSON.stringify({ key, sortKey, token: shown, version, reason }),
    });
    write(answer, (await response.json()).message);
    byId('reason').value = '';
  } catch (failure) {
    write(answer, 'baton serve does not answer: ' + failure.message);
  } finally {
    isSending = false;
    drawDetails();
  }
});

// The stream: one for each view. The server sends the whole view whenever something is new.

function show(change) {
  Object.assign(view, change);
  drawGroups();
  drawSort();
  connect();
  if (state) {
    drawDetails();
    drawAges();
  }
}

function query() {
  const query = new URLSearchParams({
    filter: view.filter, group: view.group, sort: view.sort, order: view.order, page: view.page,
  });
  if (view.open !== null) {
    query.set('open', view.open.key);
    if (view.open.sortKey !== undefined) {
      query.set('openSort', view.open.sortKey);
    }
  }
  return query;
}

function connect() {
  if (source) {
    source.close();
  }
  isWaiting = true;
  const current = new EventSource('api/locks?' + query());
  source = current;
  current.onmessage = (message) => {
    if (source === current) {
      isLost = false;
      receive(JSON.parse(message.data));
    }
  };
  current.onerror = () => {
    if (source === current) {
      isLost = true;
      drawConnection();
      if (current.readyState === EventSource.CLOSED) {
        setTimeout(() => source === current && connect(), 3000);
      }
    }
  };
}

function receive(message) {
  state = message;
  isWaiting = false;
  received = performance.now();
  view.page = state.page;
  drawFrame();
  drawConnection();
  drawGroups();
  drawRows();
  drawDetails();
  drawEvents();
  speak();
}

/** Only the trouble is spoken, and each time once. */
function speak() {
  const news = state.events.find((event) => event.tone === 'bad' || event.tone === 'warning');
  const text = news && news.age < 30000 ? news.label + ' ' + news.text : '';
  if (text && text !== spokenOf) {
    spokenOf = text;
    write(byId('spoken'), text);
  }
}

setInterval(() => {
  if (state) {
    drawAges();
  }
}, 1000);

// Tools and keys

let typing = 0;
byId('filter').addEventListener('input', () => {
  clearTimeout(typing);
  typing = setTimeout(() => show({ filter: byId('filter').value, page: 0 }), 200);
});
byId('search').addEventListener('submit', (submit) => {
  submit.preventDefault();
  focusRow(0);
});
byId('previous').addEventListener('click', () => turn(-1));
byId('next').addEventListener('click', () => turn(1));
byId('close').addEventListener('click', closeDetails);
for (const head of document.querySelectorAll('th[data-column]')) {
  head.firstElementChild.addEventListener('click', () => {
    const column = head.dataset.column;
    const isSame = view.sort === column;
    show({ sort: column, order: isSame && view.order === 'asc' ? 'desc' : 'asc', page: 0 });
  });
}

function turn(by) {
  const page = view.page + by;
  if (state && page >= 0 && page < state.pages) {
    show({ page });
  }
}

function focusRow(index) {
  const buttons = document.querySelectorAll('#rows th button');
  if (buttons.length) {
    buttons[Math.max(0, Math.min(buttons.length - 1, index))].focus();
  }
}

function move(by) {
  const buttons = [...document.querySelectorAll('#rows th button')];
  const at = buttons.indexOf(document.activeElement);
  focusRow(at < 0 ? (by > 0 ? 0 : buttons.length - 1) : at + by);
}

document.addEventListener('keydown', (key) => {
  const isInput = key.target instanceof HTMLInputElement;
  if (key.ctrlKey || key.altKey || key.metaKey) {
    return;
  }
  if (key.key === 'Escape') {
    if (isInput && key.target.id === 'filter' && view.filter) {
      byId('filter').value = '';
      show({ filter: '', page: 0 });
    } else if (isInput) {
      key.target.blur();
    } else if (view.open !== null) {
      closeDetails();
    }
    return;
  }
  if (isInput && key.key === 'ArrowDown' && key.target.id === 'filter') {
    key.preventDefault();
    focusRow(0);
  }
  if (isInput) {
    return;
  }
  const action = {
    '/': () => byId('filter').focus(),
    'j': () => move(1),
    'ArrowDown': () => move(1),
    'k': () => move(-1),
    'ArrowUp': () => move(-1),
    'n': () => turn(1),
    'p': () => turn(-1),
  }[key.key];
  if (action) {
    key.preventDefault();
    action();
  }
});

drawGroups();
drawSort();
connect();
