// The logic of JupyterLab's page: dates in words, texts with values, what the checks of a notebook said, one thing at a time.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';

const { dates, checks, defaults: filling, late, turns, unsaved, words } = await import(process.env.LOGIC);
const { dueInWords, parseTime, timeLeft } = dates;
const { report } = checks;
const { speaker } = words;
const en = speaker('en');

test('the time of the exchange is read with its zone', () => {
  assert.equal(parseTime('2030-01-31 16:00:00.123456 UTC').toISOString(), '2030-01-31T16:00:00.123Z');
});

test('due dates are told in words, by days of the calendar', () => {
  const now = new Date(2030, 0, 29, 23, 0);
  const told = (...when) => dueInWords(new Date(...when), now, en);
  assert.deepEqual(told(2030, 1, 1, 12), { text: 'hand in by Friday, in 3 days', late: false });
  assert.equal(told(2030, 0, 30, 0, 5).text, 'hand in by Wednesday, tomorrow');
  assert.equal(told(2030, 0, 29, 23, 30).text, 'hand in by today, 23:30');
  assert.equal(told(2030, 1, 10).text, 'hand in by 10 February, in 12 days'.replace('10 February', 'February 10'));
  assert.deepEqual(told(2030, 0, 29, 22), { text: 'the time is over: today, 22:00', late: true });
  assert.deepEqual(told(2030, 0, 27), { text: 'the time is over: Sunday, 2 days ago', late: true });
});

test('due dates are told in every language', () => {
  const now = new Date(2030, 0, 29, 12);
  const due = new Date(2030, 1, 1, 12);
  assert.deepEqual(
    ['nl', 'fr', 'de'].map(language => dueInWords(due, now, speaker(language)).text),
    ['dien in voor vrijdag, over 3 dagen', 'à remettre pour vendredi, dans 3 jours', 'Abgabe bis Freitag, in 3 Tagen']
  );
});

test('the day on which summer time begins is one day', () => {
  assert.equal(dates.daysBetween(new Date(2030, 2, 30, 12), new Date(2030, 3, 1, 12)), 2);
});

test('time that is left is told in minutes, and then in seconds', () => {
  const now = new Date(0);
  assert.equal(timeLeft(new Date(5.5 * 60_000), now, en), 'in 5 minutes');
  assert.equal(timeLeft(new Date(30_000), now, en), 'in 30 seconds');
  assert.equal(timeLeft(new Date(-1), now, en), 'in 0 seconds');
});

test('what late work costs is told in a sentence', () => {
  const told = (kind, points, days, language = 'en') => late.lateRule({ kind, points, days }, speaker(language));
  assert.equal(told('none', null, null), '');
  assert.equal(told('points', 0.5, null, 'nl'), 'Wie te laat indient, verliest punten: 0,5 per dag.');
  assert.equal(told('zero', null, 0), 'Work that is handed in late gets no points.');
  assert.match(told('zero', null, 1, 'de'), /mehr als 1 Tag zu spät/);
  assert.match(told('zero', null, 2, 'fr'), /plus de 2 jours de retard/);
});

test('numbers are written as in the language', () => {
  assert.equal(speaker('nl').number(7.5), '7,5');
  assert.equal(en.number(7.5), '7.5');
});

test('why something failed is told in words, and an unknown reason as the site said it', () => {
  assert.match(en.why('unreachable', ''), /does not answer/);
  assert.equal(en.why('hub_unavailable', ''), en.why('unreachable', ''));
  assert.match(speaker('fr').why('no_feedback', ''), /retour/);
  assert.equal(en.why('something', 'No.'), 'The site said: No.');
});

test('every word that a refusal can have is told in every language, and not as the site said it', () => {
  const refusals = JSON.parse(process.env.REFUSALS);
  assert.ok(refusals.length > 30);
  const told = language => word => speaker(language).why(word, 'IN ENGLISH');
  for (const language of ['nl', 'fr', 'en', 'de']) {
    const without = refusals.filter(word => /IN ENGLISH|[{}]/.test(told(language)(word)));
    assert.deepEqual(without, [], `${language}: words without a sentence`);
  }
});

