import { connect, disconnect, operatorJoins, type Scenario, send, visitorJoins } from './scenario.ts';

/** A picture in the form of old front-ends: inside the event. */
const INLINE_IMAGE = `data:image/png;base64,${'iVBORw0KGgoAAAANSUhEUgAA'.repeat(40)}`;
const maya = { operatorId: 1, operatorName: 'Maya' };

const conversation: Scenario[] = [
  {
    name: 'one-visitor-one-operator',
    steps: [
      ...operatorJoins('maya', 1, 'Maya'),
      ...visitorJoins('anna', 'Anna'),
      send('anna', 'clientTyping', { isTyping: true }),
      send('anna', 'clientMessage', { type: 'text', message: 'Good morning' }),
      send('anna', 'clientTyping', { isTyping: false }),
      send('maya', 'operatorTyping', { to: '@anna', isTyping: true, operatorName: 'Maya' }),
      send('maya', 'operatorMessage', { to: '@anna', type: 'text', message: 'Good morning, Anna', ...maya }),
      send('maya', 'operatorTyping', { to: '@anna', isTyping: false, operatorName: 'Maya' }),
      send('anna', 'clientMessage', { type: 'text', message: 'Grüße <b>&amp;</b> 👋\nsecond line' }),
      send('anna', 'chatEnded'),
    ],
  },
  {
    name: 'two-operators-two-visitors',
    steps: [
      ...operatorJoins('maya', 1, 'Maya'),
      ...operatorJoins('omar', 2, 'Omar'),
      ...visitorJoins('anna', 'Anna'),
      ...visitorJoins('ben', 'Ben'),
      send('anna', 'clientMessage', { type: 'text', message: 'Anna here' }),
      send('ben', 'clientMessage', { type: 'text', message: 'Ben here' }),
      send('maya', 'operatorMessage', { to: '@anna', type: 'text', message: 'For Anna', ...maya }),
      send('omar', 'operatorMessage', { to: '@ben', type: 'text', message: 'For Ben', operatorId: 2, operatorName: 'Omar' }),
      send('ben', 'chatEnded'),
    ],
  },
  {
    name: 'operator-joins-late',
    steps: [
      ...visitorJoins('anna', 'Anna'),
      send('anna', 'clientMessage', { type: 'text', message: 'Is anybody there?' }),
      send('anna', 'clientTyping', { isTyping: true }),
      ...operatorJoins('maya', 1, 'Maya'),
      send('anna', 'clientMessage', { type: 'text', message: 'Hello again' }),
      send('maya', 'operatorMessage', { to: '@anna', type: 'text', message: 'Now I am', ...maya }),
    ],
  },
  {
    name: 'inline-images',
    steps: [
      ...operatorJoins('maya', 1, 'Maya'),
      ...operatorJoins('omar', 2, 'Omar'),
      ...visitorJoins('anna', 'Anna'),
      send('anna', 'clientMessage', { type: 'image', image: INLINE_IMAGE, name: 'a.png', mimeType: 'image/png', size: 720 }),
      send('anna', 'clientMessage', {
        type: 'image',
        message: 'with a caption',
        image: INLINE_IMAGE,
        name: 'b.png',
        mimeType: 'image/png',
      }),
      send('maya', 'operatorMessage', { to: '@anna', type: 'image', image: INLINE_IMAGE, name: 'c.png', mimeType: 'image/png', ...maya }),
    ],
  },
];

