// The learner's list, kept fresh: asked again when something was done, and now and then.
import { ISignal, Signal } from '@lumino/signaling';

import { type Reason, reason, Server } from './server';
import type { Course, Listed, Unit } from './wire';

/** Seconds between two looks at the list, for feedback that arrives and units that are released. */
const EVERY = 120;

export interface Place {
  course: Course;
  unit: Unit;
}

export class Units {
  /** Null until the first answer. */
  listed: Listed | null = null;
  /** Why the last look failed, in the words of `reason`; null: it did not. */
  failed: Reason | null = null;
  private readonly _changed = new Signal<this, void>(this);

  constructor(readonly server: Server) {
    setInterval(() => {
      if (!document.hidden) {
        void this.refresh();
      }
    }, EVERY * 1000);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  async refresh(): Promise<void> {
    try {
      this.listed = await this.server.units();
      this.failed = null;
    } catch (error) {
      this.failed = reason(error);
    }
    this._changed.emit();
  }

  find(course: string, assignment: string): Place | null {
    const found = this.listed?.courses.find(one => one.course === course);
    const unit = found?.units.find(one => one.assignment === assignment);
    return found && unit ? { course: found, unit } : null;
  }

  /** The unit that a file belongs to: a notebook in the folder of a unit of the learner. */
  ofPath(path: string): Place | null {
    const [course, assignment, name, ...more] = path.split('/');
    if (!course || !assignment || !name?.endsWith('.ipynb') || more.length) {
      return null;
    }
    return this.find(course, assignment);
  }
}