test('the file that was refused is named behind the sentence, as it is', () => {
  const file = '<b>{message}</b> $& it’s.docx';
  const told = speaker('nl').why('file_type', 'No.', file);
  assert.ok(told.endsWith(`Dit is het bestand: ${file}`), told);
  assert.ok(en.say('hand_in_failed', { why: en.why('file_type', '', file) }).endsWith(file));
  assert.doesNotMatch(en.why('file_type', 'No.'), /This is the file/);
});

test('what was thrown by something else is told with what it said', () => {
  assert.equal(en.why('other', 'Error: Canceled future'), 'The site said: Error: Canceled future');
});

test('a language that is not known is English', () => {
  assert.equal(speaker('xx').language, 'en');
});

const title = text => ({ cell_type: 'markdown', metadata: {}, source: `## ${text}\nRead this.` });
const code = (grader, source, error) => ({
  cell_type: 'code',
  metadata: grader ? { nbgrader: grader } : {},
  source,
  outputs: error ? [{ output_type: 'stream' }, { output_type: 'error', ...error }] : []
});
const CHECK = { grade: true, solution: false, grade_id: 'total-check' };

test('the first cell that failed is told, with its heading and its message', () => {
  const failed = { ename: 'CheckFailed', evalue: 'x', traceback: ['\u001b[31mNot right yet.\u001b[0m', '  You called: total(2)'] };
  const { checks: found, right, first } = report([
    title('Task 1'),
    code({ solution: true, grade: false, grade_id: 'a' }, 'def total(): ...'),
    code(CHECK, ['# Check\n', 'check(total)']),
    title('Task 2 ##'),
    code(CHECK, 'check(total, 2)', failed)
  ]);
  assert.deepEqual(found.map(check => [check.name, check.right]), [['Task 1', true], ['Task 2', false]]);
  assert.equal(right, 1);
  assert.equal(first.index, 4);
  assert.equal(first.message, 'Not right yet.\n  You called: total(2)');
});

test('a cell before the checks that failed is told first, and a gap is one', () => {
  const gap = { ename: 'NameError', evalue: "name '____' is not defined", traceback: [] };
  const { checks: found, first } = report([code(null, 'x = ____', gap), code(CHECK, 'check(x)', { ename: 'E', evalue: 'v' })]);
  assert.equal(found.length, 1);
  assert.deepEqual([first.index, first.gap, first.message], [0, true, "NameError: name '____' is not defined"]);
});

test('cells with hidden tests only are no checks that a learner sees', () => {
  assert.equal(report([code(CHECK, '# Hidden checks\n\n')]).checks.length, 0);
  assert.equal(report([code({ grade: true, solution: true, grade_id: 'x' }, 'answer')]).checks.length, 0);
});

/** Work that is done by hand: `asked` has what was begun, each to be ended with `done` or `failed`. */
function work() {
  const asked = [];
  const begin = () => new Promise((done, failed) => asked.push({ done, failed }));
  return { asked, begin };
}
const soon = () => new Promise(resolve => setImmediate(resolve));

test('work in turns: one after the other, and who waits together goes together', async () => {
  const { asked, begin } = work();
  const save = turns.inTurn(begin);
  const first = save();
  await soon();
  const second = save();
  const third = save();
  await soon();
  assert.equal(asked.length, 1, 'the second waits for the first');
  asked[0].done();
  await first;
  await soon();
  assert.equal(asked.length, 2, 'what was asked for while one waited is that one');
  let ended = false;
  void third.then(() => (ended = true));
  await soon();
  assert.equal(ended, false);
  asked[1].done();
  await Promise.all([second, third]);
  const fourth = save();
  await soon();
  assert.equal(asked.length, 3);
  asked[2].done();
  await fourth;
});

test('work in turns: a failure is told to who asked for it, and the next one has its turn', async () => {
  const { asked, begin } = work();
  const save = turns.inTurn(begin);
  const first = save();
  await soon();
  const second = save();
  asked[0].failed(new Error('the disk is full'));
  await assert.rejects(first, /the disk is full/);
  await soon();
  asked[1].done();
  await second;
  const broken = turns.inTurn(() => {
    throw new Error('at once');
  });
  await assert.rejects(broken(), /at once/);
  await assert.rejects(broken(), /at once/);
});