const edges: Scenario[] = [
  {
    name: 'unknown-address',
    steps: [
      ...operatorJoins('maya', 1, 'Maya'),
      ...operatorJoins('omar', 2, 'Omar'),
      ...visitorJoins('anna', 'Anna'),
      send('maya', 'operatorMessage', { to: 'nobody', type: 'text', message: 'Hello?', ...maya }),
      send('maya', 'operatorTyping', { to: 'nobody', isTyping: true, operatorName: 'Maya' }),
    ],
  },
  {
    name: 'disconnect-and-rejoin',
    steps: [
      ...operatorJoins('maya', 1, 'Maya'),
      ...visitorJoins('anna', 'Anna'),
      send('anna', 'clientMessage', { type: 'text', message: 'One' }),
      disconnect('anna'),
      send('maya', 'operatorMessage', { to: '@anna#1', type: 'text', message: 'Too late', ...maya }),
      ...visitorJoins('anna', 'Anna'),
      send('anna', 'clientMessage', { type: 'text', message: 'Two' }),
      send('maya', 'operatorMessage', { to: '@anna#2', type: 'text', message: 'In time', ...maya }),
      disconnect('maya'),
      send('anna', 'clientMessage', { type: 'text', message: 'Three' }),
      ...operatorJoins('maya', 1, 'Maya'),
      send('anna', 'clientMessage', { type: 'text', message: 'Four' }),
    ],
  },
  {
    name: 'joins-twice-on-one-connection',
    steps: [
      ...operatorJoins('maya', 1, 'Maya'),
      ...visitorJoins('anna', 'Anna'),
      send('anna', 'join', { role: 'client', name: 'Anna Renamed' }),
      send('maya', 'join', { role: 'operator', name: 'Maya', operatorId: 1 }),
      send('anna', 'clientMessage', { type: 'text', message: 'Once only' }),
      send('maya', 'operatorMessage', { to: '@anna', type: 'text', message: 'Once only', ...maya }),
    ],
  },
  {
    name: 'nulls-and-extra-fields',
    steps: [
      ...operatorJoins('maya', 1, 'Maya'),
      ...operatorJoins('omar', 2, 'Omar'),
      connect('anna', { role: 'client' }),
      send('anna', 'join', { role: 'client', name: null, phone: '+49 30 1', operatorId: null }),
      connect('ben', { role: 'client' }),
      send('ben', 'join', { role: 'client' }),
      send('anna', 'clientMessage', { type: 'text', message: 'Hi', image: null, name: null, mimeType: null, size: null }),
      send('anna', 'clientMessage', {
        type: 'text',
        message: 'Hi',
        id: 7,
        from: 'somebody',
        timestamp: 'yesterday',
        senderType: 'OPERATOR',
      }),
      send('anna', 'clientTyping', { isTyping: true, from: 'somebody', message: 'draft' }),
      send('maya', 'operatorMessage', {
        to: '@anna',
        type: 'text',
        message: 'Hi',
        image: null,
        name: null,
        mimeType: null,
        ...maya,
        id: 7,
      }),
      send('maya', 'operatorTyping', { to: '@anna', isTyping: true, operatorName: 'Maya', operatorId: 1 }),
      send('anna', 'chatEnded', { reason: 'done' }),
      send('anna', 'somethingNew', { of: 'a later version' }),
    ],
  },
];

/** Scenarios in which the protocol differs from the reference on purpose; see deviations.ts. */
const deviating: Scenario[] = [
  {
    name: 'one-operator-in-two-tabs',
    steps: [
      ...operatorJoins('maya', 1, 'Maya'),
      ...operatorJoins('mayaToo', 1, 'Maya'),
      ...visitorJoins('anna', 'Anna'),
      send('anna', 'clientMessage', { type: 'text', message: 'Hi' }),
      send('maya', 'operatorMessage', { to: '@anna', type: 'text', message: 'From the first tab', ...maya }),
      send('mayaToo', 'operatorMessage', { to: '@anna', type: 'text', message: 'From the second tab', ...maya }),
    ],
  },
  {
    name: 'message-before-join',
    steps: [
      ...operatorJoins('maya', 1, 'Maya'),
      connect('anna', { role: 'client' }),
      send('anna', 'clientMessage', { type: 'text', message: 'Hasty' }),
      send('anna', 'join', { role: 'client', name: 'Anna' }),
      send('anna', 'clientMessage', { type: 'text', message: 'Patient' }),
    ],
  },
  {
    name: 'visitor-plays-operator',
    steps: [
      ...operatorJoins('maya', 1, 'Maya'),
      ...visitorJoins('anna', 'Anna'),
      ...visitorJoins('mallory', 'Mallory'),
      send('mallory', 'operatorMessage', { to: '@anna', type: 'text', message: 'Your password, please', ...maya }),
      send('mallory', 'join', { role: 'operator', name: 'Maya', operatorId: 9 }),
      send('anna', 'clientMessage', { type: 'text', message: 'For operators only' }),
    ],
  },
  {
    name: 'wrong-shapes',
    steps: [
      ...operatorJoins('maya', 1, 'Maya'),
      ...visitorJoins('anna', 'Anna'),
      send('anna', 'clientMessage', { type: 'text', message: { $ne: '' } }),
      send('anna', 'clientMessage', { type: 'text', message: 'Hi' }),
    ],
  },
];

export const scenarios: readonly Scenario[] = [...conversation, ...edges, ...deviating];
