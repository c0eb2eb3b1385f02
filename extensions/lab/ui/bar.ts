// The bar above a unit's notebook: check, hand in, feedback; and what came of it.
import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { Widget } from '@lumino/widgets';

import type { Cell, Check, Report } from './checks';
import { report } from './checks';
import { button, h, link } from './dom';
import type { HandingIn } from './handing-in';
import type { Place, Units } from './model';
import { Died, type Run, runAll, Stopped } from './running';
import { reason } from './server';
import { Alone } from './turns';
import type { Speaker } from './words';

/** The most of the window's height that the bar takes, with what it says. */
const MOST = 0.4;

export class Bar extends Widget {
  private readonly said = h('p', { class: 'ds-said', role: 'status' });
  private readonly saved = h('span', { class: 'ds-saved' });
  private readonly result = h('div', { class: 'ds-result' });
  private readonly check: HTMLButtonElement;
  private readonly handIn: HTMLButtonElement;
  private readonly feedback: HTMLButtonElement;
  private readonly stop: HTMLButtonElement;
  private readonly ledgers: HTMLAnchorElement;
  private readonly resized: ResizeObserver;
  /** Checking or handing in: while it goes on, a press of either button does nothing. */
  private readonly alone = new Alone(() => this.draw());
  private run: Run | null = null;

  constructor(
    private readonly panel: NotebookPanel,
    private readonly units: Units,
    private readonly speaker: Speaker,
    private readonly handingIn: HandingIn,
    private readonly showFeedback: (place: Place) => Promise<string | null>
  ) {
    super();
    const { say } = speaker;
    this.addClass('ds-bar-above');
    this.node.setAttribute('lang', speaker.language);
    this.node.setAttribute('role', 'region');
    this.check = button(say('check'), () => void this.alone.run(() => this.checkWork()));
    this.handIn = button(say('hand_in'), () => void this.alone.run(() => this.handInWork()));
    this.feedback = button(say('feedback'), () => void this.openFeedback());
    this.stop = button(say('stop'), () => this.run?.stop());
    this.stop.hidden = true;
    // Beside the page, so that the notebook stays where it is.
    this.ledgers = link(say('ledgers'), URLExt.join(PageConfig.getBaseUrl(), 'fava/'));
    const buttons = h(
      'div',
      { class: 'ds-bar' },
      this.check,
      this.stop,
      this.handIn,
      this.feedback,
      this.ledgers,
      this.saved
    );
    // A layout of JupyterLab asks for the height that something needs at least, so it is told.
    const content = h('div', { class: 'ds-bar-content' }, buttons, this.said, this.result);
    this.node.append(content);
    this.resized = new ResizeObserver(() => {
      this.node.style.minHeight = `${Math.min(content.offsetHeight, window.innerHeight * MOST)}px`;
      this.parent?.fit();
    });
    this.resized.observe(content);
    panel.context.saveState.connect((_, state) => this.tellSaved(state));
    panel.context.model.stateChanged.connect(() => this.tellSaved());
    panel.context.pathChanged.connect(() => this.draw());
    void panel.context.ready.then(() => !this.isDisposed && this.draw());
    units.changed.connect(this.draw, this);
    this.draw();
  }

  override dispose(): void {
    this.resized.disconnect();
    this.units.changed.disconnect(this.draw, this);
    super.dispose();
  }

  /** Puts the keyboard on the first button. */
  focus(): void {
    this.check.focus();
  }

  private get place(): Place | null {
    return this.units.ofPath(this.panel.context.path);
  }

  private draw(): void {
    const place = this.place;
    // Not `disabled`, which would take the keyboard away from the button.
    for (const one of [this.check, this.handIn]) {
      one.setAttribute('aria-disabled', String(this.alone.busy));
    }
    this.setHidden(!place);
    if (place) {
      this.node.setAttribute('aria-label', place.unit.title);
      this.handIn.disabled = !place.unit.open;
      this.ledgers.hidden = !writesLedgers(this.panel);
      this.feedback.hidden = !place.unit.submissions.some(one => one.feedback !== null);
    }
  }