test('a document is never saved twice at once, whoever asks', async () => {
  const { asked, begin } = work();
  const context = {
    saves: 0,
    async save() {
      assert.equal(this.saves, 0, 'JupyterLab would ask whether to throw away what was typed');
      this.saves += 1;
      await begin();
      this.saves -= 1;
    }
  };
  unsaved.saveInTurn(context);
  unsaved.saveInTurn(context); // a second view of the same notebook
  const saves = [context.save()];
  for (let place = 0; place < 2; place += 1) {
    await soon();
    saves.push(context.save(), context.save());
    await soon();
    assert.equal(asked.length, place + 1);
    asked[place].done();
  }
  await soon();
  asked[2].done();
  await Promise.all(saves);
});

test('a second press is none while the first one goes on, whichever button it is', async () => {
  const { asked, begin } = work();
  const seen = [];
  const alone = new turns.Alone(() => seen.push(alone.busy));
  const check = alone.run(begin);
  await alone.run(begin);
  await alone.run(() => assert.fail('handing in during a check'));
  assert.equal(asked.length, 1);
  assert.equal(alone.busy, true, 'also when the page is drawn again');
  asked[0].failed(new Error('stopped'));
  await assert.rejects(check, /stopped/);
  assert.deepEqual(seen, [true, false]);
  const again = alone.run(begin);
  assert.equal(asked.length, 2);
  asked[1].done();
  await again;
  assert.deepEqual(seen, [true, false, true, false]);
});

const Ajv = createRequire(import.meta.url)('ajv').default;

/** What JupyterLab's own validator makes of settings that nobody has changed. */
function composed(schema) {
  const value = {};
  assert.ok(new Ajv({ strict: false, useDefaults: true }).compile(schema)(value));
  return value;
}

test('unchanged settings are what JupyterLab makes of them, for every extension that there is', () => {
  const found = readdirSync(process.env.SCHEMAS, { recursive: true }).map(name => join(process.env.SCHEMAS, name));
  const read = found.filter(name => name.endsWith('.json')).map(name => [name, JSON.parse(readFileSync(name, 'utf8'))]);
  const schemas = read.filter(([, schema]) => schema.type === 'object');
  assert.ok(schemas.filter(([, schema]) => Object.keys(filling.defaults(schema)).length).length > 30);
  schemas.forEach(([name, schema]) => assert.deepEqual(filling.defaults(schema), composed(schema), name));
});

test('defaults are filled in wherever JupyterLab does it, and nowhere else', () => {
  const point = { type: 'object', properties: { x: { type: 'number', default: 1 }, y: { type: 'number' } } };
  const schema = {
    type: 'object',
    definitions: { point },
    allOf: [{ properties: { both: { default: 'yes' } } }],
    anyOf: [{ properties: { either: { default: 'no' } } }, {}],
    properties: {
      plain: { default: 0 },
      nothing: { default: null },
      none: { type: 'string' },
      place: { $ref: '#/definitions/point', default: {} },
      unset: { $ref: '#/definitions/point' },
      many: { type: 'array', items: { $ref: '#/definitions/point' }, default: [{}, { x: 5 }] },
      pair: { type: 'array', items: [point, { type: 'number' }], default: [{}, 2] },
      named: { type: 'object', additionalProperties: point, default: { one: {}, two: { y: 3 } } },
      matched: {
        type: 'object',
        patternProperties: { '^p': point },
        additionalProperties: { type: 'object', properties: { z: { default: 9 } } },
        default: { p1: {}, q: {} }
      },
      deep: { type: 'object', default: { a: {} }, properties: { a: { properties: { b: { default: [1] } } } } }
    }
  };
  const filled = filling.defaults(schema);
  assert.deepEqual(filled, composed(schema));
  assert.deepEqual(filled.many, [{ x: 1 }, { x: 5 }]);
  filled.deep.a.b.push(2);
  assert.deepEqual(filling.defaults(schema).deep.a.b, [1], 'the schema is left as it is');
});
