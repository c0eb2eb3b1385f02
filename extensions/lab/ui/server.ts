// Requests to this person's server, and errors that say why in a word for programs.
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import type { Feedback, HandedIn, Listed, Notice, Parcel } from './wire';

/** The server said no, or did not answer (`no_network`). */
export class Refused extends Error {
  constructor(
    readonly code: string,
    message: string,
    /** The name of the file that it is about, or nothing. */
    readonly file = ''
  ) {
    super(message);
  }
}

export class Server {
  private readonly settings = ServerConnection.makeSettings();

  units(): Promise<Listed> {
    return this.ask('units');
  }

  open(course: string, assignment: string): Promise<{ path: string }> {
    return this.ask('open', { course, assignment });
  }

  parcel(course: string, assignment: string): Promise<Parcel> {
    return this.ask('parcel', { course, assignment });
  }

  handIn(course: string, assignment: string): Promise<HandedIn> {
    return this.ask('hand-in', { course, assignment });
  }

  feedback(course: string, assignment: string): Promise<Feedback> {
    return this.ask('feedback', { course, assignment });
  }

  notice(): Promise<Notice | null> {
    return this.ask('notice');
  }

  private async ask<T>(name: string, body?: object): Promise<T> {
    const address = URLExt.join(this.settings.baseUrl, 'doorstart', name);
    const request = body ? { method: 'POST', body: JSON.stringify(body) } : {};
    let response: Response;
    let answer: unknown;
    try {
      response = await ServerConnection.makeRequest(address, request, this.settings);
      answer = await response.json();
    } catch (error) {
      throw new Refused('no_network', String(error));
    }
    if (!response.ok) {
      const { error, message, file } = answer as { error?: unknown; message?: unknown; file?: unknown };
      const code = typeof error === 'string' ? error : 'no_network';
      throw new Refused(code, String(message ?? response.status), typeof file === 'string' ? file : '');
    }
    return answer as T;
  }
}

/** What `Speaker.why` is told. */
export type Reason = [code: string, message: string, file: string];

/** Why whatever was thrown was thrown. */
export function reason(error: unknown): Reason {
  return error instanceof Refused ? [error.code, error.message, error.file] : ['other', String(error), ''];
}
