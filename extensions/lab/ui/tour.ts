// The first steps, in a dialog: a step at a time, each with little text, and some with an exercise.
//
// A dialog, and not hints that float beside the page: the keyboard stays in it, a screen reader reads it from the top, and
// it fits at 200 %. It starts by itself on the first visit. jupyterlab-tour is not used: docs/lab.md says why.
import type { Kernel } from '@jupyterlab/services';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';

import { button, h, openDialog } from './dom';
import { exercise } from './exercises';
import { KEYS } from './keys';
import { Practice } from './practice';
import { STEPS } from './steps';
import type { Speaker, Word } from './words';

export class Tour {
  private dialog: HTMLDialogElement | null = null;
  private readonly body = h('div');
  private practice: Practice;
  private number = 0;

  /** @param begin runs when the tour of a first visit is over: puts the keyboard where work begins. */
  constructor(
    kernels: Kernel.IManager,
    private readonly settings: ISettingRegistry.ISettings,
    private readonly speaker: Speaker,
    private readonly begin: () => void
  ) {
    this.practice = new Practice(kernels);
  }

  /** Starts if this is somebody's first visit. */
  welcome(): void {
    if (this.settings.composite['tour'] !== false) {
      this.open(this.begin);
    }
  }

  open(over: () => void = () => {}): void {
    if (this.dialog) {
      return;
    }
    this.number = 0;
    this.dialog = openDialog('', [this.body], () => {
      this.dialog = null;
      this.point(null);
      void this.practice.end();
      over();
    });
    this.dialog.classList.add('ds-tour');
    this.dialog.setAttribute('lang', this.speaker.language);
    this.show();
  }

  private go(number: number): void {
    this.number = number;
    // Who has begun knows that it is there: it does not come by itself again.
    void this.seen();
    this.show();
  }

  private async seen(): Promise<void> {
    if (this.settings.composite['tour'] !== false) {
      await this.settings.set('tour', false);
    }
  }

  private show(): void {
    const step = STEPS[this.number];
    const { dialog, speaker, practice } = this;
    if (!step || !dialog) {
      return;
    }
    const { say } = speaker;
    const heading = dialog.querySelector('h2')!;
    heading.textContent = say(step.title);
    heading.setAttribute('aria-describedby', 'ds-tour-text');
    const buttons = h('div', { class: 'ds-buttons' }, ...this.buttons());
    const sample = step.shows ? h('p', {}, h('span', { class: 'ds-button ds-main ds-sample' }, say(step.shows))) : null;
    const leave = (): void => buttons.querySelector<HTMLElement>('.ds-main')?.focus();
    this.body.replaceChildren(
      h('div', { id: 'ds-tour-text' }, ...step.text.map(word => h('p', {}, this.text(word))), sample ?? ''),
      step.exercise ? exercise(step.exercise, speaker, practice, leave) : '',
      h('p', { class: 'ds-tour-step' }, say('tour_step', { number: this.number + 1, total: STEPS.length })),
      buttons
    );
    this.point(step.at ?? null);
    dialog.scrollTop = 0;
    heading.focus();
  }

  private text(word: Word): string {
    const { say } = this.speaker;
    return say(word, {
      courses: say('courses'),
      enter: say('keyname_enter'),
      help: KEYS.help,
      shift: say('keyname_shift'),
      tab: say('keyname_tab'),
      tour: say('tour'),
      view: say('view')
    });
  }

  private buttons(): HTMLElement[] {
    const { say } = this.speaker;
    const close = (): void => this.dialog?.close();
    if (this.number === 0) {
      return [
        button(say('tour_start'), () => this.go(1), 'ds-main'),
        button(say('tour_later'), close),
        button(say('tour_never'), () => void this.seen().then(close))
      ];
    }
    const last = this.number === STEPS.length - 1;
    const next = last
      ? button(say('tour_done'), close, 'ds-main')
      : button(say('tour_next'), () => this.go(this.number + 1), 'ds-main');
    return [button(say('tour_back'), () => this.go(this.number - 1)), next, ...(last ? [] : [button(say('close'), close)])];
  }

  /** Puts a thick line around a place of the page. */
  private point(selector: string | null): void {
    document.querySelectorAll('.ds-pointed').forEach(one => one.classList.remove('ds-pointed'));
    const place = selector === null ? null : document.querySelector(selector);
    place?.classList.add('ds-pointed');
    place?.scrollIntoView({ block: 'nearest' });
  }
}
