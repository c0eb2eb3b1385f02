// A warning over everything when the Hub says that this server will end; all work is saved first.
import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IDocumentManager } from '@jupyterlab/docmanager';

import { timeLeft } from './dates';
import { h } from './dom';
import type { Server } from './server';
import type { Notice } from './wire';
import type { Speaker, Word } from './words';

/** Seconds between two looks. */
const EVERY = 15;
const REASONS: Record<string, Word> = {
  lesson: 'reason_lesson',
  idle: 'reason_idle',
  maintenance: 'reason_maintenance'
};

export class NoticeBanner {
  private readonly node = h('div', { class: 'ds-notice', role: 'alert', hidden: true });
  private ticking = 0;
  private known = '';
  private allSaved = true;

  constructor(
    private readonly app: JupyterFrontEnd,
    private readonly documents: IDocumentManager,
    private readonly server: Server,
    private readonly speaker: Speaker
  ) {
    this.node.setAttribute('lang', speaker.language);
    document.body.append(this.node);
    setInterval(() => void this.look(), EVERY * 1000);
    void this.look();
  }

  private async look(): Promise<void> {
    let notice: Notice | null;
    try {
      notice = await this.server.notice();
    } catch {
      return; // What was known stays true; JupyterLab itself says when the server does not answer.
    }
    const found = JSON.stringify(notice);
    if (found === this.known) {
      return;
    }
    this.known = found;
    clearInterval(this.ticking);
    this.node.hidden = true;
    if (notice?.kind === 'ending') {
      this.allSaved = await this.saveAll();
      const { at, reason } = notice;
      this.draw(at, reason);
      this.ticking = window.setInterval(() => this.draw(at, reason), 10_000);
    }
  }

  private draw(at: string, reason: string): void {
    const { say } = this.speaker;
    const until = new Date(at);
    const now = new Date();
    const word: Word = !this.allSaved ? 'ending_not_saved' : until > now ? 'ending' : 'ending_now';
    const text = say(word, { when: timeLeft(until, now, this.speaker) });
    const because = REASONS[reason];
    this.node.textContent = because ? `${text} ${say(because)}` : text;
    this.node.hidden = false;
  }

  /** Saves every open document; whether that worked for all. */
  private async saveAll(): Promise<boolean> {
    let all = true;
    for (const widget of this.app.shell.widgets('main')) {
      const context = this.documents.contextForWidget(widget);
      if (context?.model.dirty && !context.model.readOnly) {
        try {
          await context.save();
        } catch {
          all = false;
        }
      }
    }
    return all;
  }
}
