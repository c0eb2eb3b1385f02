// Handing in: first what will be sent, then the receipt.
import { parseTime } from './dates';
import { button, h, openDialog } from './dom';
import type { Place, Units } from './model';
import { reason } from './server';
import type { HandedIn, Parcel } from './wire';
import type { Speaker } from './words';

const KB = 1000;

export class HandingIn {
  constructor(
    private readonly units: Units,
    private readonly speaker: Speaker
  ) {}

  /** Asks the person, hands in, and shows the receipt. The work is saved already. */
  async start({ course, unit }: Place): Promise<void> {
    let parcel: Parcel;
    try {
      parcel = await this.units.server.parcel(course.course, unit.assignment);
    } catch (error) {
      this.failed(error);
      return;
    }
    const { say, number } = this.speaker;
    const said = h('p', { role: 'status' });
    const send = button(say('hand_in_now'), () => void handIn(), 'ds-main');
    const no = button(say('not_yet'), () => dialog.close());
    const handIn = async (): Promise<void> => {
      send.disabled = true;
      said.textContent = say('handing_in');
      try {
        const done = await this.units.server.handIn(course.course, unit.assignment);
        dialog.close();
        this.receipt({ course, unit }, done);
        void this.units.refresh();
      } catch (error) {
        dialog.close();
        this.failed(error);
      }
    };
    const files = parcel.files.map(file =>
      h('li', {}, say('file_size', { name: file.path, size: number(Math.max(0.1, Math.round(file.size / (KB / 10)) / 10)) }))
    );
    const dialog = openDialog(say('hand_in_title', { title: unit.title }), [
      h('p', {}, say('what_is_sent')),
      h('ul', { class: 'ds-files' }, ...files),
      parcel.missing.length ? h('p', { class: 'ds-warning' }, say('missing', { names: parcel.missing.join(', ') })) : null,
      parcel.extra.length ? h('p', { class: 'ds-warning' }, say('extra', { names: parcel.extra.join(', ') })) : null,
      ...parcel.left_out.map(text => h('p', { class: 'ds-warning', lang: 'en' }, text)),
      h('p', {}, say('hand_in_again')),
      said,
      h('div', { class: 'ds-buttons' }, send, no)
    ]);
  }

  private failed(error: unknown): void {
    const { say, why } = this.speaker;
    const close = button(say('close'), () => dialog.close(), 'ds-main');
    const dialog = openDialog(say('hand_in'), [
      h('p', { role: 'alert' }, say('hand_in_failed', { why: why(...reason(error)) })),
      h('p', {}, say('nothing_lost')),
      h('div', { class: 'ds-buttons' }, close)
    ]);
  }

  private receipt({ course, unit }: Place, { receipt, created, path }: HandedIn): void {
    const { say, moment } = this.speaker;
    const rows: [string, string][] = [
      [say('receipt_course'), course.title],
      [say('receipt_unit'), unit.title],
      [say('receipt_learner'), receipt.learner],
      [say('receipt_time'), moment(parseTime(receipt.time))],
      [say('receipt_number'), receipt.id],
      [say('receipt_digest'), receipt.digest]
    ];
    const table = rows.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]);
    const print = button(say('print'), () => window.print());
    const close = button(say('close'), () => dialog.close(), 'ds-main');
    const dialog = openDialog(say('receipt_title'), [
      created ? null : h('p', {}, say('receipt_same')),
      h('dl', { class: 'ds-receipt' }, ...table),
      h('p', {}, say('receipt_proof')),
      path ? h('p', {}, say('receipt_kept', { path })) : h('p', { class: 'ds-warning' }, say('receipt_not_kept')),
      h('div', { class: 'ds-buttons' }, print, close)
    ]);
  }
}