  private say(text: string): void {
    this.said.textContent = text;
  }

  private tellSaved(state = ''): void {
    const { say, clock } = this.speaker;
    if (state === 'started') {
      this.saved.textContent = say('saving');
    } else if (state === 'failed') {
      this.saved.textContent = say('not_saved');
      this.say(say('save_failed'));
    } else if (this.panel.context.model.dirty) {
      this.saved.textContent = say('not_saved');
    } else if (state) {
      this.saved.textContent = say('saved', { time: clock(new Date()) });
    }
  }

  private async save(): Promise<boolean> {
    try {
      await this.panel.context.save();
      return true;
    } catch {
      this.say(this.speaker.say('save_failed'));
      return false;
    }
  }

  private async checkWork(): Promise<void> {
    const { say, why } = this.speaker;
    if (!(await this.save())) {
      return;
    }
    this.result.replaceChildren();
    this.stop.hidden = false;
    this.run = runAll(this.panel, (done, total) => this.say(say('checking', { done, total })));
    try {
      await this.run.done;
      this.tell(report((this.panel.context.model.toJSON() as unknown as { cells: Cell[] }).cells));
      await this.save();
    } catch (error) {
      if (error instanceof Stopped) {
        this.say(say('stopped'));
      } else {
        const because = error instanceof Died ? say('kernel_died') : why(...reason(error));
        this.say(say('check_failed', { why: because }) + ' ' + say('nothing_lost'));
      }
    } finally {
      this.run = null;
      this.stop.hidden = true;
    }
  }

  private tell({ checks, right, first }: Report): void {
    const { say } = this.speaker;
    const total = checks.length;
    this.say(!total ? say('no_checks') : right === total ? say('all_right', { total }) : say('some_right', { right, total }));
    const parts: Node[] = [];
    if (first) {
      const isOne = checks.includes(first);
      parts.push(
        h('p', {}, h('strong', {}, say(isOne ? 'first_wrong' : 'error_before', { name: first.name }))),
        first.gap ? h('p', {}, say('gap')) : h('pre', {}, first.message),
        button(say('go_there'), () => this.goTo(first), 'ds-main')
      );
    }
    const marks = checks.map(check => {
      const word = say(check.right ? 'right' : 'not_right');
      const go = h('button', { type: 'button', class: 'ds-mark', 'data-right': check.right, click: () => this.goTo(check) });
      go.append(h('span', { 'aria-hidden': 'true' }, check.right ? '✔ ' : '✘ '), `${check.name}: ${word}`);
      return h('li', {}, go);
    });
    const close = button(say('close'), () => (this.result.replaceChildren(), this.say(''), this.check.focus()), 'ds-small');
    this.result.replaceChildren(...parts, h('ul', { class: 'ds-marks' }, ...marks), close);
  }

  private goTo(check: Check): void {
    const notebook = this.panel.content;
    notebook.activeCellIndex = check.index;
    notebook.deselectAll();
    void notebook.scrollToItem(check.index, 'start').then(() => {
      notebook.activate();
      notebook.mode = 'command';
    });
  }

  private async handInWork(): Promise<void> {
    const place = this.place;
    if (place && (await this.save())) {
      this.say('');
      await this.handingIn.start(place);
    }
  }

  private async openFeedback(): Promise<void> {
    const place = this.place;
    if (place) {
      this.say((await this.showFeedback(place)) ?? '');
    }
  }
}

/** Whether the unit says that it writes ledgers: `ledgers` in its unit.toml. */
function writesLedgers(panel: NotebookPanel): boolean {
  const said: unknown = panel.context.model.getMetadata('doorstart');
  return (said as { ledgers?: unknown } | undefined)?.ledgers === true;
}
