// The side panel "My courses": what to do first, then each course with its units.
import { Widget } from '@lumino/widgets';

import { dueInWords, parseTime } from './dates';
import { button, h } from './dom';
import { lateRule } from './late';
import type { Place, Units } from './model';
import { reason } from './server';
import type { Course, Unit } from './wire';
import { PANEL } from './view';
import type { Speaker } from './words';

export class CoursesPanel extends Widget {
  private readonly said = h('p', { class: 'ds-said', role: 'status' });
  private readonly list = h('div', { class: 'ds-list' });

  /**
   * @param open opens the notebook at a path.
   * @param feedback shows the feedback of a unit; resolves to a sentence when that fails.
   * @param foot what stands below the list, once there is one: it does not move then.
   */
  constructor(
    private readonly units: Units,
    private readonly speaker: Speaker,
    private readonly open: (path: string) => Promise<unknown>,
    private readonly feedback: (place: Place) => Promise<string | null>,
    private readonly foot: HTMLElement
  ) {
    super();
    this.id = PANEL;
    this.addClass('ds-courses');
    this.node.setAttribute('lang', speaker.language);
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', speaker.say('courses'));
    this.title.caption = speaker.say('courses');
    this.node.tabIndex = -1;
    this.node.append(h('h2', {}, speaker.say('courses')), this.said, this.list);
    this.say(speaker.say('loading'));
    units.changed.connect(() => this.draw());
  }

  /** Opens a unit that an address names as "course/assignment", as a click on it does; one that is not listed stays shut. */
  async begin(named: string): Promise<void> {
    const [course = '', assignment = ''] = named.split('/');
    const place = this.units.find(course, assignment);
    if (place) {
      await this.start(place.course, place.unit);
    }
  }

  protected override onActivateRequest(): void {
    (this.node.querySelector<HTMLElement>('.ds-unit') ?? this.node).focus();
  }

  private say(text: string): void {
    this.said.textContent = text;
  }

  private draw(): void {
    const { listed, failed } = this.units;
    const { say } = this.speaker;
    const focused = document.activeElement?.getAttribute('data-unit');
    this.say('');
    if (!this.foot.isConnected) {
      this.node.append(this.foot);
    }
    if (failed) {
      const again = button(say('try_again'), () => void this.units.refresh());
      this.said.replaceChildren(say('list_failed') + ' ', this.speaker.why(...failed) + ' ', again);
    }
    if (!listed) {
      return;
    }
    const now = parseTime(listed.now);
    const next = listed.next && this.units.find(listed.next.course, listed.next.assignment);
    const parts: Node[] = [];
    if (next) {
      parts.push(h('section', { class: 'ds-first' }, h('h3', {}, say('do_first')), this.entry(next.course, next.unit, now)));
    } else if (listed.courses.some(course => course.units.length)) {
      parts.push(h('p', {}, say('all_done')));
    }
    for (const course of listed.courses) {
      const entries = course.units.map(unit => h('li', {}, this.entry(course, unit, now)));
      const content = entries.length ? h('ul', {}, ...entries) : h('p', {}, say('no_units'));
      const late = lateRule(course.late, this.speaker);
      const rule = late ? [h('p', { class: 'ds-facts' }, late)] : [];
      parts.push(h('section', {}, h('h3', { lang: course.language ?? false }, course.title), ...rule, content));
    }
    if (!listed.courses.length) {
      parts.push(h('p', {}, say('no_courses')));
    }
    this.list.replaceChildren(...parts);
    if (focused) {
      this.list.querySelector<HTMLElement>(`[data-unit="${CSS.escape(focused)}"]`)?.focus();
    }
  }

  private entry(course: Course, unit: Unit, now: Date): HTMLElement {
    const { say, number } = this.speaker;
    const facts = [unit.open || unit.state === 'returned' ? say(unit.state) : say('withdrawn')];
    let late = false;
    if (unit.minutes) {
      facts.push(say('minutes', { count: unit.minutes }));
    }
    if (unit.due && (unit.state === 'new' || unit.state === 'started')) {
      const due = dueInWords(parseTime(unit.due), now, this.speaker);
      facts.push(due.text);
      late = due.late;
    }
    if (unit.score !== null && unit.max_score !== null) {
      facts.push(say('score', { score: number(unit.score), most: number(unit.max_score) }));
    }
    const opener = h(
      'button',
      {
        type: 'button',
        class: 'ds-unit',
        'data-state': unit.state,
        'data-late': late,
        'data-unit': `${course.course}/${unit.assignment}`,
        click: () => void this.start(course, unit)
      },
      h('span', { class: 'ds-title', lang: course.language ?? false }, unit.title),
      h('span', { class: 'ds-facts' }, facts.join(' · '))
    );
    const given = unit.submissions.some(submission => submission.feedback !== null);
    const show = button(say('feedback'), () => void this.showFeedback({ course, unit }), 'ds-small');
    show.setAttribute('aria-label', say('feedback_of', { title: unit.title }));
    return h('div', { class: 'ds-entry' }, opener, given ? show : null);
  }

  private async showFeedback(place: Place): Promise<void> {
    this.say((await this.feedback(place)) ?? '');
  }

  private async start(course: Course, unit: Unit): Promise<void> {
    const { say, why } = this.speaker;
    this.say(say('opening', { title: unit.title }));
    try {
      const { path } = await this.units.server.open(course.course, unit.assignment);
      await this.open(path);
      this.say('');
      void this.units.refresh();
    } catch (error) {
      this.say(say('open_failed', { title: unit.title, why: why(...reason(error)) }) + ' ' + say('nothing_lost'));
    }
  }
}
