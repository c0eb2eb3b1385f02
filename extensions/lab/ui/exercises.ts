// The three things that somebody does in the tour: click, type a word, run a cell.
import { button, h } from './dom';
import type { Practice } from './practice';
import type { Exercise } from './steps';
import type { Speaker } from './words';

/** The elements of an exercise. What it says of what was done is a status, which screen readers read. */
export function exercise(kind: Exercise, speaker: Speaker, practice: Practice, leave: () => void): HTMLElement {
  const said = h('p', { role: 'status', class: 'ds-tour-said' });
  const parts = { click, type, cell }[kind](speaker, text => (said.textContent = text), practice, leave);
  return h('div', { class: 'ds-tour-exercise' }, ...parts, said);
}

type Say = (text: string) => void;

function click({ say }: Speaker, tell: Say): Node[] {
  return [button(say('tour_click'), () => tell(say('tour_clicked')), 'ds-main')];
}

function type({ say }: Speaker, tell: Say): Node[] {
  const word = say('tour_word');
  const field = h('input', { type: 'text', autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false' });
  const plain = (text: string): string => text.trim().replace(/\s+/g, ' ').toLowerCase();
  field.addEventListener('input', () => tell(plain(field.value) === plain(word) ? say('tour_typed') : ''));
  return [h('label', {}, say('tour_type', { word }), field)];
}

function cell({ say }: Speaker, tell: Say, practice: Practice, leave: () => void): Node[] {
  practice.prepare();
  const keys = { shift: say('keyname_shift'), enter: say('keyname_enter') };
  const code = h('textarea', { rows: '2', autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false' });
  const output = h('pre', { hidden: true });
  let asked = 0;
  const run = async (): Promise<void> => {
    if (!code.value.trim()) {
      return;
    }
    asked += 1;
    const mine = asked;
    tell(say('tour_running'));
    try {
      const { text, failed } = await practice.run(code.value);
      if (mine === asked) {
        output.textContent = text;
        output.hidden = !text;
        output.toggleAttribute('data-failed', failed);
        tell(say(failed ? 'tour_mistake' : 'tour_ran'));
      }
    } catch {
      tell(say('tour_no_python'));
    }
  };
  code.addEventListener('keydown', event => {
    if (event.key === 'Enter' && event.shiftKey) {
      event.preventDefault();
      void run();
    } else if (event.key === 'Escape') {
      // As in a notebook: Esc ends typing, here it does not close the dialog.
      event.preventDefault();
      leave();
    }
  });
  return [h('label', {}, say('tour_cell', keys), code), button(say('tour_run'), () => void run()), output];
}
