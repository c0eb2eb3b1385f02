// Help with the keyboard: the few keys that are needed.
import { button, h, openDialog } from './dom';
import type { Speaker, Word } from './words';

export const KEYS = { help: 'F1', courses: 'F2', bar: 'F4' };

/** @param tour shows the first steps. */
export function helpWithKeys(speaker: Speaker, tour: () => void): void {
  const { say } = speaker;
  const shift = say('keyname_shift');
  const enter = say('keyname_enter');
  const control = speaker.language === 'de' ? 'Strg' : 'Ctrl';
  const rows: [string, Word][] = [
    [`${shift} + ${enter}`, 'key_run'],
    [enter, 'key_edit'],
    [say('keyname_escape'), 'key_leave'],
    ['↓ ↑', 'key_move'],
    [`${control} + Z`, 'key_undo'],
    [`${control} + S`, 'key_save'],
    [KEYS.courses, 'key_list'],
    [KEYS.bar, 'key_bar'],
    [say('keyname_tab'), 'key_tab'],
    [KEYS.help, 'keys']
  ];
  const table = rows.flatMap(([key, word]) => [h('dt', {}, h('kbd', {}, key)), h('dd', {}, say(word))]);
  const dialog = openDialog(say('keys_title'), [
    h('dl', { class: 'ds-keys' }, ...table),
    h(
      'div',
      { class: 'ds-buttons' },
      button(say('close'), () => dialog.close(), 'ds-main'),
      button(say('tour'), () => (dialog.close(), tour()))
    )
  ]);
}
