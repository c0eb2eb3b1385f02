// Feedback beside the notebook, in a frame in which no script runs.
import { Widget } from '@lumino/widgets';

import { parseTime } from './dates';
import { button, h } from './dom';
import type { Feedback } from './wire';
import type { Speaker } from './words';

export class FeedbackPanel extends Widget {
  private readonly frame: HTMLIFrameElement;

  constructor(
    title: string,
    feedback: Feedback,
    private readonly speaker: Speaker
  ) {
    super();
    const { say, number, moment } = speaker;
    this.id = `doorstart-feedback-${feedback.receipt.course}-${feedback.receipt.assignment}`;
    this.addClass('ds-feedback');
    this.node.setAttribute('lang', speaker.language);
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', say('feedback_of', { title }));
    this.node.tabIndex = -1;
    this.title.label = say('feedback');
    this.title.caption = say('feedback_of', { title });
    this.title.closable = true;
    // Nothing is allowed: no script, no form, no pop-up, and an origin of its own.
    this.frame = h('iframe', { sandbox: '', title: say('feedback_of', { title }), referrerpolicy: 'no-referrer' });
    const score =
      feedback.score !== null && feedback.max_score !== null
        ? h('strong', {}, say('score', { score: number(feedback.score), most: number(feedback.max_score) }))
        : null;
    this.node.append(
      h('div', { class: 'ds-bar' }, h('span', { class: 'ds-grow' }, say('feedback_of', { title })), this.closer()),
      h('p', { class: 'ds-bar' }, say('feedback_time', { time: moment(parseTime(feedback.receipt.time)) }) + ' ', score ?? '')
    );
    if (feedback.pages.length > 1) {
      this.node.append(this.pages(feedback));
    }
    this.node.append(this.frame);
    this.frame.srcdoc = feedback.pages[0]?.html ?? '';
  }

  protected override onActivateRequest(): void {
    this.node.focus();
  }

  private closer(): HTMLButtonElement {
    return button(this.speaker.say('close'), () => this.close());
  }

  private pages(feedback: Feedback): HTMLElement {
    const options = feedback.pages.map(page => h('option', {}, page.name.replace(/\.html$/, '')));
    const choice: HTMLSelectElement = h('select', {}, ...options);
    choice.addEventListener('change', () => {
      this.frame.srcdoc = feedback.pages[choice.selectedIndex]?.html ?? '';
    });
    return h('label', { class: 'ds-bar' }, this.speaker.say('page') + ' ', choice);
  }
}
